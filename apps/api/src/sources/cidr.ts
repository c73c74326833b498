import { formatIp, parseIp, type ParsedIp } from '@parapet/contracts';

const WORD = 0x1_0000_0000;

/** The first `bits` of a 32-bit word; the rest is 0. */
function masked(word: number, bits: number): number {
  if (bits <= 0) return 0;
  if (bits >= 32) return word;
  const host = 2 ** (32 - bits);
  return (word - (word % host)) % WORD;
}

function network(ip: ParsedIp, bits: number): ParsedIp {
  return {
    version: ip.version,
    w0: masked(ip.w0, bits),
    w1: masked(ip.w1, bits - 32),
    w2: masked(ip.w2, bits - 64),
    w3: masked(ip.w3, bits - 96),
  };
}

/**
 * The network form of a prefix: host bits cleared, canonical spelling, a single address as its /32 or /128. An IPv4
 * prefix written as IPv6 (::ffff:10.0.0.0/104) is the IPv4 prefix. Undefined for what is no prefix.
 */
export function normalizeCidr(text: string): string | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const ip = parseIp(address);
  if (!ip || rest.length > 0) return undefined;
  const width = ip.version === 4 ? 32 : 128;
  const given = length === undefined ? width : Number(length);
  // Written with colons but read as IPv4: its length counts from the beginning of the IPv6 address.
  const bits = length !== undefined && ip.version === 4 && address.includes(':') ? given - 96 : given;
  if (!Number.isInteger(bits) || bits < 0 || bits > width) return undefined;
  return `${formatIp(network(ip, bits))}/${bits}`;
}
