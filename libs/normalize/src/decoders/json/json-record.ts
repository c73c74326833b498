/** One JSON object as a sender wrote it: names and values are hostile. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** A frame's limit; what comes by other ways is bounded by its source. */
const LONGEST_RECORD = 1024 * 1024;
const CEE_COOKIE = /^@cee: ?/;

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a message is; a "@cee:" cookie before it is passed over. Undefined if it is none. */
export function parseJsonRecord(message: string): JsonRecord | undefined {
  const first = message.charCodeAt(0);
  if ((first !== 123 && first !== 64 && first !== 32) || message.length > LONGEST_RECORD) return undefined;
  const text = first === 64 ? message.replace(CEE_COOKIE, '') : message;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonRecord(value) ? value : undefined;
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
