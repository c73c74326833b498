import { parseIp, type ParsedIp } from '@parapet/contracts';
import { isReserved } from '@parapet/enrich';

const v4 = (word: number): ParsedIp => ({ version: 4, w0: word, w1: 0, w2: 0, w3: 0 });

/** The IPv4 address that an IPv6 one leads to by a translator or tunnel: NAT64 (RFC 6052), 6to4 (RFC 3056). */
function embeddedV4(ip: ParsedIp): ParsedIp | undefined {
  if (ip.w0 === 0x0064ff9b && ip.w1 === 0 && ip.w2 === 0) return v4(ip.w3);
  if (ip.w0 >>> 16 === 0x2002) return v4((((ip.w0 & 0xffff) << 16) | (ip.w1 >>> 16)) >>> 0);
  return undefined;
}

/** 2001::/23 holds Teredo, ORCHID and other protocols' own addresses; nothing that answers a web request. */
const isProtocolOwn = (ip: ParsedIp) => ip.w0 >>> 9 === 0x20010000 >>> 9;

/**
 * Whether an address is one of the public Internet. False for loopback, private, link-local, shared (RFC 6598),
 * multicast, documentation and unspecified ones, for what is no address, and for IPv6 that leads to such IPv4. Of IPv6
 * only global unicast (2000::/3) and NAT64 count, so that IPv4-compatible, translated and site-local ones do not.
 */
export function isPublicAddress(text: string): boolean {
  const ip = parseIp(text);
  if (!ip || isReserved(ip)) return false;
  if (ip.version === 4) return true;
  const inner = embeddedV4(ip);
  if (inner) return !isReserved(inner);
  return ip.w0 >>> 29 === 1 && !isProtocolOwn(ip);
}
