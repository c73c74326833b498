/** Deepest nesting that is followed; no log is deeper. */
const MAX_DEPTH = 128;

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export interface JsonSpan {
  start: number;
  /** Exclusive. */
  end: number;
}

/** Where JSON text begins: behind spaces and a byte order mark. The buffer's length when there is none. */
export function jsonStart(buffer: Buffer, from = 0): number {
  let at = from;
  if (at === 0 && buffer.subarray(0, 3).equals(BOM)) at = 3;
  for (;;) {
    const byte = buffer[at];
    if (byte === SPACE || (byte !== undefined && byte >= 9 && byte <= 13)) at++;
    else return at;
  }
}

/**
 * The next JSON value at or after `from`, whatever follows it: concatenated values need no separator. Finds its ends only;
 * whether it is well-formed is for JSON.parse to say. Undefined at the end; `end` is -1 where a value is cut off or too deep.
 */
export function nextJson(buffer: Buffer, from: number): JsonSpan | undefined {
  const start = jsonStart(buffer, from);
  const first = buffer[start];
  if (first === undefined) return undefined;
  if (first === QUOTE) return { start, end: endOfString(buffer, start) };
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return { start, end: endOfNested(buffer, start) };
  let end = start + 1;
  for (let byte = buffer[end]; byte !== undefined && !endsLiteral(byte); byte = buffer[end]) end++;
  return { start, end };
}

/**
 * The values of a body: one, several with or without separators, or the elements of one array. A span whose `end` is -1
 * is the last: what follows can't be told apart.
 */
export function* jsonValues(buffer: Buffer): Generator<JsonSpan> {
  let at = jsonStart(buffer);
  const inArray = buffer[at] === OPEN_BRACKET;
  if (inArray) at++;
  for (;;) {
    at = jsonStart(buffer, at);
    if (inArray && buffer[at] === CLOSE_BRACKET) return;
    const span = nextJson(buffer, at);
    if (span === undefined) {
      if (inArray) yield { start: at, end: -1 };
      return;
    }
    yield span;
    if (span.end === -1) return;
    at = jsonStart(buffer, span.end);
    if (buffer[at] === COMMA) at++;
  }
}

const DELIMITERS: ReadonlySet<number> = new Set([
  QUOTE,
  COMMA,
  OPEN_BRACKET,
  CLOSE_BRACKET,
  OPEN_BRACE,
  CLOSE_BRACE,
]);

function endsLiteral(byte: number): boolean {
  return byte <= SPACE || DELIMITERS.has(byte);
}

function endOfString(buffer: Buffer, start: number): number {
  for (let at = start + 1; at < buffer.length; at++) {
    const byte = buffer[at];
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at + 1;
  }
  return -1;
}

function endOfNested(buffer: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < buffer.length; at++) {
    const byte = buffer[at];
    if (byte === QUOTE) {
      at = endOfString(buffer, at) - 1;
      if (at < 0) return -1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return -1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth === 0) return at + 1;
    }
  }
  return -1;
}
