import { EVENT_ACTION } from '@parapet/contracts';
import { classify } from '../decoder.js';
import type { Decoder } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { LOGIN_FAILED } from '../meanings.js';
import { form, readForms } from '../message-form.js';
import { decodeAccessLine } from './access-log.js';
import { setDataset } from './http-fields.js';

/** "2021-09-30 16:05:33: (mod_auth.c.828) …"; without the time behind syslog's header. */
const HEAD = /^(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d): ?)?\(?([a-z0-9_]{2,32})\.c\.(\d{1,5})\) /;
/** mod_auth.c, mod_auth_api.c and the back ends. The address stands last. */
const FORMS = [
  form(LOGIN_FAILED, "^password doesn't match for .{0,4096} username: <user>,? IP: <ip>$"),
  form(LOGIN_FAILED, '^get_password failed, IP: <ip>$'),
  form(LOGIN_FAILED, '^digest: auth failed for <user>: wrong password, IP: <ip>$'),
  form(LOGIN_FAILED, '^digest: .{0,1024}, IP: <ip>$'),
  form(LOGIN_FAILED, '^(?:.{0,512} )?IP: <ip>$'),
];

export const lighttpd: Decoder = {
  name: 'lighttpd',
  types: ['lighttpd-auth', 'lighttpd-error'],
  programs: ['lighttpd'],
  wholeLines: true,
  recognise: (_header, line) => line.charCodeAt(4) === 45 && HEAD.test(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'lighttpd', 'error');
    const head = HEAD.exec(line);
    if (!head) return decodeAccessLine(line, fields, context, 'lighttpd');
    if (head[1] !== undefined) setTime(fields, isoInstant(head[1], context));
    const message = line.slice(head[0].length);
    if ((head[2] ?? '').startsWith('mod_auth') && readForms(FORMS, message, fields)) return true;
    classify(fields, 'web', 'info', EVENT_ACTION.applicationEvent);
    return true;
  },
};
