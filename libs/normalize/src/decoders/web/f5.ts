import { EVENT_ACTION } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { atLeast, classify } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { LOGIN_FAILED, LOGIN_SUCCEEDED, REFUSED } from '../meanings.js';
import { form, readForms } from '../message-form.js';
import { setDataset } from './http-fields.js';

/** BIG-IP's messages: eight hexadecimal digits, then the level ("01070417:5: …"), behind host, level and process. */
const CODE =
  /^(?:(?:emerg|alert|crit|err|warning|notice|info|debug) )?(?:([A-Za-z0-9_.-]{1,64})(?:\[(\d{1,10})\])?: )?([0-9a-f]{8}):([0-7]): /;
const LEVEL: readonly Severity[] = ['critical', 'critical', 'high', 'medium', 'low', 'info', 'info', 'info'];

const FORMS = [
  form(LOGIN_FAILED, '^AUDIT - user <user> - RAW: .{0,64}attempts=<count>.{0,512}[Aa]uthentication failed'),
  form(
    LOGIN_SUCCEEDED,
    '^AUDIT - user <name> - RAW: httpd\\(pam_audit\\): user=\\S{1,256} partition=.{0,512} host=<ip>.{0,512} attempts=\\d{1,4} start="[^"]{0,64}"\\.?$',
  ),
  form(REFUSED, '^"?Access Denied: '),
  form(REFUSED, '^Inbound CMI connection from IP \\(<ip>\\) denied '),
  form(REFUSED, '^Inbound CMI connection from IP .{0,255} denied '),
  form(
    { category: 'network', type: 'denied', action: EVENT_ACTION.intrusionDetected, severity: 'medium' },
    '^(?:Syncookie |A NETWORK )',
  ),
];

function decodeCode(message: string, fields: EventFields): boolean {
  const code = CODE.exec(message);
  if (!code) return false;
  fields['event.code'] = code[3];
  if (code[1] !== undefined) fields['process.name'] = code[1];
  if (code[2] !== undefined) fields['process.pid'] = Number(code[2]);
  atLeast(fields, LEVEL[Number(code[4])] ?? 'info');
  classify(fields, 'host', 'info', EVENT_ACTION.applicationEvent);
  readForms(FORMS, message.slice(code[0].length).trim(), fields);
  return true;
}

/** F5 BIG-IP's own log (LTM, TMM, mcpd); what ASM sends is CEF. */
export const f5bigip: Decoder = {
  name: 'f5_bigip',
  types: ['f5_big_ip', 'f5-bigip', 'bigip', 'f5'],
  programs: ['tmm', 'tmm1', 'tmm2', 'tmm3', 'mcpd', 'bigd', 'ltm', 'httpd(pam_audit)'],
  anyProgram: true,
  recognise: (_header, message) => message.includes(': ') && CODE.test(message),
  decode(message, _header, fields) {
    setDataset(fields, 'f5_bigip', 'log');
    return decodeCode(message, fields);
  },
};
