/** What told whose an event is: a proof, or only the address that it came from. */
export type SenderIdentity = 'certificate' | 'token' | 'api_key' | 'file' | 'address';

import type { TenantParsers } from '@parapet/normalize';

/** Whose a sender's events are, and how to read them. */
export interface Route {
  /** The source, or the API key, that they are counted for. */
  sourceId: string;
  tenantId: string;
  /** Label of the metrics. */
  tenantSlug: string;
  /** Decoder to read the lines with, or `auto`. */
  sourceType: string;
  /** IANA name, for times that carry no zone. */
  timeZone: string;
  /** The tenant's own parsers, if it has any. */
  parsers?: TenantParsers;
  /** What leads to this route. */
  identity: SenderIdentity;
}

/** One row of the routing table: a route and what leads to it, exactly one of `cidr`, `certificate`, `token`, `key` and `slug`. */
export interface RoutingRow {
  route: Route;
  cidr?: string;
  /** Hex SHA-256 of the client certificate's DER form. */
  certificate?: string;
  /** Hex SHA-256 of the token in structured data. */
  token?: string;
  /** Hex SHA-256 of the API key. */
  key?: string;
  /** The tenant's name in the drop directory. */
  slug?: string;
  /** End of an API key's life, epoch ms. */
  expiresAt?: number;
}

export const TRANSPORTS = ['udp', 'tcp', 'tls', 'relp', 'http', 'file'] as const;
export type Transport = (typeof TRANSPORTS)[number];
