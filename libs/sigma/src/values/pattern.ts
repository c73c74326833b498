/** `*`: any number of characters. */
export const STAR = 1;
/** `?`: exactly one character. */
export const ONE = 2;

/** A string value: literal stretches and wildcards in order. No two literals stand side by side, and no two stars. */
export type Pattern = readonly PatternPart[];
export type PatternPart = string | typeof STAR | typeof ONE;

const BACKSLASH = '\\';

/**
 * Reads a Sigma string. A backslash escapes `*`, `?` and itself; before anything else it is a plain backslash
 * (sigma-rules-specification 2.1.0, Escape Character).
 */
export function parsePattern(text: string): Pattern {
  const parts: PatternPart[] = [];
  let literal = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === BACKSLASH) {
      const next = text.charAt(i + 1);
      if (next === '*' || next === '?' || next === BACKSLASH) i++;
      literal += next === '*' || next === '?' ? next : BACKSLASH;
    } else if (char === '*' || char === '?') {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(char === '*' ? STAR : ONE);
    } else literal += char;
  }
  if (literal !== '') parts.push(literal);
  return tidy(parts);
}

export function literalPattern(text: string): Pattern {
  return text === '' ? [] : [text];
}

/** The text of a pattern without wildcards, else undefined. */
export function literalOf(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  const [only] = pattern;
  return pattern.length === 1 && typeof only === 'string' ? only : undefined;
}

export function withStarBefore(pattern: Pattern): Pattern {
  return pattern[0] === STAR ? pattern : [STAR, ...pattern];
}

export function withStarAfter(pattern: Pattern): Pattern {
  return pattern.at(-1) === STAR ? pattern : [...pattern, STAR];
}

export function mapLiterals(pattern: Pattern, change: (literal: string) => string): Pattern {
  return tidy(pattern.map((part) => (typeof part === 'string' ? change(part) : part)));
}

/** Joins literals that stand side by side, and stars that do. */
export function tidy(parts: readonly PatternPart[]): Pattern {
  const joined: PatternPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (!(part === STAR && last === STAR)) joined.push(part);
  }
  return joined;
}

export function lowerPattern(pattern: Pattern): Pattern {
  return mapLiterals(pattern, (literal) => literal.toLowerCase());
}

/** Pattern → test over a string. Costs at most the text's length times the longest stretch between two stars. */
export function compilePattern(pattern: Pattern): (text: string) => boolean {
  const literal = literalOf(pattern);
  if (literal !== undefined) return (text) => text === literal;
  if (pattern.every((part) => part === STAR)) return () => true;
  if (!pattern.includes(ONE)) {
    const simple = compileSimple(pattern);
    if (simple !== undefined) return simple;
  }
  return compileGlob(pattern);
}

function compileSimple(pattern: Pattern): ((text: string) => boolean) | undefined {
  const [first, second, third] = pattern;
  if (pattern.length === 2 && typeof first === 'string' && second === STAR)
    return (text) => text.startsWith(first);
  if (pattern.length === 2 && first === STAR && typeof second === 'string')
    return (text) => text.endsWith(second);
  if (pattern.length === 3 && first === STAR && typeof second === 'string' && third === STAR)
    return (text) => text.includes(second);
  return undefined;
}

type Stretch = readonly Exclude<PatternPart, typeof STAR>[];

/** Stretches between stars: the first is anchored at the start, the last at the end, each other is taken where it comes first. */
function compileGlob(pattern: Pattern): (text: string) => boolean {
  const stretches: Exclude<PatternPart, typeof STAR>[][] = [[]];
  for (const part of pattern) {
    if (part === STAR) stretches.push([]);
    else stretches.at(-1)?.push(part);
  }
  const head = stretches[0] ?? [];
  if (stretches.length === 1) return (text) => matchAt(text, 0, head) === text.length;
  const tail = stretches.at(-1) ?? [];
  const middle = stretches.slice(1, -1);
  const tailLength = lengthOf(tail);
  return (text) => {
    let at = matchAt(text, 0, head);
    if (at === -1) return false;
    for (const stretch of middle) {
      at = find(text, at, stretch);
      if (at === -1) return false;
    }
    const from = text.length - tailLength;
    return from >= at && matchAt(text, from, tail) === text.length;
  };
}

function lengthOf(stretch: Stretch): number {
  return stretch.reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);
}

/** Where the stretch ends when it begins at `at`, else -1. */
function matchAt(text: string, at: number, stretch: Stretch): number {
  let position = at;
  for (const part of stretch) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, position)) return -1;
      position += part.length;
    } else if (position < text.length) position += 1;
    else return -1;
  }
  return position;
}

/** Where the first occurrence from `from` on ends, else -1. */
function find(text: string, from: number, stretch: Stretch): number {
  const [first] = stretch;
  if (stretch.length === 1 && typeof first === 'string') {
    const at = text.indexOf(first, from);
    return at === -1 ? -1 : at + first.length;
  }
  const last = text.length - lengthOf(stretch);
  for (let at = from; at <= last; at++) {
    if (typeof first === 'string') {
      at = text.indexOf(first, at);
      if (at === -1) return -1;
    }
    const end = matchAt(text, at, stretch);
    if (end !== -1) return end;
  }
  return -1;
}
