import type { Decoder } from '../decoder.js';
import { judge, setEnds, setTransport, verdictOf } from './verdict.js';

const LONGEST = 2048;
/** "rule 2/(match) [uid 0, pid 1] block in on em0: 192.0.2.1.1234 > 198.51.100.2.22: …", tcpdump's reading of pflog(4). */
const FORM =
  /^(?:\d{2}:\d{2}:\d{2}\.\d{1,6} )?rule (\S{1,64}?)(?:\((\w{1,16})\))?:? (?:\[uid [^\]]{1,64}\] )?(block|pass|match|nat|rdr|binat|scrub|unkn\(\d+\)) (in|out) on ([\w.]{1,32}): (?:\([^()]{1,200}\) )?(?:IP6? )?([0-9A-Fa-f.:]{2,60}) > ([0-9A-Fa-f.:]{2,60}?):? (.{0,512})/;

/** tcpdump joins address and port with a dot. A fifth part of an IPv4 address, and a dot behind IPv6, is the port. */
function endpoint(text: string): { address: string; port?: string } {
  const dot = text.lastIndexOf('.');
  const parts = text.split('.').length;
  if (dot > 0 && (text.includes(':') ? parts === 2 : parts === 5))
    return { address: text.slice(0, dot), port: text.slice(dot + 1) };
  return { address: text };
}

function protocolOf(details: string): string | undefined {
  if (/^(?:tcp |Flags \[|[SFPRWE.]{1,6} \d+:\d+)/.test(details) || /\bS \d+:\d+\(0\)/.test(details))
    return 'tcp';
  if (/^(?:UDP,|udp |\[udp)/i.test(details) || /^[A-Z?]* ?udp\b/i.test(details)) return 'udp';
  if (/^(?:ICMP6|icmp6)/.test(details)) return 'ipv6-icmp';
  return /^(?:ICMP|icmp)/.test(details) ? 'icmp' : undefined;
}

/** The packet filter of OpenBSD and FreeBSD, as tcpdump of pflog0 tells it to syslog. */
export const pflog: Decoder = {
  name: 'pflog',
  types: ['openbsd_pf', 'openbsd-pf'],
  programs: ['pf', 'pflogd'],
  recognise: (_header, message) => /^(?:rule |\d{2}:)/.test(message) && FORM.test(message.slice(0, LONGEST)),
  decode(message, _header, fields) {
    fields['event.module'] = 'pf';
    fields['event.dataset'] = 'pf.log';
    const match = message.length <= LONGEST ? FORM.exec(message) : null;
    if (!match) return false;
    const [, rule, reason, action, direction, nic, source = '', destination = '', details = ''] = match;
    judge(fields, verdictOf(action) ?? 'log');
    setEnds(fields, endpoint(source), endpoint(destination));
    setTransport(fields, protocolOf(details));
    fields['rule.id'] = rule;
    if (reason) fields['event.reason'] = reason;
    fields['network.direction'] = direction === 'out' ? 'egress' : 'ingress';
    if (direction === 'out') fields['observer.egress.interface.name'] = nic;
    else fields['observer.ingress.interface.name'] = nic;
    return true;
  },
};
