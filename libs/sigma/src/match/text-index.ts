/** Receives what was found: the rules that wait for a literal. */
export type Sink = (rules: readonly number[]) => void;

interface TrieNode {
  next: Map<number, TrieNode>;
  rules: number[] | undefined;
}

interface GramEntry {
  literal: string;
  /** Where the gram stands in the literal. */
  offset: number;
  rules: number[];
}

const GRAM = 4;
const CASE_BIT = 0x20;
/** Below this, leaping costs more than it saves. */
const MIN_STRIDE = 3;
const MAX_STRIDE = 8;
const MULTIPLIER = 0x9e3779b1;
const newNode = (): TrieNode => ({ next: new Map(), rules: undefined });

/**
 * Finds which of many lower-case literals a text equals, begins with, ends with or contains, in about one pass over the text.
 *
 * For `contains` a text is hashed four characters at a time into a bit map; only a hit there looks into the table, and only a literal that
 * really stands there counts. When all literals are long, only every n-th position is looked at, and each literal is filed under n neighbouring
 * grams, one of which must stand at such a position; otherwise each is filed under its rarest one.
 */
export class TextIndex {
  readonly #equals = new Map<string, number[]>();
  readonly #prefixes = newNode();
  readonly #suffixes = newNode();
  readonly #contains = new Map<string, number[]>();
  readonly #short: { literal: string; rules: number[] }[] = [];
  readonly #present: number[] = [];
  #grams = new Map<number, GramEntry[]>();
  #bits = new Uint8Array(0);
  #shift = 32;
  #stride = 1;
  /** All of `contains` is ASCII and long: then the case bit is all that case changes. */
  #plain = true;
  #has = { prefix: false, suffix: false };

