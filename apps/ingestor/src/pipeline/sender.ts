import { normalizeIp } from '@parapet/contracts';
import type { Route, Transport } from './route.js';

/** What a sender showed to prove who it is; stronger than its address. `hash`: hex SHA-256. */
export interface Proof {
  kind: 'certificate' | 'key';
  hash: string;
}

/** A file in the drop directory: whose it is stands in its folder's name. */
export interface FileOrigin {
  name: string;
  route: Route;
}

/** Where frames come from: one connection, or one address of datagrams. Remembers its place in the routing table. */
export interface Sender {
  /** Canonical text; an IPv4-mapped IPv6 peer is its IPv4 address. Behind a trusted proxy: the client's. */
  readonly address: string;
  readonly transport: Transport;
  readonly proof: Proof | undefined;
  readonly file?: FileOrigin;
  /** Epoch ms: lines without a time, or without a year, are from then and not from now. */
  readonly asOf?: number;
  /** Undefined: no tenant claims the sender. Valid for `placedBy` only. */
  route: Route | undefined;
  /** Version of the routing table that `route` was read from; 0 is none. */
  placedBy: number;
}

export function newSender(remoteAddress: string, transport: Transport, proof?: Proof): Sender {
  return {
    address: normalizeIp(remoteAddress) ?? remoteAddress,
    transport,
    proof,
    route: undefined,
    placedBy: 0,
  };
}

/** `address`: what stands in `log.source.address`; `modified`: when the file was last written, epoch ms. */
export function fileSender(address: string, file: FileOrigin, modified: number): Sender {
  return {
    address,
    transport: 'file',
    proof: undefined,
    file,
    asOf: modified,
    route: undefined,
    placedBy: 0,
  };
}
