import { EVENT_ACTION, normalizeIp } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { atLeast, classify, setDestination, setSource } from '../decoder.js';
import type { EventFields } from '../decoder.js';

/** What a device did with a packet or a session. `log`: it does not say. */
export type Verdict = 'drop' | 'reject' | 'accept' | 'log';

const VERDICTS = {
  drop: { type: 'denied', action: EVENT_ACTION.firewallDrop, outcome: 'failure' },
  reject: { type: 'denied', action: EVENT_ACTION.firewallReject, outcome: 'failure' },
  accept: { type: 'allowed', action: EVENT_ACTION.firewallAccept, outcome: 'success' },
  log: { type: 'connection', action: EVENT_ACTION.firewallLog, outcome: 'unknown' },
} as const;

const WORDS = new Map<string, Verdict>([
  ...words('drop', 'drop dropped deny denied block blocked discard discarded prevent prevented quarantine'),
  ...words('drop', 'drop-all-packets drop-packet sinkhole blockurl block-url block-ip prevented silent'),
  ...words('reject', 'reject rejected reset reset-both reset-client reset-server rst block-with-reset'),
  ...words('accept', 'accept accepted allow allowed permit permitted pass passed passthrough trust forward'),
  ...words('accept', 'forwarded permitlist encrypt decrypt fastpath bypass alert-only allow-connection'),
  ...words('log', 'log logged monitor monitored alert detect detected inspect'),
]);

function words(verdict: Verdict, list: string): [string, Verdict][] {
  return list.split(' ').map((word) => [word, verdict]);
}

/** The verdict that a device's word for it stands for, in any case; undefined for a word that is none. */
export function verdictOf(word: string | undefined): Verdict | undefined {
  return word === undefined ? undefined : WORDS.get(word.trim().toLowerCase().replaceAll(' ', '-'));
}

/**
 * Classifies a verdict on a packet or session. Devices log these at levels that say how the rule logs and nothing about the packet:
 * what is denied counts as low, what is let through as info, unless `keepLevel`.
 */
export function judge(fields: EventFields, verdict: Verdict): void {
  const { type, action, outcome } = VERDICTS[verdict];
  classify(fields, 'network', type, action, outcome);
  fields['event.severity'] = type === 'denied' ? 'low' : 'info';
}

