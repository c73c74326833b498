import type { SyslogHeader } from '../../syslog-header.js';
import type { EventFields } from '../decoder.js';

/** "%ASA-6-302013: text", "%SEC_LOGIN-4-LOGIN_FAILED: text": who says it, how bad it is, which message it is. */
export interface CiscoMessage {
  facility: string;
  /** 0 (emergency) to 7 (debugging). */
  level: string;
  mnemonic: string;
  text: string;
}

/** A class may stand before the level ("%ASA-auth-4-113004"); IOS-XR has several facilities ("%ACL-IPV4_ACL-6-…"). */
const CODE = /^%([A-Z][A-Z0-9_]{1,31}(?:-[A-Za-z0-9_]{0,32}){0,2}?)-([0-7])-([A-Za-z0-9_]{1,64})$/;
const CODE_AND_TEXT =
  /^%([A-Z][A-Z0-9_]{1,31}(?:-[A-Za-z0-9_]{0,32}){0,2}?)-([0-7])-([A-Za-z0-9_]{1,64}) ?(?:\([0-9]\))?: ?/;
/** What relays leave before the code: hosts, sequence numbers, a second time. Nothing that a sentence would hold. */
const BEFORE_CODE = /^[A-Za-z0-9 .:,*>_/+[\]()-]{0,200}: ?$/;
/** Behind a tag that the relay's header was read to have, only the device's own time. */
const BEHIND_TAG =
  /^(?:: ?)?[*.]?[A-Z][a-z]{2} [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [A-Za-z0-9+:-]{1,12})?: ?$/;
const LONGEST_PREFIX = 200;

/** Reads Cisco's form of a message, whether the header's reader took the code for the tag or left it in the text. */
export function ciscoMessage(header: SyslogHeader, message: string): CiscoMessage | undefined {
  if (header.program?.charCodeAt(0) === 37) {
    const code = CODE.exec(header.program);
    return code ? found(code, message.startsWith(': ') ? message.slice(2) : message) : undefined;
  }
  const start = message.slice(0, LONGEST_PREFIX + 140);
  const at = start.indexOf('%');
  if (at === -1 || at > LONGEST_PREFIX) return undefined;
  const before = start.slice(0, at);
  if (before.trim() !== '' && !(header.program === undefined ? BEFORE_CODE : BEHIND_TAG).test(before))
    return undefined;
  const code = CODE_AND_TEXT.exec(start.slice(at));
  return code ? found(code, message.slice(at + code[0].length)) : undefined;
}

function found(code: RegExpExecArray, text: string): CiscoMessage {
  const facility = code[1] ?? '';
  return { facility, level: code[2] ?? '', mnemonic: code[3] ?? '', text: text.trimEnd() };
}

/** Whether a message could be Cisco's: costs a look at the first characters for most others. */
export function looksCisco(header: SyslogHeader, message: string): boolean {
  if (header.program?.charCodeAt(0) === 37) return true;
  const at = message.indexOf('%');
  return at !== -1 && at <= LONGEST_PREFIX && ciscoMessage(header, message) !== undefined;
}

/** What a relay's header takes for the tag is Cisco's sequence number, or the device's name. */
export function setRelayed(header: SyslogHeader, fields: EventFields): void {
  if (header.program === undefined || header.program.charCodeAt(0) === 37) return;
  delete fields['process.name'];
  // Letters alone may be a zone that the time's reader does not know.
  if (!/^(?:\d+|[A-Za-z]{1,5}(?:[+-][\d:]{1,5})?)$/.test(header.program))
    fields['host.name'] = header.program;
}
