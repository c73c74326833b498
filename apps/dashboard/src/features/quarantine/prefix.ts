import { parseIp } from '@parapet/contracts';
import type { QuarantinedSender } from '@parapet/contracts';

const BITS = { 4: 32, 6: 128 } as const;

/** The prefix of one address alone: `/32`, or `/128` of IPv6. */
export function hostPrefix(address: string): string {
  const ip = parseIp(address);
  return ip ? `${address}/${BITS[ip.version]}` : address;
}

/** Whether a prefix such as `10.0.1.0/24`, or a bare address, holds an address. What is no prefix holds none. */
export function prefixHolds(prefix: string, address: string): boolean {
  const [base = '', length, ...more] = prefix.trim().split('/');
  const network = parseIp(base);
  const ip = parseIp(address);
  if (!network || !ip || network.version !== ip.version || more.length > 0) return false;
  const width = BITS[network.version];
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return false;
  const bits = Number(length ?? width);
  if (bits > width) return false;
  return (['w0', 'w1', 'w2', 'w3'] as const).every((word, index) => {
    const compared = Math.min(32, Math.max(0, bits - 32 * index));
    const unit = 2 ** (32 - compared);
    return Math.floor(network[word] / unit) === Math.floor(ip[word] / unit);
  });
}

/** How many senders of the list a prefix holds: one address by several transports is one sender. */
export function sendersWithin(
  prefix: string,
  senders: readonly Pick<QuarantinedSender, 'address'>[],
): number {
  return new Set(senders.map(({ address }) => address).filter((address) => prefixHolds(prefix, address)))
    .size;
}
