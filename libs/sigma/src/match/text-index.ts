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
const MULTIPLIER = 0x9e3779b1;
const newNode = (): TrieNode => ({ next: new Map(), rules: undefined });

/**
 * Finds which of many lower-case literals a text equals, begins with, ends with or contains, in about one pass over the text.
 *
 * For `contains` each literal is filed under its rarest four characters. A text is hashed four characters at a time into a bit map;
 * only a hit there looks into the table, and only a literal that really stands there counts.
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
    const frequency = new Map<number, number>();
    const long = [...this.#contains].filter(([literal]) => literal.length >= GRAM);
    for (const [literal] of long)
      for (const gram of gramsOf(literal)) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
    for (const [literal, rules] of this.#contains) {
      if (literal.length < GRAM) {
        this.#short.push({ literal, rules });
        continue;
      }
      const grams = gramsOf(literal);
      let offset = 0;
      grams.forEach((gram, index) => {
        if ((frequency.get(gram) ?? 0) < (frequency.get(grams[offset] ?? 0) ?? 0)) offset = index;
      });
      file(this.#grams, grams[offset] ?? 0, { literal, offset, rules });
    }
    // About 1 bit in 32 set: most texts never leave the bit map.
    const size = Math.max(1024, 2 ** Math.ceil(Math.log2(this.#grams.size * 32)));
    this.#shift = 32 - Math.log2(size);
    this.#bits = new Uint8Array(size);
    for (const gram of this.#grams.keys()) this.#bits[Math.imul(gram, MULTIPLIER) >>> this.#shift] = 1;
  }

  scan(text: string, sink: Sink): void {
    if (this.#present.length > 0) sink(this.#present);
    const equal = this.#equals.get(text);
    if (equal !== undefined) sink(equal);
    if (this.#has.prefix) this.#walk(this.#prefixes, text, 0, 1, sink);
    if (this.#has.suffix) this.#walk(this.#suffixes, text, text.length - 1, -1, sink);
    for (const { literal, rules } of this.#short) if (text.includes(literal)) sink(rules);
    if (this.#grams.size > 0) this.#scanGrams(text, sink);
  }

  #scanGrams(text: string, sink: Sink): void {
    const bits = this.#bits;
    const shift = this.#shift;
    const { length } = text;
    let gram = 0;
    for (let i = 0; i < length; i++) {
      gram = (gram << 8) ^ text.charCodeAt(i);
      if (i >= GRAM - 1 && bits[Math.imul(gram, MULTIPLIER) >>> shift] === 1)
        this.#verify(text, i - GRAM + 1, gram, sink);
    }
  }

  #verify(text: string, at: number, gram: number, sink: Sink): void {
    const entries = this.#grams.get(gram);
    if (entries === undefined) return;
    for (const { literal, offset, rules } of entries)
      if (text.startsWith(literal, at - offset) && at >= offset) sink(rules);
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

function file<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Four characters as 32 bits; shifting by eight lets the fifth last one fall out, its high byte included. */
function fold(text: string, from: number, to: number): number {
  let gram = 0;
  for (let i = Math.max(0, from); i <= to; i++) gram = (gram << 8) ^ text.charCodeAt(i);
  return gram;
}

function gramsOf(literal: string): number[] {
  const grams: number[] = [];
  for (let i = 0; i + GRAM <= literal.length; i++) grams.push(fold(literal, i, i + GRAM - 1));
  return grams;
}
