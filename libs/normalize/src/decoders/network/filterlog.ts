import type { Decoder, EventFields } from '../decoder.js';
import { judge, setEnds, setTransport, verdictOf } from './verdict.js';

const LONGEST = 2048;

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/**
 * filterlog(8) of pfSense and OPNsense: "rule,subrule,anchor,tracker,interface,reason,action,direction,ipversion,…", then by IP version
 * and protocol (pfSense documentation, "Raw Filter Log Format"; OPNsense writes the label's uuid as tracker).
 */
export const filterlog: Decoder = {
  name: 'pfsense',
  types: ['filterlog', 'opnsense', 'pf', 'pfsense-logs', 'opnsense-logs'],
  programs: ['filterlog'],
  recognise: (_header, message) =>
    message.charCodeAt(0) <= 57 &&
    /^\d{1,6},[^,\s]{0,16},[^,]{0,128},[0-9a-f-]{0,64},[a-z0-9_.]{1,32},[a-z-]{1,32},(?:block|pass|reject|unkn|match|rdr|nat|binat)[a-z()%0-9]{0,16},(?:in|out|in\/out),[46],/.test(
      message.slice(0, 360),
    ),
  decode(message, _header, fields) {
    fields['event.module'] = 'pfsense';
    fields['event.dataset'] = 'pfsense.log';
    if (message.length > LONGEST) return false;
    const columns = message.split(',');
    const [rule, , anchor, tracker, nic, reason, action = '', direction, version] = columns;
    if (!/^\d{1,6}$/.test(rule ?? '') || (version !== '4' && version !== '6')) return false;
    const six = version === '6';
    // IPv4: tos, ecn, ttl, id, offset, flags, protocol id, protocol, length, source, destination.
    // IPv6: class, flow label, hop limit, protocol, protocol id, length, source, destination.
    const [protocol, length, source, destination] = six
      ? [columns[12], columns[14], columns[15], columns[16]]
      : [columns[16], columns[17], columns[18], columns[19]];
    if (source === undefined || destination === undefined) return false;
    const rest = six ? 17 : 20;
    judge(fields, verdictOf(action) ?? 'log');
    const ports = protocol !== undefined && /^(?:tcp|udp)$/i.test(protocol);
    setEnds(
      fields,
      { address: source, port: ports ? columns[rest] : undefined },
      { address: destination, port: ports ? columns[rest + 1] : undefined },
    );
    setTransport(fields, protocol);
    setRule(fields, rule, tracker, anchor, reason);
    if (nic) {
      if (direction === 'out') fields['observer.egress.interface.name'] = nic;
      else fields['observer.ingress.interface.name'] = nic;
    }
    fields['network.direction'] = direction === 'out' ? 'egress' : 'ingress';
    const bytes = number(length);
    if (bytes !== undefined) fields['network.bytes'] = bytes;
    if (protocol?.toLowerCase() === 'tcp' && columns[rest + 3])
      fields['pfsense.tcp.flags'] = columns[rest + 3];
    if (protocol?.toLowerCase() === 'icmp' && columns[rest]) fields['pfsense.icmp.type'] = columns[rest];
    return true;
  },
};

function setRule(
  fields: EventFields,
  rule: string | undefined,
  tracker: string | undefined,
  anchor: string | undefined,
  reason: string | undefined,
): void {
  const id = tracker && tracker !== '0' ? tracker : rule;
  if (id) fields['rule.id'] = id;
  if (anchor) fields['rule.ruleset'] = anchor;
  if (reason) fields['event.reason'] = reason;
}
