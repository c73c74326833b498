import { isoTime, readIsoTime } from './iso-time.js';
import type { SyslogHeader } from './syslog-header.js';

/** Structured data may hold thousands of parameters; an event keeps this many, and its original keeps all. */
const MAX_SD_PARAMS = 128;
/** No sender writes more; reading thousands is a cost that only an attacker asks for. */
const MAX_SD_PARTS = 1000;
const SPACE = 32;
const QUOTE = 34;
const EQUALS = 61;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const BOM = 0xfeff;

/**
 * RFC 5424 6: after PRI and VERSION. A message that breaks the grammar keeps what was well-formed before the break,
 * and the rest as its message.
 */
export function parseRfc5424(
  text: string,
  afterPri: number,
  afterVersion: number,
  header: SyslogHeader,
): void {
  let at = afterVersion + 1;
  const timeEnd = text.indexOf(' ', at);
  if (text.charCodeAt(afterVersion) !== SPACE || timeEnd === -1)
    return broken(text, afterPri, header, 'no timestamp');
  if (!(timeEnd === at + 1 && text.charCodeAt(at) === 45)) {
    if (!readIsoTime(text, at) || isoTime.end !== timeEnd || !isoTime.strict) {
      return broken(text, afterPri, header, 'timestamp is not RFC 3339');
    }
    header.timestamp = isoTime.ms;
  }
  const host = field(text, timeEnd + 1, 255);
  const app = host === -1 ? -1 : field(text, host + 1, 48);
  const pid = app === -1 ? -1 : field(text, app + 1, 128);
  const msgid = pid === -1 ? -1 : field(text, pid + 1, 32);
  if (msgid === -1) {
    header.timestamp = undefined;
    return broken(
      text,
      afterPri,
      header,
      'host, application, process id or message id is missing or too long',
    );
  }
  header.format = 'rfc5424';
  header.version = Number(text.slice(afterPri, afterVersion));
  header.host = value(text, timeEnd + 1, host);
  header.program = value(text, host + 1, app);
  header.pid = value(text, app + 1, pid);
  header.msgid = value(text, pid + 1, msgid);

  at = msgid + 1;
  if (text.charCodeAt(at) === 45) at++;
  else {
    const end = structuredData(text, at, header);
    if (end === -1) {
      header.structuredData = undefined;
      header.message = text.slice(at);
      header.problem = `structured data is malformed, or has more than ${MAX_SD_PARTS} parts`;
      return;
    }
    at = end;
  }
  if (at < text.length && text.charCodeAt(at) !== SPACE) {
    header.structuredData = undefined;
    header.message = text.slice(msgid + 1);
    header.problem = 'no space after structured data';
    return;
  }
  // MSG-UTF8 begins with a byte order mark that is no part of the text (6.4).
  header.message = text.slice(text.charCodeAt(at + 1) === BOM ? at + 2 : at + 1);
  header.valid5424 = header.problem === undefined;
}

function broken(text: string, afterPri: number, header: SyslogHeader, problem: string): void {
  header.format = 'none';
  header.message = text.slice(afterPri);
  header.problem = problem;
}

/** End of a field of 1 to `max` printable ASCII characters that a space follows, or -1. */
function field(text: string, from: number, max: number): number {
  for (let at = from; at <= from + max; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE) return at > from ? at : -1;
    if (!(code > 32 && code < 127)) return -1;
  }
  return -1;
}

function value(text: string, from: number, end: number): string | undefined {
  return end === from + 1 && text.charCodeAt(from) === 45 ? undefined : text.slice(from, end);
}

/** End of an SD-NAME (6.3.2: 1 to 32 printable characters but = space ] "), or -1. */
function sdName(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code >= 127 || code === EQUALS || code === CLOSE || code === QUOTE) break;
  }
  return at > from && at - from <= 32 ? at : -1;
}

/** Reads all SD-ELEMENTs from `from` into the header; returns their end, or -1. */
function structuredData(text: string, from: number, header: SyslogHeader): number {
  const elements: Record<string, Record<string, string>> = Object.create(null);
  header.structuredData = elements;
  const ids = new Set<string>();
  let params = 0;
  let at = from;
  while (text.charCodeAt(at) === OPEN) {
    const idEnd = sdName(text, at + 1);
    if (idEnd === -1) return -1;
    const id = text.slice(at + 1, idEnd);
    // An SD-ID comes once a message (6.3.2).
    if (ids.has(id) || ids.size >= MAX_SD_PARTS) return -1;
    ids.add(id);
    const element: Record<string, string> | undefined =
      params < MAX_SD_PARAMS && ids.size <= MAX_SD_PARAMS ? Object.create(null) : undefined;
    if (element) elements[id] = element;
    at = idEnd;
    while (text.charCodeAt(at) === SPACE) {
      const nameEnd = sdName(text, at + 1);
      if (
        params >= MAX_SD_PARTS ||
        nameEnd === -1 ||
        text.charCodeAt(nameEnd) !== EQUALS ||
        text.charCodeAt(nameEnd + 1) !== QUOTE
      )
        return -1;
      const end = valueEnd(text, nameEnd + 2, header);
      if (end === -1) return -1;
      if (params++ < MAX_SD_PARAMS && element) {
        element[text.slice(at + 1, nameEnd)] = unescape(text.slice(nameEnd + 2, end));
      }
      at = end + 1;
    }
    if (text.charCodeAt(at) !== CLOSE) return -1;
    at++;
  }
  return at > from ? at : -1;
}

/** The closing quote of a PARAM-VALUE, or -1. A bare ] inside is not well-formed (6.3.3), but there are senders that write it. */
function valueEnd(text: string, from: number, header: SyslogHeader): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === CLOSE) header.problem = 'a bare ] in structured data';
    if (code === BACKSLASH) {
      const next = text.charCodeAt(++at);
      if (next !== QUOTE && next !== BACKSLASH && next !== CLOSE) {
        header.problem = 'a backslash in structured data escapes nothing';
        // Then it is a plain character, and what follows is read as it stands.
        at--;
      }
    }
  }
  return -1;
}

/** 6.3.3: \" \\ \] stand for the character; a backslash before any other is a plain one. */
function unescape(raw: string): string {
  return raw.includes('\\') ? raw.replace(/\\(["\\\]])/g, '$1') : raw;
}
