import type { Decoder } from '../decoder.js';
import {
  configured,
  connected,
  intrusion,
  judge,
  login,
  logout,
  setEnds,
  setTransport,
  setUser,
  verdictOf,
} from './verdict.js';

const LONGEST = 4096;
const FORM = /^msg_id="([0-9A-F]{4}-[0-9A-F]{4})" /;
/** "Deny 0-External Firebox 40 tcp 20 243 192.0.2.1 198.51.100.2 43017 23 …": action, interfaces, length, protocol, header length, TTL, ends, ports. */
const PACKET =
  /^(Allow|Deny|Block|Drop) (\S{1,64}(?: \S{1,64})?) (\S{1,64}) (?:(\d{1,6}) )?(tcp|udp|icmp|igmp|gre|esp|ospf|\d{1,3})(?: \d{1,3} \d{1,3})? ([0-9A-Fa-f.:]{2,45}) ([0-9A-Fa-f.:]{2,45})(?: (\d{1,5}) (\d{1,5}))?(?: |$)/;
const USER =
  /(?:user|User|admin) \[?(.{1,256}?)(?:@([\w.-]{1,64}))?\]? from ([0-9A-Fa-f.:]{2,45}) (?:was )?(rejected|denied|failed|logged in|logged out|accepted)/;

/** WatchGuard Firebox. */
export const watchGuard: Decoder = {
  name: 'watchguard_firebox',
  types: ['watchguard', 'firebox'],
  programs: [],
  anyProgram: true,
  recognise: (_header, message) => message.startsWith('msg_id="') && FORM.test(message.slice(0, 24)),
  decode(message, _header, fields) {
    fields['event.module'] = 'watchguard_firebox';
    fields['event.dataset'] = 'watchguard_firebox.log';
    const form = message.length <= LONGEST ? FORM.exec(message) : null;
    if (!form) return false;
    const text = message.slice(form[0].length);
    fields['observer.vendor'] = 'WatchGuard';
    fields['event.code'] = form[1];
    const packet = PACKET.exec(text);
    if (packet) {
      const [, action, ingress, egress, , protocol, source = '', destination = '', sport, dport] = packet;
      judge(fields, verdictOf(action) ?? 'log');
      setEnds(
        fields,
        { address: source, port: sport, interface: ingress },
        { address: destination, port: dport, interface: egress },
      );
      setTransport(fields, protocol);
      const policy = /\(([^()]{1,128})\) *$/.exec(text)?.[1];
      if (policy) fields['rule.name'] = policy;
      if (/signature_name="|attack/i.test(text)) intrusion(fields, 'medium', verdictOf(action));
      return true;
    }
    const user = USER.exec(text);
    if (user) {
      const said = user[4] ?? '';
      if (said === 'logged out') logout(fields);
      else login(fields, said === 'logged in' || said === 'accepted' ? 'success' : 'failure');
      if (text.split(' from ').length === 2) {
        setUser(fields, user[1]);
        if (user[2]) fields['user.domain'] = user[2];
        setEnds(fields, { address: user[3] ?? '' });
      }
      return true;
    }
    if (/configuration|policy .{1,64} (?:added|modified|deleted)/i.test(text)) configured(fields);
    else connected(fields, 'info', 'unknown');
    return true;
  },
};
