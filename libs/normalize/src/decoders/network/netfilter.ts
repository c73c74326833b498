import { normalizeIp } from '@parapet/contracts';
import { setPort } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { isSophosUtm, sophos } from './sophos.js';
import { judge, setTransport } from './verdict.js';
import type { Verdict } from './verdict.js';

/** A whole packet line is some 300 characters; text is not searched further than this for its beginning. */
const LONGEST_PREFIX = 256;
const LONGEST_MESSAGE = 4096;
const KERNEL_TIME = /^\[ *\d{1,12}\.\d{1,9}\] ?/;
/** Tokens of nf_log_syslog: KEY=value, and bare flags (DF, MF, SYN, ACK …). */
const TOKEN = /^([A-Z][A-Z0-9]*)=(\S*)$/;
const FLAG = /^(?:[A-Z]{2,10}|\([A-Za-z ]+\))$/;
const TCP_FLAGS = new Set(['CWR', 'ECE', 'URG', 'ACK', 'PSH', 'RST', 'SYN', 'FIN']);
interface Packet {
  prefix: string;
  values: Map<string, string>;
  flags: string[];
}

/** Reads "IN=… OUT=… SRC=… …" from `at` to the end; undefined when anything else stands among it. */
function readPacket(message: string, at: number): Packet | undefined {
  const values = new Map<string, string>();
  const flags: string[] = [];
  for (const token of message.slice(at).split(' ')) {
    if (token === '') continue;
    // ICMP errors quote the packet that caused them in brackets: not this packet's fields.
    if (token.startsWith('[')) break;
    const pair = TOKEN.exec(token);
    // LEN and ID come again for UDP and ICMP; the packet's own come first.
    if (pair) {
      if (!values.has(pair[1] ?? '')) values.set(pair[1] ?? '', pair[2] ?? '');
    } else if (FLAG.test(token)) flags.push(token);
    else return undefined;
  }
  if (
    !values.has('IN') ||
    !values.has('OUT') ||
    !values.has('SRC') ||
    !values.has('DST') ||
    !values.has('PROTO')
  )
    return undefined;
  return { prefix: message.slice(0, at).trim(), values, flags };
}

function findPacket(message: string): Packet | undefined {
  if (message.length > LONGEST_MESSAGE) return undefined;
  for (
    let at = message.indexOf('IN=');
    at !== -1 && at <= LONGEST_PREFIX;
    at = message.indexOf('IN=', at + 3)
  ) {
    const packet = readPacket(message, at);
    if (packet) return packet;
  }
  return undefined;
}

/** The verdict that the administrator's log prefix names: "[UFW BLOCK]", "DROP", "SFW2-INext-DROP-DEFLT", UniFi's "[WAN_LOCAL-D-10]". */
function verdict(prefix: string): Verdict {
  if (/REJECT/i.test(prefix)) return 'reject';
  if (/BLOCK|DROP|DENY|DENIED|DISCARD/i.test(prefix)) return 'drop';
  const unifi = /-([ADR])-\d{1,10}\]/.exec(prefix);
  if (unifi) return unifi[1] === 'A' ? 'accept' : unifi[1] === 'D' ? 'drop' : 'reject';
  return /ACCEPT|ALLOW|PERMIT|PASS/i.test(prefix) ? 'accept' : 'log';
}

/** MAC= is destination, source and EtherType of an Ethernet header, 14 octets; other link layers are left out. */
function setMacs(fields: EventFields, text: string): void {
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){13}$/i.test(text)) return;
  const mac = (from: number) =>
    text
      .slice(from, from + 17)
      .toUpperCase()
      .replaceAll(':', '-');
  fields['destination.mac'] = mac(0);
  fields['source.mac'] = mac(18);
}

function setNumber(fields: EventFields, name: string, text: string | undefined): void {
  if (text !== undefined && /^\d{1,10}$/.test(text)) fields[name] = Number(text);
}

/** Lines of the Linux packet filter's LOG target (iptables, nftables `log`, ufw, UniFi, OpenWrt). */
export const netfilter: Decoder = {
  name: 'netfilter',
  programs: ['kernel', 'ulogd'],
  recognise: (_header, message) => message.includes(' SRC=') && findPacket(message) !== undefined,
  decode(raw, header, fields, context) {
    // Sophos UTM's ulogd writes pairs instead.
    if (isSophosUtm(raw)) return sophos.decode(raw, header, fields, context);
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.syslog';
    if (!raw.includes(' SRC=')) return false;
    const message = raw.replace(KERNEL_TIME, '');
    const packet = findPacket(message);
    const source = packet && normalizeIp(packet.values.get('SRC') ?? '');
    const destination = packet && normalizeIp(packet.values.get('DST') ?? '');
    if (!packet || !source || !destination) return false;
    const { values, flags, prefix } = packet;
    fields['event.module'] = 'iptables';
    fields['event.dataset'] = 'iptables.log';
    judge(fields, verdict(prefix));
    if (prefix) fields['rule.name'] = prefix;

    fields['source.ip'] = source;
    fields['destination.ip'] = destination;
    const sourcePort = values.get('SPT');
    const destinationPort = values.get('DPT');
    if (sourcePort) setPort(fields, 'source.port', sourcePort);
    if (destinationPort) setPort(fields, 'destination.port', destinationPort);
    setMacs(fields, values.get('MAC') ?? '');
    setTransport(fields, values.get('PROTO') ?? '');
    fields['network.type'] = source.includes(':') ? 'ipv6' : 'ipv4';
    const ingress = values.get('IN');
    const egress = values.get('OUT');
    if (ingress) fields['observer.ingress.interface.name'] = ingress;
    if (egress) fields['observer.egress.interface.name'] = egress;
    if (ingress && !egress) fields['network.direction'] = 'ingress';
    else if (egress && !ingress) fields['network.direction'] = 'egress';
    setNumber(fields, 'network.bytes', values.get('LEN'));
    setNumber(fields, 'iptables.ttl', values.get('TTL'));
    setNumber(fields, 'iptables.icmp.type', values.get('TYPE'));
    setNumber(fields, 'iptables.icmp.code', values.get('CODE'));
    const tcp = flags.filter((flag) => TCP_FLAGS.has(flag));
    if (tcp.length > 0) fields['iptables.tcp.flags'] = tcp;
    return true;
  },
};
