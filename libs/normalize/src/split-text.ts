import { parseJsonRecord, splitRecords } from './decoders/json/index.js';
import type { JsonRecord } from './decoders/json/index.js';
import { jsonStart, jsonValues } from './json-scan.js';

/** Longer text is no line that is read at once. */
const MAX_BYTES = 1024 * 1024;
/** As many as one record of a service may hold. */
const MAX_PARTS = 20_000;
const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;
/** Bytes that are looked at for the beginning of a list. */
const HEAD_BYTES = 256;
const LIST_HEAD =
  /^(?:\xef\xbb\xbf)?[ \t\r\n]{0,64}(?:\{[ \t\r\n]{0,64}"[Rr]ecords"[ \t\r\n]{0,8}:[ \t\r\n]{0,8})?(?=\[[ \t\r\n]{0,64}\{[ \t\r\n]{0,64}["}])/;

/**
 * The records of a text of JSON that holds several: objects one after the other, an array of objects, a service's list
 * (`splitRecords`). Undefined: it is one event as it stands, JSON or not. At most 1 MiB is looked at.
 */
export function splitText(text: Buffer): readonly JsonRecord[] | undefined {
  const first = text[0];
  if ((first !== OPEN_BRACE && first !== OPEN_BRACKET) || text.length > MAX_BYTES) return undefined;
  if (first === OPEN_BRACE) {
    const record = parseJsonRecord(text.toString());
    if (record !== undefined) {
      const parts = splitRecords(record);
      return parts.length > 1 ? parts : undefined;
    }
  }
  const parts: JsonRecord[] = [];
  for (const { start, end } of jsonValues(text)) {
    const record = end === -1 ? undefined : parseJsonRecord(text.toString('utf8', start, end));
    if (record === undefined) return undefined;
    for (const part of splitRecords(record)) parts.push(part);
    if (parts.length > MAX_PARTS) return undefined;
  }
  return parts.length > 1 || (first === OPEN_BRACKET && parts.length === 1) ? parts : undefined;
}

/**
 * Where the array begins in a text that is `[{…},…` or `{"Records":[{…},…` (CloudTrail's files, Azure's `records`), told by its first
 * bytes, so that it can be walked element by element whatever its length. Undefined for any other text.
 */
export function listStart(text: Buffer): number | undefined {
  return LIST_HEAD.exec(text.toString('latin1', 0, HEAD_BYTES))?.[0].length;
}

/**
 * The elements of such a text one by one, as views; `at` is from `listStart`. What can't be told apart, or follows the array, comes
 * as one last piece, unless it is no more than the end of the object around the array.
 */
export function* listElements(text: Buffer, at: number): Generator<Buffer> {
  let end = at;
  for (const span of jsonValues(text.subarray(at))) {
    if (span.end === -1) {
      yield text.subarray(at + span.start);
      return;
    }
    end = at + span.end;
    yield text.subarray(at + span.start, end);
  }
  const rest = text.subarray(jsonStart(text, end));
  if (!/^\][ \t\r\n]*\}?[ \t\r\n]*$/.test(rest.toString('latin1', 0, HEAD_BYTES)) || rest.length > HEAD_BYTES)
    yield rest;
}
