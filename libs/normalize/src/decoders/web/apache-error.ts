import { EVENT_ACTION } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { atLeast, classify } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { asctimeInstant, setTime } from '../event-time.js';
import { LOGIN_FAILED, REFUSED } from '../meanings.js';
import type { MessageForm } from '../message-form.js';
import { form, mean, readForms } from '../message-form.js';
import { setClient } from './client.js';
import { present, setDataset } from './http-fields.js';
import { setModSecurity } from './modsecurity-tags.js';

const LEVELS = 'emerg|alert|crit|error|warn|notice|info|debug|trace[1-8]';
const TIME = /^\[((?:[A-Za-z]{3} )?[A-Za-z]{3} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: \d{4})?)\] /;
const LEVEL = new RegExp(`^\\[(?:([a-z0-9_]{0,32}):)?(${LEVELS})\\] `);
/** ErrorLogFormat's parts between level and message, in any order (core.c: %P, %T, %F, %E, %a). */
const PART =
  /^(?:\[pid (\d{1,10})(?::tid (\d{1,20}))?\] |\[(?:client|remote) (\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?|[^\s\]]{1,255})\] |[a-z0-9_]{1,32}\.c\(\d{1,6}\): |\(-?\d{1,10}\)[^:[\]"]{1,128}: )/;
const MOST_PARTS = 6;
const CODE = /^AH(\d{5}): /;

const SEVERITY: Readonly<Record<string, Severity>> = {
  warn: 'low',
  error: 'low',
  crit: 'medium',
  alert: 'high',
  emerg: 'high',
};

const DENIED = {
  category: 'web',
  type: 'denied',
  action: EVENT_ACTION.webDenied,
  outcome: 'failure',
  severity: 'low',
} as const;
/** A name of basic authentication holds no colon (RFC 7617 2), so that the program's own colon ends it. */
const NAME = '(?<user>[^:]{0,512})';

/** mod_auth_basic, mod_auth_digest, mod_authz_*, mod_access_compat, PHP applications that write to the error log. */
const FORMS: readonly MessageForm[] = [
  form(LOGIN_FAILED, `^user ${NAME}: authentication failure for ".{0,8192}": Password Mismatch`),
  form(LOGIN_FAILED, `^user ${NAME} not found(?:: .{0,8192})?$`),
  form(LOGIN_FAILED, `^user ${NAME}: password mismatch: `),
  form(LOGIN_FAILED, `^user ${NAME} in realm \`.{0,512}' (?:not found|denied by provider): `),
  form(LOGIN_FAILED, '^client used wrong authentication scheme[: ]'),
  form(
    LOGIN_FAILED,
    '^(?:Digest: )?(?:invalid nonce|unknown algorithm|realm mismatch|invalid qop|invalid opaque) ',
  ),
  form(LOGIN_FAILED, '^Digest: '),
  form(DENIED, `^user ${NAME}: authorization failure for "`),
  form(DENIED, `^[Aa]uthorization of user (?<user>\\S{1,256}) to access .{0,8192} failed, reason: `),
  form(DENIED, '^client denied by server configuration: '),
  form(
    DENIED,
    '^(?:request failed: URI too long|Invalid URI in request|Invalid method in request|[Ii]nvalid URI path|Client sent malformed Host header)',
  ),
  form(LOGIN_FAILED, '^(?:ERR|WAR) \\[Login denied for user "(?<user>[^"]{0,256})"\\]'),
  form(LOGIN_FAILED, '^(?:ERR|WAR) \\[Could not retrieve user (?<user>\\S{1,256}) details\\]'),
];
const HANDSHAKE =
  /^(?:SSL [Ll]ibrary [Ee]rror|Hostname \S{1,255} provided via SNI|No hostname was provided via SNI|SSL handshake )/;

interface Head {
  time?: string;
  module?: string;
  level: string;
  pid?: string;
  thread?: string;
  client?: string;
  /** Where the message begins. */
  end: number;
}

/** Reads what httpd writes before the message; undefined if it is no line of an error log. */
function readHead(line: string): Head | undefined {
  const time = TIME.exec(line);
  let at = time ? time[0].length : 0;
  const level = LEVEL.exec(line.slice(at, at + 64));
  if (!level) return undefined;
  at += level[0].length;
  const head: Head = { time: time?.[1], module: level[1], level: level[2] ?? '', end: at };
  for (let count = 0; count < MOST_PARTS; count++) {
    const part = PART.exec(line.slice(head.end, head.end + 512));
    if (!part) break;
    // The second "[client …]" is ModSecurity's; a third would be somebody else's.
    if (
      part[3] !== undefined &&
      head.client !== undefined &&
      !line.startsWith('ModSecurity:', head.end + part[0].length)
    )
      break;
    head.pid ??= part[1];
    head.thread ??= part[2];
    head.client ??= part[3];
    head.end += part[0].length;
  }
  return head;
}

export function isApacheErrorLine(line: string): boolean {
  if (line.charCodeAt(0) !== 91) return false;
  const head = readHead(line);
  return (
    head !== undefined && (head.time !== undefined || head.client !== undefined || head.pid !== undefined)
  );
}

/** Decodes one line of httpd's error log (2.2 and 2.4). False: not such a line. */
export function decodeApacheError(line: string, fields: EventFields, context: DecodeContext): boolean {
  const head = readHead(line);
  if (!head) return false;
  setDataset(fields, 'apache', 'error');
  if (head.time !== undefined) setTime(fields, asctimeInstant(head.time, context));
  fields['log.level'] = head.level;
  if (present(head.module)) fields['apache.error.module'] = head.module;
  if (head.pid !== undefined) fields['process.pid'] = Number(head.pid);
  if (head.thread !== undefined && head.thread.length < 16) fields['process.thread.id'] = Number(head.thread);
  atLeast(fields, SEVERITY[head.level] ?? 'info');
  classify(
    fields,
    'web',
    /^(?:error|crit|alert|emerg)$/.test(head.level) ? 'error' : 'info',
    EVENT_ACTION.applicationEvent,
  );
  if (head.client !== undefined) {
    // 2.4 writes a port always, behind a bare IPv6 address too (log.c, "%s:%d"); 2.2 none.
    const ported = head.pid !== undefined && /:\d{1,5}$/.test(head.client);
    if (!ported || !setClient(fields, head.client, true, true)) setClient(fields, head.client, true);
  }
  let message = line.slice(head.end);
  const code = CODE.exec(message);
  if (code) {
    fields['event.code'] = `AH${code[1] ?? ''}`;
    message = message.slice(code[0].length);
  }
  if (setModSecurity(fields, message)) {
    fields['labels.modsecurity'] = true;
    return true;
  }
  const referrer = message.lastIndexOf(', referer: ');
  const text = referrer === -1 ? message : message.slice(0, referrer);
  if (referrer !== -1) fields['http.request.referrer'] = message.slice(referrer + 11);
  if (readForms(FORMS, text, fields)) return true;
  if (HANDSHAKE.test(text)) {
    mean(fields, { ...REFUSED, type: 'protocol', action: EVENT_ACTION.protocolFailure });
    return true;
  }
  return true;
}
