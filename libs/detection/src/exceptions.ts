import type { DetectorSettings } from '@parapet/contracts';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;
type Range = [Address, number];

const parsed = new WeakMap<DetectorSettings, readonly Range[]>();

/** Whether the settings except this address. The list is parsed once for each settings object. */
export function isExcepted(settings: DetectorSettings, address: string | undefined): boolean {
  if (settings.exceptions.length === 0 || address === undefined || !ipaddr.isValid(address)) return false;
  let ranges = parsed.get(settings);
  if (ranges === undefined) parsed.set(settings, (ranges = settings.exceptions.map(parseRange)));
  const candidate = ipaddr.process(address);
  return ranges.some(([network, bits]) => contains(network, bits, candidate));
}

function contains(network: Address, bits: number, candidate: Address): boolean {
  if (network.kind() !== candidate.kind()) return false;
  const left = network.toByteArray();
  const right = candidate.toByteArray();
  const whole = bits >> 3;
  for (let i = 0; i < whole; i += 1) if (left[i] !== right[i]) return false;
  const rest = bits & 7;
  return rest === 0 || ((left[whole] ?? 0) ^ (right[whole] ?? 0)) >> (8 - rest) === 0;
}

/** An address or a prefix; ::ffff:192.0.2.0/120 is taken as 192.0.2.0/24. Zod has checked that it is one. */
function parseRange(text: string): Range {
  const [base = '', length] = text.split('/');
  const plain = ipaddr.parse(base);
  const address = ipaddr.process(base);
  const most = address.kind() === 'ipv4' ? 32 : 128;
  if (length === undefined) return [address, most];
  const mapped = plain.kind() !== address.kind();
  // A mapped prefix shorter than /96 reaches beyond the mapped range; it then excepts all of IPv4 by its IPv4 part.
  return [address, mapped ? Math.max(0, Number(length) - 96) : Number(length)];
}
