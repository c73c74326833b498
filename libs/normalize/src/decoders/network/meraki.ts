import { classify } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { EVENT_ACTION } from '@parapet/contracts';
import { epochInstant, setTime } from '../event-time.js';
import { readKeyValues } from '../key-values.js';
import type { KeyValues } from '../key-values.js';
import {
  connected,
  intrusion,
  judge,
  login,
  logout,
  malware,
  setEnds,
  setTransport,
  setUser,
  verdictOf,
} from './verdict.js';
import type { Endpoint } from './verdict.js';

/** "1647478988.289402144 MX84 flows …": the time and the device's name stand where RFC 5424 would have them. */
const FORM =
  /^(?:1 )?(\d{9,11}\.\d{1,9}) (\S{1,128}) (flows|ip_flow_start|ip_flow_end|firewall|vpn_firewall|cellular_firewall|bridge_anyconnect_client_vpn_firewall|urls|events|security_event|ids-alerts|airmarshal_events) /;
const VPN_USER =
  /^(?:client_vpn|anyconnect_vpn)_(connect|disconnect) user id '(.{0,256})' local ip (\S{2,64}) (?:re)?connected from ([0-9A-Fa-f.:]{2,45})$/;
const VPN_AUTH =
  /Peer IP=([0-9A-Fa-f.:]{2,45}) Peer port=(\d{1,5}) User=(.{0,256}): Authentication request (accepted|rejected)/;
const URL = /^(?:.* )?request: (\w{1,16}) (\S{1,8192})(?: .*)?$/;
const LONGEST = 16_384;

/** "192.0.2.1:80", "[2001:db8::1]:80", an address alone. */
function peer(text: string | undefined, port?: string): Endpoint | undefined {
  if (text === undefined) return undefined;
  const both = /^\[?([0-9A-Fa-f.:]{2,45}?)\]?:(\d{1,5})$/.exec(text);
  return both && (text.includes('.') || text.startsWith('['))
    ? { address: both[1] ?? '', port: both[2] }
    : { address: text, port };
}

function decodeFlow(kind: string, text: string, pairs: KeyValues, fields: EventFields): void {
  const verdict = verdictOf(
    /^(allow|deny) /.exec(text)?.[1] ?? /pattern: (?:Group Policy )?(\w{1,8})/i.exec(text)?.[1],
  );
  if (kind.startsWith('ip_flow')) connected(fields, kind === 'ip_flow_start' ? 'start' : 'end');
  // "pattern: 0 …" denies and "pattern: 1 …" allows.
  else
    judge(
      fields,
      verdict ??
        (/pattern: 0(?: |$)/.test(text) ? 'drop' : /pattern: 1(?: |$)/.test(text) ? 'accept' : 'log'),
    );
  setEnds(fields, peer(pairs.one('src'), pairs.one('sport')), peer(pairs.one('dst'), pairs.one('dport')));
  setTransport(fields, pairs.one('protocol'));
}

function decodeSecurity(text: string, pairs: KeyValues, fields: EventFields): void {
  const priority = pairs.one('priority');
  const verdict = verdictOf(pairs.one('decision') ?? pairs.one('action'));
  if (text.startsWith('security_filtering') || pairs.has('disposition')) malware(fields, 'high');
  else intrusion(fields, priority === '1' ? 'high' : priority === '2' ? 'medium' : 'low', verdict);
  const said = text.indexOf(' message: ');
  if (said !== -1) fields['rule.name'] = text.slice(said + 10).slice(0, 512);
  const signature = pairs.one('signature');
  if (signature) fields['rule.id'] = signature;
  setEnds(fields, peer(pairs.one('src')), peer(pairs.one('dst')));
  setTransport(fields, pairs.one('protocol')?.replace(/\/ip$/, ''));
}

function decodeEvent(text: string, pairs: KeyValues, fields: EventFields): void {
  const vpn = VPN_USER.exec(text);
  if (vpn) {
    if (vpn[1] === 'connect') login(fields, 'success');
    else logout(fields);
    setUser(fields, vpn[2]);
    setEnds(fields, { address: vpn[4] ?? '' });
    return;
  }
  const type = pairs.first('type') ?? '';
  const auth = type.startsWith('anyconnect_vpn_auth') ? VPN_AUTH.exec(text) : null;
  if (auth) {
    login(fields, auth[4] === 'accepted' ? 'success' : 'failure');
    setUser(fields, auth[3]);
    setEnds(fields, { address: auth[1] ?? '', port: auth[2] });
    return;
  }
  if (/^(?:8021x_(?:eap_failure|deauth_fail)|8021x_eap_success|8021x_auth)$/.test(type)) {
    login(fields, type === '8021x_eap_failure' ? 'failure' : 'success');
    setUser(fields, pairs.one('identity'));
  } else classify(fields, 'network', 'info', EVENT_ACTION.connection, 'unknown');
  if (type) fields['meraki.event_type'] = type;
}

/** Cisco Meraki MX, MR and MS. */
export const meraki: Decoder = {
  name: 'cisco_meraki',
  types: ['meraki', 'cisco-meraki'],
  programs: [],
  recognise: (_header, message) => message.charCodeAt(0) <= 57 && FORM.test(message.slice(0, 260)),
  anyProgram: true,
  wholeLines: true,
  decode(message, header, fields) {
    fields['event.module'] = 'cisco_meraki';
    fields['event.dataset'] = 'cisco_meraki.log';
    // Read as RFC 5424, time and name are taken for its columns.
    const form = message.length <= LONGEST ? FORM.exec(message) : null;
    if (!form) return false;
    const [, time, name, kind = ''] = form;
    setTime(fields, epochInstant(Number(time)));
    fields['host.name'] = name;
    fields['observer.vendor'] = 'Cisco';
    fields['observer.product'] = 'Meraki';
    const text = message.slice(form[0].length);
    // "message:" and "pattern:" are free text behind the pairs.
    const end = text.search(/ (?:message|pattern): /);
    const pairs = readKeyValues(end === -1 ? text : text.slice(0, end));
    if (kind === 'events') decodeEvent(text, pairs, fields);
    else if (kind === 'security_event' || kind === 'ids-alerts') decodeSecurity(text, pairs, fields);
    else if (kind === 'urls') {
      connected(fields, 'info');
      setEnds(fields, peer(pairs.one('src')), peer(pairs.one('dst')));
      const url = URL.exec(text);
      if (url) {
        fields['http.request.method'] = url[1];
        fields['url.original'] = url[2];
      }
    } else if (kind === 'airmarshal_events') intrusion(fields, 'medium', undefined);
    else decodeFlow(kind, text, pairs, fields);
    if (header.problem !== undefined) delete fields['labels.parse_error'];
    return true;
  },
};
