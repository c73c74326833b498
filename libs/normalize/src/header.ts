import type { SyslogHeader } from './syslog-header.js';
import { parseRfc3164 } from './rfc3164.js';
import { parseRfc5424 } from './rfc5424.js';

const LESS = 60;
const GREATER = 62;

/**
 * Reads the header of one syslog message: PRI, then RFC 5424 if a version follows, else RFC 3164 in its dialects.
 * Never throws and never drops: what is no header stays in `message`.
 * `receivedAt`: epoch ms; `timeZone`: IANA name for times that carry no zone.
 */
export function parseHeader(text: string, receivedAt: number, timeZone: string): SyslogHeader {
  const header: SyslogHeader = { format: 'none', valid5424: false, message: text };
  const at = readPriority(text, header);
  if (at > 0) {
    const version = versionEnd(text, at);
    if (version > 0) {
      parseRfc5424(text, at, version, header);
      return header;
    }
    header.message = text.slice(at);
  }
  parseRfc3164(text, at, header, receivedAt, timeZone);
  return header;
}

/** RFC 5424 6.2.1: one to three digits, no leading zero, at most 191. Returns where it ends, 0 if there is none. */
function readPriority(text: string, header: SyslogHeader): number {
  if (text.charCodeAt(0) !== LESS) return 0;
  let priority = 0;
  for (let at = 1; at <= 4; at++) {
    const code = text.charCodeAt(at);
    if (code === GREATER && at > 1) {
      if (priority > 191 || (at > 2 && text.charCodeAt(1) === 48)) return 0;
      header.priority = priority;
      header.facility = priority >> 3;
      header.severity = priority & 7;
      return at + 1;
    }
    const digit = code - 48;
    if (!(digit >= 0 && digit <= 9)) return 0;
    priority = priority * 10 + digit;
  }
  return 0;
}

/** Where "VERSION SP" ends (one to three digits, not beginning with 0), or 0. An end of text counts as the space. */
function versionEnd(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (!(first >= 49 && first <= 57)) return 0;
  let at = from + 1;
  while (at < from + 3 && isDigit(text.charCodeAt(at))) at++;
  return at === text.length || text.charCodeAt(at) === 32 ? at : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
