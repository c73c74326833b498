import { namedException, parseIp } from '@parapet/contracts';
import type { DetectorException, DetectorSettings, NormalizedEvent, ParsedIp } from '@parapet/contracts';
import { sourceAddress, textOf } from './detectors/fields.js';

/** Whom an exception may name. `host` is the sender's own name of itself, or a source's name. */
export interface ExceptionSubject {
  address: string | null;
  user: string | null;
  host: string | null;
  /** Receipt, epoch ms: what has expired by then no longer excepts. */
  at: number;
}

interface Range {
  network: ParsedIp;
  bits: number;
  until: number;
}

interface Exceptions {
  ranges: Range[];
  /** Lower case name → when it expires, epoch ms. */
  users: Map<string, number>;
  hosts: Map<string, number>;
}

const parsed = new WeakMap<DetectorSettings, Exceptions>();

/** Whether the settings except this event: its source address, its user or its host. */
export function isExcepted(settings: DetectorSettings, event: NormalizedEvent): boolean {
  if (settings.exceptions.length === 0) return false;
  return exceptionApplies(settings, {
    address: sourceAddress(event),
    user: textOf(event, 'user.name'),
    host: textOf(event, 'host.name'),
    at: event['event.ingested'],
  });
}

/** The list is parsed once for each settings object. */
export function exceptionApplies(settings: DetectorSettings, subject: ExceptionSubject): boolean {
  if (settings.exceptions.length === 0) return false;
  let exceptions = parsed.get(settings);
  if (exceptions === undefined) parsed.set(settings, (exceptions = parseAll(settings.exceptions)));
  const { ranges, users, hosts } = exceptions;
  if (isNamed(users, subject.user, subject.at) || isNamed(hosts, subject.host, subject.at)) return true;
  const candidate = subject.address === null || ranges.length === 0 ? undefined : parseIp(subject.address);
  return (
    candidate !== undefined && ranges.some((range) => subject.at < range.until && contains(range, candidate))
  );
}

const isNamed = (names: ReadonlyMap<string, number>, name: string | null, at: number) =>
  name !== null && names.size > 0 && at < (names.get(name.toLowerCase()) ?? -Infinity);

function parseAll(list: readonly DetectorException[]): Exceptions {
  const exceptions: Exceptions = { ranges: [], users: new Map(), hosts: new Map() };
  for (const entry of list) {
    const { kind, value, expiresAt } = namedException(entry);
    const until = expiresAt === undefined ? Infinity : Date.parse(expiresAt);
    if (kind === 'address') exceptions.ranges.push(...parseRange(value, until));
    else {
      const names = kind === 'user' ? exceptions.users : exceptions.hosts;
      const name = value.toLowerCase();
      names.set(name, Math.max(until, names.get(name) ?? -Infinity));
    }
  }
  return exceptions;
}

/** Whether an address exception holds the whole of a prefix, such as that of a source. */
export function exceptsPrefix(settings: DetectorSettings, prefix: string, at: number): boolean {
  const [network] = parseRange(prefix, Infinity);
  if (network === undefined) return false;
  return settings.exceptions.some((entry) => {
    const { kind, value, expiresAt } = namedException(entry);
    if (kind !== 'address' || (expiresAt !== undefined && Date.parse(expiresAt) <= at)) return false;
    return parseRange(value, Infinity).some(
      (range) => range.bits <= network.bits && contains(range, network.network),
    );
  });
}

function contains({ network, bits }: Range, candidate: ParsedIp): boolean {
  if (network.version !== candidate.version) return false;
  return (
    sameBits(network.w0, candidate.w0, bits) &&
    sameBits(network.w1, candidate.w1, bits - 32) &&
    sameBits(network.w2, candidate.w2, bits - 64) &&
    sameBits(network.w3, candidate.w3, bits - 96)
  );
}

/** Whether the first `bits` (any number; at most 32 count) of two words are the same. */
function sameBits(a: number, b: number, bits: number): boolean {
  if (bits <= 0) return true;
  return bits >= 32 ? a === b : (a ^ b) >>> (32 - bits) === 0;
}

/** An address or a prefix, as the settings' schema has checked. IPv4-mapped IPv6 is read as IPv4, its length too. */
function parseRange(text: string, until: number): Range[] {
  const [base = '', length] = text.split('/');
  const network = parseIp(base);
  if (network === undefined) return [];
  const most = network.version === 4 ? 32 : 128;
  if (length === undefined) return [{ network, bits: most, until }];
  const mapped = network.version === 4 && base.includes(':');
  return [{ network, bits: mapped ? Math.max(0, Number(length) - 96) : Number(length), until }];
}
