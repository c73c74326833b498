import { parseIp } from '@parapet/contracts';
import type { ParsedIp } from '@parapet/contracts';
import { OperatorError } from '@parapet/errors';

/** The text is no prefix. */
export class InvalidCidrError extends OperatorError {
  constructor(cidr: string) {
    super(`“${cidr.slice(0, 60)}” is no prefix such as 10.0.1.0/24 or 2001:db8::/32.`);
  }
}

export interface Prefix {
  ip: ParsedIp;
  /** Bits of the address that count; for IPv4-mapped prefixes those of the IPv4 address. */
  length: number;
}

/** Reads "10.0.1.0/24", "2001:db8::/32" or a single address. Throws InvalidCidrError. */
export function parseCidr(cidr: string): Prefix {
  const slash = cidr.indexOf('/');
  const address = slash === -1 ? cidr : cidr.slice(0, slash);
  const ip = parseIp(address);
  if (!ip) throw new InvalidCidrError(cidr);
  const mapped = ip.version === 4 && address.includes(':');
  const bits = ip.version === 4 && !mapped ? 32 : 128;
  const digits = slash === -1 ? String(bits) : cidr.slice(slash + 1);
  const length = /^\d{1,3}$/.test(digits) ? Number(digits) : 129;
  if (length > bits || (mapped && length < 96)) throw new InvalidCidrError(cidr);
  return { ip, length: mapped ? length - 96 : length };
}