  add(
    kind: 'equals' | 'startswith' | 'endswith' | 'contains' | 'present',
    literal: string,
    rule: number,
  ): void {
    if (kind === 'present') this.#present.push(rule);
    else if (kind === 'equals') file(this.#equals, literal, rule);
    else if (kind === 'contains') file(this.#contains, literal, rule);
    else this.#addToTrie(kind, literal, rule);
  }

  /** To be called once, when all is added. */
  freeze(): void {
    const long = [...this.#contains].filter(([literal]) => literal.length >= GRAM);
    for (const [literal, rules] of this.#contains)
      if (literal.length < GRAM) this.#short.push({ literal, rules });
    this.#plain = this.#short.length === 0 && long.every(([literal]) => isAscii(literal));
    const shortest = long.reduce((least, [literal]) => Math.min(least, literal.length), MAX_STRIDE + GRAM);
    this.#stride = Math.min(MAX_STRIDE, shortest - GRAM + 1);
    if (this.#stride >= MIN_STRIDE) this.#fileNeighbours(long);
    else this.#fileRarest(long);
    // About 1 bit in 32 set: most texts never leave the bit map.
    const size = Math.max(1024, 2 ** Math.ceil(Math.log2(this.#grams.size * 32)));
    this.#shift = 32 - Math.log2(size);
    this.#bits = new Uint8Array(size);
    for (const gram of this.#grams.keys()) this.#bits[Math.imul(gram, MULTIPLIER) >>> this.#shift] = 1;
  }

  #fileNeighbours(literals: readonly (readonly [string, number[]])[]): void {
    for (const [literal, rules] of literals)
      gramsOf(literal)
        .slice(0, this.#stride)
        .forEach((gram, offset) => file(this.#grams, gram, { literal, offset, rules }));
  }

  #fileRarest(literals: readonly (readonly [string, number[]])[]): void {
    this.#stride = 1;
    const frequency = new Map<number, number>();
    for (const [literal] of literals)
      for (const gram of gramsOf(literal)) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
    for (const [literal, rules] of literals) {
      const grams = gramsOf(literal);
      let offset = 0;
      grams.forEach((gram, index) => {
        if ((frequency.get(gram) ?? 0) < (frequency.get(grams[offset] ?? 0) ?? 0)) offset = index;
      });
      file(this.#grams, grams[offset] ?? 0, { literal, offset, rules });
    }
  }

  scan(text: string, sink: Sink): void {
    if (this.#present.length > 0) sink(this.#present);
    const equal = this.#equals.get(text);
    if (equal !== undefined) sink(equal);
    if (this.#has.prefix) this.#walk(this.#prefixes, text, 0, 1, sink);
    if (this.#has.suffix) this.#walk(this.#suffixes, text, text.length - 1, -1, sink);
    for (const { literal, rules } of this.#short) if (text.includes(literal)) sink(rules);
    if (this.#grams.size === 0) return;
    if (this.#stride === 1) this.#scanGrams(text, sink);
    else this.#leap(text, sink);
  }

  /** Looks for `contains` only, in a text that need not be lowered. */
  scanAsWritten(written: string, sink: Sink): void {
    const text = this.#plain ? written : written.toLowerCase();
    for (const { literal, rules } of this.#short) if (text.includes(literal)) sink(rules);
    if (this.#grams.size === 0) return;
    if (this.#stride === 1) this.#scanGrams(text, sink);
    else this.#leap(text, sink);
  }

  #scanGrams(text: string, sink: Sink): void {
    const bits = this.#bits;
    const shift = this.#shift;
    const { length } = text;
    let gram = 0;
    for (let i = 0; i < length; i++) {
      gram = (gram << 8) ^ (text.charCodeAt(i) | CASE_BIT);
      if (i >= GRAM - 1 && bits[Math.imul(gram, MULTIPLIER) >>> shift] === 1)
        this.#verify(text, i - GRAM + 1, gram, sink);
    }
  }

  #leap(text: string, sink: Sink): void {
    const bits = this.#bits;
    const shift = this.#shift;
    const stride = this.#stride;
    const last = text.length - GRAM;
    for (let i = 0; i <= last; i += stride) {
      const gram =
        ((text.charCodeAt(i) | CASE_BIT) << 24) ^
        ((text.charCodeAt(i + 1) | CASE_BIT) << 16) ^
        ((text.charCodeAt(i + 2) | CASE_BIT) << 8) ^
        (text.charCodeAt(i + 3) | CASE_BIT);
      if (bits[Math.imul(gram, MULTIPLIER) >>> shift] === 1) this.#verify(text, i, gram, sink);
    }
  }

  #verify(text: string, at: number, gram: number, sink: Sink): void {
    const entries = this.#grams.get(gram);
    if (entries === undefined) return;
    for (const { literal, offset, rules } of entries) {
      const from = at - offset;
      if (from < 0) continue;
      if (text.startsWith(literal, from) || text.slice(from, from + literal.length).toLowerCase() === literal)
        sink(rules);
    }
  }

  #addToTrie(kind: 'startswith' | 'endswith', literal: string, rule: number): void {
    const backwards = kind === 'endswith';
    this.#has[backwards ? 'suffix' : 'prefix'] = true;
    let node = backwards ? this.#suffixes : this.#prefixes;
    for (let i = 0; i < literal.length; i++) {
      const code = literal.charCodeAt(backwards ? literal.length - 1 - i : i);
      let next = node.next.get(code);
      if (next === undefined) node.next.set(code, (next = newNode()));
      node = next;
    }
    (node.rules ??= []).push(rule);
  }

  #walk(root: TrieNode, text: string, from: number, step: 1 | -1, sink: Sink): void {
    let node: TrieNode | undefined = root;
    for (let i = from; node !== undefined; i += step) {
      if (node.rules !== undefined) sink(node.rules);
      if (i < 0 || i >= text.length) return;
      node = node.next.get(text.charCodeAt(i));
    }
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

function file<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/**
 * The grams of a text: four characters as 32 bits. Shifting by eight lets the fifth last character fall out, its high byte included; the bit that
 * tells an ASCII capital from a small letter is set, so that the case doesn't matter here (`#verify` looks again).
 */
function gramsOf(literal: string): number[] {
  const grams: number[] = [];
  let gram = 0;
  for (let i = 0; i < literal.length; i++) {
    gram = (gram << 8) ^ (literal.charCodeAt(i) | CASE_BIT);
    if (i >= GRAM - 1) grams.push(gram);
  }
  return grams;
}
