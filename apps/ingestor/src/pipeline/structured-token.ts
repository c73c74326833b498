import { createHash } from 'node:crypto';

/** SD-ID of the element that carries a source's token: `[parapet@32473 token="…"]`. 32473 is the number for documentation (RFC 5612). */
export const TOKEN_SD_ID = 'parapet@32473';
const TOKEN_START = Buffer.from(`${TOKEN_SD_ID} token="`, 'latin1');
/** Structured data stands before the message; it is read no further than this. Bytes. */
const LOOK_BYTES = 4096;
const MAX_TOKEN_BYTES = 128;
/** TIMESTAMP, HOSTNAME, APP-NAME, PROCID and MSGID (RFC 5424 6). */
const FIELDS_BEFORE_DATA = 5;

const SPACE = 0x20;
const QUOTE = 0x22;
const ONE = 0x31;
const GREATER = 0x3e;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const ASTERISK = 0x2a;

/**
 * Takes the token out of a frame's structured data (RFC 5424 6.3): returns its hex SHA-256 and overwrites it with
 * asterisks, so that no secret is stored with the event. Undefined when there is none. Only structured data counts: what
 * looks like a token in the message may be an attacker's, who wants the event to be another tenant's.
 */
export function takeToken(frame: Buffer): string | undefined {
  const end = Math.min(frame.length, LOOK_BYTES);
  for (let at = dataStart(frame, end); frame[at] === OPEN && at < end;) {
    const content = at + 1 + TOKEN_START.length;
    if (frame.subarray(at + 1, content).equals(TOKEN_START)) return redact(frame, content);
    at = elementEnd(frame, at, end);
  }
  return undefined;
}

/** Where the structured data begins; past the frame's end when it has no RFC 5424 header. */
function dataStart(frame: Buffer, end: number): number {
  const none = frame.length;
  let at = 0;
  while (at < 5 && frame[at] !== GREATER) at++;
  if (at === 5 || frame[at + 1] !== ONE || frame[at + 2] !== SPACE) return none;
  at += 3;
  for (let field = 0; field < FIELDS_BEFORE_DATA; field++) {
    at = frame.indexOf(SPACE, at) + 1;
    if (at === 0 || at >= end) return none;
  }
  return at;
}

/** The byte after the element that begins at `from`. A bracket in a quoted value does not end it. */
function elementEnd(frame: Buffer, from: number, end: number): number {
  let quoted = false;
  for (let at = from; at < end; at++) {
    const code = frame[at];
    if (quoted && code === BACKSLASH) at++;
    else if (code === QUOTE) quoted = !quoted;
    else if (code === CLOSE && !quoted) return at + 1;
  }
  return frame.length;
}

function redact(frame: Buffer, from: number): string | undefined {
  const length = frame.subarray(from, from + MAX_TOKEN_BYTES + 1).indexOf(QUOTE);
  if (length <= 0) return undefined;
  const token = frame.subarray(from, from + length);
  const hash = createHash('sha256').update(token).digest('hex');
  token.fill(ASTERISK);
  return hash;
}
