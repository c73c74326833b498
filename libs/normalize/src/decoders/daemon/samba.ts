import type { Decoder, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, textAt } from '../json/index.js';
import { CONNECTED, LOGIN_FAILED, LOGIN_SUCCEEDED, LOGIN_WITNESS, REFUSED } from '../meanings.js';
import { form, mean, setPeer, setUserName } from '../message-form.js';
import type { MessageForm } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';
import { setPort } from '../decoder.js';

const HOST = /^ipv[46]:\[?([0-9A-Fa-f:.]{2,45}?)\]?:(\d{1,5})$/;

/** "ipv4:192.0.2.1:445". */
function setEndpoints(fields: EventFields, remote: string | undefined, local: string | undefined): void {
  const from = HOST.exec(remote ?? '');
  if (from) setPeer(fields, from[1] ?? '', from[2]);
  const to = HOST.exec(local ?? '');
  if (!to) return;
  fields['destination.ip'] = to[1];
  setPort(fields, 'destination.port', to[2] ?? '');
}

/** auth_log.c, log_authentication_event_human_readable. Names and workstation are the client's words. */
const AUTH = /^Auth: \[.{0,200}?\] user \[(.{0,256}?)\]\\\[(.{0,256}?)\] at \[/s;
const REMOTE = / remote host \[([^[\]\s]{1,80}|ipv6:\[[^[\]\s]{1,60}\]:\d{1,5})\]/;
const LOCAL = / local host \[([^[\]\s]{1,80})\]\s*$/;

function authLine(message: string, fields: EventFields): boolean {
  const auth = AUTH.exec(message.slice(0, 1500));
  const status = / status \[(NT_STATUS_[A-Z_]{1,60})\]/.exec(message);
  if (!auth || !status) return false;
  mean(fields, status[1] === 'NT_STATUS_OK' ? LOGIN_SUCCEEDED : LOGIN_FAILED);
  fields['event.reason'] = status[1];
  // A user may be named "] remote host [ipv4:192.0.2.1:1]": then nobody can tell.
  if (message.indexOf(' remote host [') !== message.lastIndexOf(' remote host [')) return true;
  if (message.indexOf(' status [') !== message.lastIndexOf(' status [')) delete fields['event.reason'];
  setEndpoints(fields, REMOTE.exec(message)?.[1], LOCAL.exec(message)?.[1]);
  const [, domain = '', user = ''] = auth;
  if (!/[[\]]/.test(domain + user)) {
    setUserName(fields, user);
    if (domain !== '') fields['user.domain'] = domain;
  }
  return true;
}

const FORMS: readonly MessageForm[] = [
  form(REFUSED, '^(?:Denied connection|Connection denied) from (?<host>[^\\s()]{0,255}) ?\\(<ip>\\)$'),
  form(REFUSED, '^(?:Connection denied|Denied connection) from <ip>(?: to .{1,60})?$'),
  form(
    CONNECTED,
    '^[^\\s()]{1,255} \\((?:ipv[46]:)?<ip>(?::<port>)?\\) connect to service .{1,80} initially as user (?<user>[^\\s]{1,256}) \\(uid=\\d{1,10}, gid=\\d{1,10}\\)(?: .{0,60})?$',
  ),
  form(
    LOGIN_WITNESS,
    '^check_ntlm_password: {1,2}Authentication for user \\[<user>\\] -> \\[[^\\[\\]]{0,256}\\] FAILED with error (?<reason>NT_STATUS_[A-Z_]{1,60}).{0,100}$',
  ),
  form(
    LOGIN_WITNESS,
    '^(?:User|user) (?<user>[^\\s]{1,256}) (?<reason>(?:not found|account.{0,60}(?:locked|disabled|expired)).{0,100})$',
  ),
];

/** Samba's smbd, winbindd and nmbd. */
export const samba = serviceDecoder({
  name: 'samba',
  types: ['smb', 'smbd'],
  programs: ['smbd', 'samba', 'winbindd', 'nmbd', 'smbd_audit'],
  forms: [...FORMS, { begins: 'Auth: [', pattern: AUTH, means: LOGIN_FAILED, names: false }],
  lead: /^(?:\[\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?, +\d{1,2}(?:, [^\]]{1,80})?\] [^\s()]{1,120}\([a-z_]{1,60}\) +)? */,
  bare: true,
  before: authLine,
});

/** Samba's JSON audit log (log level auth_json_audit:3). */
export const sambaJson = jsonDecoder({
  name: 'samba-json',
  recogniseRecord: (record) =>
    (record['type'] === 'Authentication' || record['type'] === 'Authorization') &&
    textAt(record, String(record['type']), 'remoteAddress') !== undefined,
  decodeRecord(record, fields, context) {
    fields['event.module'] = 'samba';
    fields['event.dataset'] = 'samba.log';
    const kind = record['type'] === 'Authentication' ? 'Authentication' : 'Authorization';
    const status = textAt(record, kind, 'status');
    if (kind === 'Authentication') mean(fields, status === 'NT_STATUS_OK' ? LOGIN_SUCCEEDED : LOGIN_FAILED);
    else mean(fields, { ...CONNECTED, category: 'session' });
    if (status !== undefined) fields['event.reason'] = status;
    setEndpoints(fields, textAt(record, kind, 'remoteAddress'), textAt(record, kind, 'localAddress'));
    const user = textAt(record, kind, 'clientAccount') ?? textAt(record, kind, 'account');
    if (user !== undefined) setUserName(fields, user);
    const domain = textAt(record, kind, 'clientDomain') ?? textAt(record, kind, 'domain');
    if (domain !== undefined) fields['user.domain'] = domain;
    const time = textAt(record, 'timestamp');
    if (time !== undefined) setTime(fields, isoInstant(time, context));
    return true;
  },
});

export const SAMBA: readonly Decoder[] = [sambaJson, samba];
