import type { SyslogHeader } from '../../syslog-header.js';
import type { Decoder, EventFields } from '../decoder.js';
import {
  configured,
  connected,
  judge,
  login,
  logout,
  setEnds,
  setTransport,
  setUser,
  severityOf,
} from './verdict.js';
import type { Verdict } from './verdict.js';

const LONGEST = 4096;
/** RouterOS names the topics of a message, the severity among them: "system,error,critical", "firewall,info". */
const TOPICS =
  /^(?:system|firewall|account|wireless|caps|dhcp|interface|route|ipsec|l2tp|pptp|ppp|pppoe|sstp|ovpn|hotspot|script|manager|radius|dns|ssh|web-proxy|bridge|certificate|e-mail|wireguard|user-manager|critical|error|warning|info|debug)(?:,!?[a-z0-9-]{1,24}){1,6}$/;
const TOPICS_FIRST = /^([a-z-]{2,16}(?:,!?[a-z0-9-]{1,24}){1,6}) /;
const LEVELS = ['critical', 'error', 'warning', 'info', 'debug'];

/** "prefix chain: in:ether1 out:(unknown 0), connection-state:new src-mac …, proto TCP (SYN), 192.0.2.1:1->198.51.100.2:2, len 52". */
const PACKET =
  /^(.{0,64}?)\b([A-Za-z0-9_.-]{1,64}): in:(.{1,64}?) out:(.{1,64}?),(?: (?:connection-(?:mark|state):\S{1,64}|src-mac [0-9a-f:]{17}|dst-mac [0-9a-f:]{17}|vlan-\S{1,32})[, ]?){0,6} ?(?:eth-proto [0-9a-f]{1,4}, )?proto ([A-Za-z0-9-]{1,20})(?: \(([^()]{1,64})\))?, ([^\s,]{2,60})->([^\s,]{2,60}), (?:NAT .{1,200}, )?(?:prio \S{1,8}, )?len (\d{1,6})/;
