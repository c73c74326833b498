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
 * grams, one of which must stand at such a position.
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
    if (this.#stride < MIN_STRIDE) this.#stride = 1;
    this.#fileRarest(long.map(([literal, rules]) => ({ literal, rules, grams: gramsOf(literal) })));
    // About 1 bit in 100 set, while the map stays within a processor's nearest caches: most texts never leave it.
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, this.#grams.size) * 64));
    const size = Math.max(4096, Math.min(wanted, 2 ** 18));
    this.#shift = 32 - Math.log2(size);
    this.#bits = new Uint8Array(size);
    for (const gram of this.#grams.keys()) this.#bits[Math.imul(gram, MULTIPLIER) >>> this.#shift] = 1;
  }

  /** Of a literal's grams as many neighbours as the stride is long, those that other literals share least. */
  #fileRarest(literals: readonly { literal: string; rules: number[]; grams: number[] }[]): void {
    const frequency = new Map<number, number>();
    for (const { grams } of literals)
      for (const gram of grams) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
    const stride = this.#stride;
    for (const { literal, rules, grams } of literals) {
      const counts = grams.map((gram) => frequency.get(gram) ?? 0);
      let sum = counts.slice(0, stride).reduce((total, count) => total + count, 0);
      let least = sum;
      let best = 0;
      for (let from = 1; from + stride <= grams.length; from++) {
        sum += (counts[from + stride - 1] ?? 0) - (counts[from - 1] ?? 0);
        if (sum < least) [least, best] = [sum, from];
      }
      for (let offset = best; offset < best + stride; offset++)
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
    if (this.#stride === 1) this.#scanGrams(text, sink, false);
    else this.#leap(text, sink, false);
  }

  /** Looks for `contains` only, in a text that need not be lowered. */
  scanAsWritten(original: string, sink: Sink): void {
    const text = this.#plain ? original : original.toLowerCase();
    for (const { literal, rules } of this.#short) if (text.includes(literal)) sink(rules);
    if (this.#grams.size === 0) return;
    if (this.#stride === 1) this.#scanGrams(text, sink, true);
    else this.#leap(text, sink, true);
  }

  #scanGrams(text: string, sink: Sink, written: boolean): void {
    const bits = this.#bits;
    const shift = this.#shift;
    const { length } = text;
    let gram = 0;
    for (let i = 0; i < length; i++) {
      gram = (gram << 8) ^ (text.charCodeAt(i) | CASE_BIT);
      if (i >= GRAM - 1 && bits[Math.imul(gram, MULTIPLIER) >>> shift] === 1)
        this.#verify(text, i - GRAM + 1, gram, sink, written);
    }
  }

  #leap(text: string, sink: Sink, written: boolean): void {
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
      if (bits[Math.imul(gram, MULTIPLIER) >>> shift] === 1) this.#verify(text, i, gram, sink, written);
    }
  }

  #verify(text: string, at: number, gram: number, sink: Sink, written: boolean): void {
    const entries = this.#grams.get(gram);
    if (entries === undefined) return;
    for (const { literal, offset, rules } of entries) {
      const from = at - offset;
      if (from >= 0 && (written ? standsAt(text, from, literal) : text.startsWith(literal, from)))
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

/** Whether an ASCII literal in lower case stands there, in whatever case. */
function standsAt(text: string, from: number, literal: string): boolean {
  for (let i = 0; i < literal.length; i++) {
    const code = text.charCodeAt(from + i);
    const lower = code >= 65 && code <= 90 ? code + 32 : code;
    if (lower !== literal.charCodeAt(i)) return false;
  }
  return true;
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
