import { normalizeIp } from '@parapet/contracts';
import type { Route, Transport } from './route.js';

/** Where frames come from: one connection, or one address of datagrams. Remembers its place in the routing table. */
export interface Sender {
  /** Canonical text; an IPv4-mapped IPv6 peer is its IPv4 address. */
  readonly address: string;
  readonly transport: Transport;
  /** Undefined: no tenant claims the address. Valid for `placedBy` only. */
  route: Route | undefined;
  /** Version of the routing table that `route` was read from; 0 is none. */
  placedBy: number;
}

export function newSender(remoteAddress: string, transport: Transport): Sender {
  return { address: normalizeIp(remoteAddress) ?? remoteAddress, transport, route: undefined, placedBy: 0 };
}