const PROTOCOLS = new Map([
  ['0', 'hopopt'],
  ['1', 'icmp'],
  ['2', 'igmp'],
  ['4', 'ipip'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['41', 'ipv6'],
  ['46', 'rsvp'],
  ['47', 'gre'],
  ['50', 'esp'],
  ['51', 'ah'],
  ['58', 'ipv6-icmp'],
  ['88', 'eigrp'],
  ['89', 'ospf'],
  ['103', 'pim'],
  ['112', 'vrrp'],
  ['132', 'sctp'],
  ['136', 'udplite'],
]);
const NUMBERS = new Map([...PROTOCOLS].map(([number, name]) => [name, number]));
const OTHER_NAMES = new Map([
  ['icmpv6', 'ipv6-icmp'],
  ['icmp6', 'ipv6-icmp'],
  ['ipv6icmp', 'ipv6-icmp'],
  ['carp', 'vrrp'],
]);

/** A protocol's name or IANA number → `network.transport` and `network.iana_number`; other words are left out. */
export function setTransport(fields: EventFields, protocol: string | undefined): void {
  if (protocol === undefined || protocol === '' || protocol.length > 20) return;
  const lower = protocol.toLowerCase();
  const name = PROTOCOLS.get(lower) ?? OTHER_NAMES.get(lower) ?? lower;
  const number = NUMBERS.get(name);
  if (number !== undefined) {
    fields['network.transport'] = name;
    fields['network.iana_number'] = number;
  } else if (/^\d{1,3}$/.test(name) && Number(name) <= 255) fields['network.iana_number'] = name;
}

/** One end of a packet: an address, or a name where the device was told one, and its port. */
export interface Endpoint {
  address: string;
  port?: string;
  interface?: string;
}

/** Both ends of a packet or session. Unset addresses (0.0.0.0, ::) of either are left out. */
export function setEnds(fields: EventFields, source?: Endpoint, destination?: Endpoint): void {
  if (source && !isUnset(source.address)) {
    setSource(fields, source.address, source.port, true);
    if (source.interface) fields['observer.ingress.interface.name'] = source.interface;
  }
  if (destination && !isUnset(destination.address)) {
    setDestination(fields, destination.address, destination.port);
    if (destination.interface) fields['observer.egress.interface.name'] = destination.interface;
  }
  const ip = fields['source.ip'] ?? fields['destination.ip'];
  if (typeof ip === 'string') fields['network.type'] = ip.includes(':') ? 'ipv6' : 'ipv4';
}

function isUnset(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '';
}

/**
 * The two ends of a session of which the log does not say who began it. A port of a service on one side alone tells; otherwise
 * they are only `related.ip`: a server taken for the client would look like a scan of its clients' ports.
 */
export function setUnorderedEnds(fields: EventFields, first: Endpoint, second: Endpoint): void {
  const a = serviceRank(first.port);
  const b = serviceRank(second.port);
  if (a !== b && Math.min(a, b) === 0) setEnds(fields, b === 0 ? first : second, b === 0 ? second : first);
  else {
    const ips = [normalizeIp(first.address), normalizeIp(second.address)].filter((ip) => ip !== undefined);
    if (ips.length > 0) fields['related.ip'] = ips;
  }
}

/** 0: a port below 1024; 1: any other, or none. */
function serviceRank(port: string | undefined): number {
  const number = Number(port ?? Number.NaN);
  return number > 0 && number < 1024 ? 0 : 1;
}

const NOBODY = new Set(['n/a', '(null)', 'null', 'unknown', '-', 'none', 'no authentication required']);

/** A user as the device names it, domain included; its words for "nobody" and for a name it hides ("*****") are left out. */
export function setUser(fields: EventFields, name: string | undefined): void {
  if (name === undefined || name === '' || name.length > 512) return;
  if (/^\*+$/.test(name) || NOBODY.has(name.toLowerCase())) return;
  fields['user.name'] = name;
}

/** A log-in to a device, a VPN or a service of it: one attempt. */
export function login(fields: EventFields, outcome: 'success' | 'failure' | 'unknown'): void {
  classify(fields, 'authentication', 'start', EVENT_ACTION.userLogin, outcome);
  if (outcome === 'failure') atLeast(fields, 'low');
}

export function logout(fields: EventFields): void {
  classify(fields, 'session', 'end', EVENT_ACTION.userLogout, 'success');
}

export function configured(fields: EventFields, outcome: 'success' | 'failure' = 'success'): void {
  classify(fields, 'configuration', 'change', EVENT_ACTION.configurationChange, outcome);
  atLeast(fields, 'low');
}

/** A session began, ended or came to nothing. */
export function connected(
  fields: EventFields,
  type: 'start' | 'end' | 'denied' | 'info',
  outcome: 'success' | 'failure' | 'unknown' = 'success',
): void {
  classify(fields, 'network', type, EVENT_ACTION.connection, outcome);
}

/** A signature matched. `verdict`: what the device did about it. */
export function intrusion(fields: EventFields, severity: Severity, verdict: Verdict | undefined): void {
  const stopped = verdict === 'drop' || verdict === 'reject';
  classify(
    fields,
    'intrusion_detection',
    stopped ? 'denied' : 'info',
    EVENT_ACTION.intrusionDetected,
    stopped ? 'failure' : 'unknown',
  );
  fields['event.kind'] = 'alert';
  fields['event.severity'] = severity;
}

export function malware(fields: EventFields, severity: Severity): void {
  classify(fields, 'malware', 'info', EVENT_ACTION.malwareDetected);
  fields['event.kind'] = 'alert';
  fields['event.severity'] = severity;
}

const LEVELS = new Map<string, Severity>([
  ...levels('critical', '0 1 2 emerg emergency emergencies alert alerts crit critical fatal very-high'),
  ...levels('high', '3 err error errors high major severe'),
  ...levels('medium', '4 warn warning warnings medium moderate'),
  ...levels('low', '5 notice notification notifications low minor very-low'),
  ...levels('info', '6 7 info information informational debug debugging none'),
]);

function levels(severity: Severity, list: string): [string, Severity][] {
  return list.split(' ').map((word) => [word, severity]);
}

/** A level of syslog's scale, by number or by any of its names, or a severity's own word; undefined for others. */
export function severityOf(level: string | undefined): Severity | undefined {
  return level === undefined ? undefined : LEVELS.get(level.toLowerCase());
}

/** The program's own level as the event's severity, where it is one. */
export function setLevel(fields: EventFields, level: string | undefined): void {
  if (level === undefined || level === '') return;
  const severity = severityOf(level);
  if (severity) fields['event.severity'] = severity;
  fields['log.level'] = level.toLowerCase().slice(0, 32);
}
