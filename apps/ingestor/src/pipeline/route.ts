/** Whose a sender's events are, and how to read them: one row of the routing table. */
export interface Route {
  sourceId: string;
  tenantId: string;
  /** Label of the metrics. */
  tenantSlug: string;
  cidr: string;
  /** Decoder to read the lines with, or `auto`. */
  sourceType: string;
  /** IANA name, for times that carry no zone. */
  timeZone: string;
}

export const TRANSPORTS = ['udp', 'tcp', 'tls'] as const;
export type Transport = (typeof TRANSPORTS)[number];