const LOGIN_FAILED = /^login failure for user (.{0,256}) from ([0-9A-Fa-f.:]{2,45})(?: via ([\w-]{1,32}))?$/;
const LOGIN_FAILED_HERE = /^login failure for user (.{0,256}) via ([\w-]{1,32})$/;
const LOGGED = /^user (.{0,256}) logged (in|out)(?: from ([0-9A-Fa-f.:]{2,45}))?(?: via ([\w-]{1,32}))?$/;
const PPP_FAILED = /^<(.{0,256})>: user (.{0,256}) authentication failed/;
const PPP_LOGGED = /^(.{0,256}) logged (in|out),? ?(\S{0,45})/;
const CHANGED =
  /^(.{1,200}) (?:added|removed|changed|moved|unscheduled) by (?:\S{1,32}:)?([^\s/()@:]{1,64})(?:@([0-9A-Fa-f.:]{2,45}))?(?:[\s/(].{0,200})?$/;

function endpoint(text: string): { address: string; port?: string } {
  const bracketed = /^\[([0-9A-Fa-f:.%]{2,60})\](?::(\d{1,5}))?$/.exec(text);
  if (bracketed) return { address: bracketed[1] ?? '', port: bracketed[2] };
  const parts = /^([0-9.]{7,15}):(\d{1,5})$/.exec(text);
  return parts ? { address: parts[1] ?? '', port: parts[2] } : { address: text };
}

function verdictOfPrefix(prefix: string): Verdict {
  if (/reject/i.test(prefix)) return 'reject';
  if (/drop|deny|block|tarpit/i.test(prefix)) return 'drop';
  return /accept|allow|permit/i.test(prefix) ? 'accept' : 'log';
}

function decodePacket(message: string, fields: EventFields): boolean {
  const match = PACKET.exec(message);
  if (!match) return false;
  const [, prefix = '', chain, ingress, egress, protocol, flags, source = '', destination = '', length] =
    match;
  judge(fields, verdictOfPrefix(prefix));
  setEnds(fields, endpoint(source), endpoint(destination));
  setTransport(fields, protocol?.replace(/^IPv6-ICMP$/i, 'ipv6-icmp'));
  if (prefix.trim()) fields['rule.name'] = prefix.trim();
  fields['rule.ruleset'] = chain;
  if (ingress && !ingress.startsWith('(')) fields['observer.ingress.interface.name'] = ingress;
  if (egress && !egress.startsWith('(')) fields['observer.egress.interface.name'] = egress;
  if (flags && /^tcp$/i.test(protocol ?? '')) fields['mikrotik.tcp.flags'] = flags;
  fields['network.bytes'] = Number(length);
  return true;
}

function decodeAccount(message: string, fields: EventFields): boolean {
  const failed = LOGIN_FAILED.exec(message) ?? LOGIN_FAILED_HERE.exec(message);
  if (failed) {
    login(fields, 'failure');
    const from = LOGIN_FAILED.test(message);
    // The name is what was typed; the last " from " is the router's.
    setUser(fields, failed[1]);
    if (from) setEnds(fields, { address: failed[2] ?? '' });
    const via = from ? failed[3] : failed[2];
    if (via) fields['mikrotik.via'] = via;
    return true;
  }
  const logged = LOGGED.exec(message);
  if (logged) {
    if (logged[2] === 'in') login(fields, 'success');
    else logout(fields);
    setUser(fields, logged[1]);
    if (logged[3]) setEnds(fields, { address: logged[3] });
    if (logged[4]) fields['mikrotik.via'] = logged[4];
    return true;
  }
  const ppp = PPP_FAILED.exec(message);
  if (ppp) {
    login(fields, 'failure');
    if (!ppp[2]?.includes('>: user ')) setUser(fields, ppp[2]);
    return true;
  }
  return false;
}

function topicsOf(header: SyslogHeader, message: string): { topics: string; text: string } | undefined {
  if (header.program?.includes(','))
    return TOPICS.test(header.program) ? { topics: header.program, text: message } : undefined;
  const first = TOPICS_FIRST.exec(message.slice(0, 120));
  return first && TOPICS.test(first[1] ?? '')
    ? { topics: first[1] ?? '', text: message.slice(first[0].length).replace(/^: /, '') }
    : undefined;
}

/** MikroTik RouterOS: firewall, log-ins, PPP, changes. */
export const routerOs: Decoder = {
  name: 'mikrotik',
  types: ['routeros', 'mikrotik-logs', 'routeros-auth', 'router-os'],
  programs: [],
  programPattern: TOPICS,
  anyProgram: true,
  recognise: (header, message) => {
    const first = message.charCodeAt(0);
    return (
      first >= 97 && first <= 122 && header.program === undefined && topicsOf(header, message) !== undefined
    );
  },
  decode(message, header, fields) {
    fields['event.module'] = 'mikrotik';
    fields['event.dataset'] = 'mikrotik.log';
    const said = message.length <= LONGEST ? topicsOf(header, message) : undefined;
    const text = said?.text ?? (message.length <= LONGEST ? message : '');
    const topics = (said?.topics ?? '').split(',');
    const level = LEVELS.find((name) => topics.includes(name));
    const severity = severityOf(level);
    if (severity) fields['event.severity'] = severity;
    if (level) fields['log.level'] = level;
    fields['observer.vendor'] = 'MikroTik';
    if (decodePacket(text, fields) || decodeAccount(text, fields)) return true;
    if (!said) return false;
    fields['mikrotik.topics'] = topics;
    const session = /^(?:ppp|l2tp|pptp|sstp|ovpn|pppoe|hotspot)$/.test(topics[0] ?? '')
      ? PPP_LOGGED.exec(text)
      : null;
    const changed = topics.includes('system') ? CHANGED.exec(text) : null;
    if (session) {
      if (session[2] === 'in') login(fields, 'success');
      else logout(fields);
    } else if (changed) {
      configured(fields);
      setUser(fields, changed[2]);
      if (changed[3]) setEnds(fields, { address: changed[3] });
    } else connected(fields, 'info', 'unknown');
    return true;
  },
};
