/** One JSON object as a sender wrote it: names and values are hostile. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** A frame's limit; what comes by other ways is bounded by its source. */
const LONGEST_RECORD = 1024 * 1024;
const CEE_COOKIE = /^@cee: ?/;

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Escapes that JSON allows and PostgreSQL's text does not: NUL, and halves of surrogate pairs. */
const UNSTORABLE_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;
const UNSTORABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const DEEPEST_CLEANED = 64;

function cleanText(text: string): string {
  return text.replace(UNSTORABLE, (found) => (found === '\0' ? '\u2400' : '\ufffd'));
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (depth > DEEPEST_CLEANED) return null;
  if (Array.isArray(value)) return value.map((one) => cleanValue(one, depth + 1));
  if (!isJsonRecord(value)) return value;
  const entries = Object.entries(value).map(
    ([name, one]) => [cleanText(name), cleanValue(one, depth + 1)] as const,
  );
  return Object.fromEntries(entries);
}

/** The record with NUL as U+2400 and lone surrogates as U+FFFD; `text` is the JSON that it was read from. */
export function storableRecord(record: JsonRecord, text: string): JsonRecord {
  if (!UNSTORABLE_ESCAPE.test(text)) return record;
  const clean = cleanValue(record, 0);
  return isJsonRecord(clean) ? clean : {};
}

/** The text that was read last, so that the steps of one event's parse read it once. */
let lastText: string | undefined;
let lastRecord: JsonRecord | undefined;

/** The object that a message is; a "@cee:" cookie before it is passed over. Undefined if it is none. */
export function parseJsonRecord(message: string): JsonRecord | undefined {
  const first = message.charCodeAt(0);
  if ((first !== 123 && first !== 64 && first !== 32) || message.length > LONGEST_RECORD) return undefined;
  if (message === lastText) return lastRecord;
  lastText = message;
  lastRecord = readRecord(first === 64 ? message.replace(CEE_COOKIE, '') : message);
  return lastRecord;
}

function readRecord(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonRecord(value) ? storableRecord(value, text) : undefined;
  } catch {
    return undefined; // not JSON: the message stays as it is
  }
}

/** The value at a path of names; `undefined` where a step is missing. Own properties only. */
export function valueAt(record: JsonRecord, ...path: readonly string[]): unknown {
  let value: unknown = record;
  for (const name of path) {
    if (!isJsonRecord(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A string (or a number as text) at a path; an empty string counts as absent. */
export function textAt(record: JsonRecord, ...path: readonly string[]): string | undefined {
  const value = valueAt(record, ...path);
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** A finite number (or text that is one) at a path. */
export function numberAt(record: JsonRecord, ...path: readonly string[]): number | undefined {
  const value = valueAt(record, ...path);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
