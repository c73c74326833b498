import { normalizeIp } from '@parapet/contracts';
import type { Decoder, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { readKeyValues } from '../key-values.js';
import type { KeyValues } from '../key-values.js';
import {
  configured,
  connected,
  intrusion,
  judge,
  login,
  logout,
  setEnds,
  setLevel,
  setTransport,
  setUser,
  verdictOf,
} from './verdict.js';
import type { Endpoint } from './verdict.js';

const LONGEST = 16_384;
const FORM = /^ *(?:[0-9A-Fa-f.:]{7,45} +)?(?=id=\S{1,64} +sn=)/;

/** "192.0.2.1:4507:WAN:host", "192.0.2.1::X0", ":49702:X0" with the address in `srcV6`. */
function endpoint(text: string | undefined, v6: string | undefined): Endpoint | undefined {
  if (text === undefined && v6 === undefined) return undefined;
  const [first = '', port, nic] = (text ?? '').split(':');
  const place = normalizeIp(text ?? '') === undefined || !text?.includes('::') ? first : (text ?? '');
  const address = normalizeIp(place) ?? normalizeIp(v6 ?? '');
  return address
    ? { address, port: port !== undefined && /^\d{1,5}$/.test(port) ? port : undefined, interface: nic }
    : undefined;
}

const LOGIN_FAILED =
  /log ?in (?:denied|failed|failure|attempt failed)|authentication (?:failed|failure|denied)|login - (?:incorrect|invalid)|(?:unknown|invalid) (?:user|password)|bad credentials|incorrect (?:name|password)/i;
const LOGIN_ALLOWED = /log ?in (?:allowed|successful|success)|logged in|authentication success|login from/i;
const LOGGED_OUT = /logged out|log ?out|session (?:timed out|terminated)/i;
const DENIED = /drop|denied|block|reject|discard|not allowed|prevent/i;

function classifyMessage(pairs: KeyValues, fields: EventFields): void {
  const said = pairs.first('msg') ?? '';
  const action = verdictOf(pairs.one('fw_action')?.replace(/^NA$/, ''));
  if (
    /\bIPS (?:Detection|Prevention)|\bAttack\b|(?:SYN|ICMP|UDP) flood|port scan|spoof|Anti-Spyware|Gateway Anti-Virus/i.test(
      said,
    )
  ) {
    const priority = pairs.one('ipspri');
    intrusion(
      fields,
      priority === '1' ? 'high' : priority === '3' ? 'low' : 'medium',
      action ?? (DENIED.test(said) ? 'drop' : undefined),
    );
    const category = pairs.one('ipscat');
    fields['rule.name'] = (category ?? said).slice(0, 256);
    const sid = pairs.one('sid');
    if (sid) fields['rule.id'] = sid;
  } else if (LOGIN_FAILED.test(said)) login(fields, 'failure');
  else if (LOGIN_ALLOWED.test(said)) login(fields, 'success');
  else if (LOGGED_OUT.test(said)) logout(fields);
  else if (/configuration (?:changed|saved)|settings (?:changed|saved|imported)/i.test(said))
    configured(fields);
  else if (/^Connection (?:Opened|Closed)/i.test(said))
    connected(fields, /opened/i.test(said) ? 'start' : 'end');
  else if (action === 'drop' || action === 'reject' || DENIED.test(said)) judge(fields, action ?? 'drop');
  else if (action) judge(fields, action);
  else fields['event.category'] = 'network';
}

/** SonicWall firewalls: "id=firewall sn=… time=… fw=… pri=… m=… msg=… src=… dst=…". */
export const sonicwall: Decoder = {
  name: 'sonicwall',
  types: ['sonicwall_firewall', 'sonicos'],
  programs: [],
  anyProgram: true,
  recognise: (_header, message) => message.slice(0, 60).includes('id=') && FORM.test(message.slice(0, 200)),
  decode(message, _header, fields, context) {
    fields['event.module'] = 'sonicwall_firewall';
    fields['event.dataset'] = 'sonicwall_firewall.log';
    const form = message.length <= LONGEST ? FORM.exec(message) : null;
    if (!form) return false;
    const pairs = readKeyValues(message, { from: form[0].length });
    const time = pairs.one('time');
    if (time) setTime(fields, isoInstant(time.replace(/ UTC$/, 'Z'), context));
    setLevel(fields, pairs.one('pri'));
    classifyMessage(pairs, fields);
    setEnds(
      fields,
      endpoint(pairs.one('src'), pairs.one('srcV6')),
      endpoint(pairs.one('dst'), pairs.one('dstV6')),
    );
    const [protocol, service] = (pairs.one('proto') ?? '').split('/');
    setTransport(fields, protocol);
    if (service && !/^\d+$/.test(service)) fields['network.protocol'] = service.toLowerCase();
    const user = pairs.any(['usr', 'user', 'susr']);
    if (user && !user.startsWith('Unknown (')) setUser(fields, user);
    fields['observer.vendor'] = 'SonicWall';
    fields['observer.type'] = 'firewall';
    const serial = pairs.one('sn');
    if (serial) fields['observer.serial_number'] = serial;
    const own = normalizeIp(pairs.one('fw') ?? '');
    if (own) fields['observer.ip'] = own;
    const code = pairs.one('m');
    if (code) fields['event.code'] = code;
    const said = pairs.first('msg');
    if (said) fields['sonicwall.firewall.msg'] = said;
    const rule = pairs.one('rule');
    if (rule) fields['rule.id'] = rule;
    const domain = pairs.one('dstname');
    const path = pairs.one('arg');
    if (domain) fields['url.domain'] = domain;
    if (path?.startsWith('/')) fields['url.original'] = path;
    return true;
  },
};
