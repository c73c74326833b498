/** More pairs than any device writes; what follows is left alone. */
const MOST_PAIRS = 256;
const LONGEST_NAME = 64;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;
const COMMA = 44;
const EQUALS = 61;

/**
 * What a message says as pairs. Values are often clients' words in quotes that the device does not escape, so that a name may come
 * twice, once from the device and once from a client: `one` answers only when all of them agree.
 */
export class KeyValues {
  readonly #values = new Map<string, string>();
  readonly #disputed = new Set<string>();
  /** Pairs read, repeated ones included. */
  pairs = 0;
  /** Words between them that belong to no pair. */
  strays = 0;

  add(name: string, value: string): void {
    this.pairs++;
    const known = this.#values.get(name);
    if (known === undefined) this.#values.set(name, value);
    else if (known !== value) this.#disputed.add(name);
  }

  /** The value of that name; undefined when it is absent, empty, or comes twice with different values. */
  one(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined || value === '' || this.#disputed.has(name) ? undefined : value;
  }

  /** The first value of that name, for what may be told twice and decides nothing. */
  first(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === '' ? undefined : value;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value of the first of these names that has one. */
  any(names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.one(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Names and values in the order of the text; disputed ones left out. */
  *entries(): Generator<readonly [string, string]> {
    for (const entry of this.#values) if (!this.#disputed.has(entry[0])) yield entry;
  }
}

export interface PairSyntax {
  /** True: a comma ends a value as a space does ("a=1,b=2"), and values without quotes may hold spaces. */
  commas?: boolean;
  /** Where the pairs begin. */
  from?: number;
}

/**
 * Reads `name=value`, `name="value"` and `name='value'` (key=value logs, logfmt). A quote ends a value only where a separator
 * follows, and never behind a backslash. One pass over the text; never throws.
 */
export function readKeyValues(text: string, syntax: PairSyntax = {}): KeyValues {
  const found = new KeyValues();
  const commas = syntax.commas === true;
  let at = syntax.from ?? 0;
  // Where one search for a closing apostrophe came to the end of the text, another from further on would too.
  let apostrophes = true;
  while (at < text.length && found.pairs < MOST_PAIRS) {
    const code = text.charCodeAt(at);
    if (isSpace(code) || code === COMMA || code === 59) {
      at++;
      continue;
    }
    const nameEnd = endOfName(text, at);
    if (nameEnd === -1) {
      found.strays++;
      at = endOfWord(text, at + 1, commas && code !== QUOTE);
      continue;
    }
    const name = text.slice(at, nameEnd);
    at = nameEnd + 1;
    const quote = text.charCodeAt(at);
    if (quote === QUOTE || (quote === APOSTROPHE && apostrophes)) {
      const end = closingQuote(text, at + 1, quote);
      if (end === -1) {
        // Cut off: what it holds can't be told from what would follow.
        if (quote === QUOTE) {
          found.add(name, '');
          found.strays++;
          break;
        }
        apostrophes = false;
        const end = endOfWord(text, at, commas);
        found.add(name, text.slice(at, end));
        at = end;
        continue;
      }
      found.add(name, unescape(text.slice(at + 1, end)));
      at = end + 1;
    } else {
      const end = commas ? endAtComma(text, at) : endOfWord(text, at, false);
      found.add(name, commas ? text.slice(at, end).trimEnd() : text.slice(at, end));
      at = end;
    }
  }
  return found;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** Where the name that begins at `from` ends (an equals sign follows), or -1. */
function endOfName(text: string, from: number): number {
  if (!isNameStart(text.charCodeAt(from))) return -1;
  const limit = Math.min(text.length, from + LONGEST_NAME + 1);
  for (let at = from + 1; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === EQUALS) return at;
    // Letters, digits, and . - @ / : [ ] within.
    if (isNameStart(code) || (code >= 45 && code <= 58) || code === 64 || code === 91 || code === 93)
      continue;
    return -1;
  }
  return -1;
}

function endOfWord(text: string, from: number, commas: boolean): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code) || (commas && code === COMMA)) break;
    at++;
  }
  return at;
}

function endAtComma(text: string, from: number): number {
  const at = text.indexOf(',', from);
  return at === -1 ? text.length : at;
}

function closingQuote(text: string, from: number, quote: number): number {
  const mark = quote === QUOTE ? '"' : "'";
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    let slashes = 0;
    while (at - slashes - 1 >= from && text.charCodeAt(at - slashes - 1) === BACKSLASH) slashes++;
    if (slashes % 2 === 1) continue;
    const next = text.charCodeAt(at + 1);
    if (
      at + 1 === text.length ||
      isSpace(next) ||
      next === COMMA ||
      next === 59 ||
      next === 41 ||
      next === 93
    )
      return at;
  }
  return -1;
}

function unescape(value: string): string {
  return value.includes('\\') ? value.replace(/\\(["\\])/g, '$1') : value;
}
