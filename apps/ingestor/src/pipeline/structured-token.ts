import { createHash } from 'node:crypto';

/** SD-ID of the element that carries a source's token: `[parapet@32473 token="…"]`. 32473 is the number for documentation (RFC 5612). */
export const TOKEN_SD_ID = 'parapet@32473';
const START = `[${TOKEN_SD_ID} token="`;
/** Structured data stands before the message; it is looked for no further than this. Bytes. */
const LOOK_BYTES = 4096;
const MAX_TOKEN_BYTES = 128;

/**
 * Takes the token out of a frame's structured data (RFC 5424 6.3): returns its hex SHA-256 and overwrites it with
 * asterisks, so that no secret is stored with the event. Undefined when there is none.
 */
export function takeToken(frame: Buffer): string | undefined {
  const at = frame.subarray(0, LOOK_BYTES).indexOf(START, 0, 'latin1');
  if (at === -1) return undefined;
  const from = at + START.length;
  const to = frame.subarray(from, from + MAX_TOKEN_BYTES + 1).indexOf(0x22);
  if (to <= 0) return undefined;
  const token = frame.subarray(from, from + to);
  const hash = createHash('sha256').update(token).digest('hex');
  token.fill(0x2a);
  return hash;
}
