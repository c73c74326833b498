import { normalizeIp } from '@parapet/contracts';
import { setPort, setSource } from '../decoder.js';
import type { EventFields } from '../decoder.js';

/** More hops than any chain of proxies has. */
const MOST_HOPS = 16;
const LOCAL =
  /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/;

/** Loopback, private (RFC 1918, RFC 4193), link-local and shared (RFC 6598) addresses in canonical text. */
export function isLocal(ip: string): boolean {
  return LOCAL.test(ip);
}

/** "192.0.2.1:443", "[2001:db8::1]:443", "2001:db8::1:443" (HAProxy: the last colon) or a bare address. */
export function splitPeer(text: string, bareV6Port = false): { address: string; port?: string } {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    const address = text.slice(1, end === -1 ? undefined : end);
    return text.charAt(end + 1) === ':' ? { address, port: text.slice(end + 2) } : { address };
  }
  const colon = text.lastIndexOf(':');
  if (colon === -1) return { address: text };
  if (text.indexOf(':') === colon || bareV6Port)
    return { address: text.slice(0, colon), port: text.slice(colon + 1) };
  return { address: text };
}

/** Sets address and port of a client as `splitPeer` reads them; names only where asked. */
export function setClient(fields: EventFields, text: string, names = false, bareV6Port = false): boolean {
  const { address, port } = splitPeer(text, bareV6Port);
  if (!setSource(fields, address, undefined, names)) return false;
  if (port !== undefined && /^\d{1,5}$/.test(port)) setPort(fields, 'source.port', port);
  return true;
}

/**
 * The client of a list of proxies ("client, proxy1, proxy2"). Each proxy appends whom it saw, so what stands left of the last public
 * address may be the client's own invention: the last public address is the client. A list of local addresses only was written
 * within the network; its first is the client. Undefined where an entry is no address.
 */
export function clientOfChain(list: string): string | undefined {
  const hops: string[] = [];
  for (const part of list.split(',', MOST_HOPS + 1)) {
    const ip = normalizeIp(splitPeer(part.trim()).address);
    if (ip === undefined || hops.length === MOST_HOPS) return undefined;
    hops.push(ip);
  }
  return hops.findLast((ip) => !isLocal(ip)) ?? hops[0];
}
