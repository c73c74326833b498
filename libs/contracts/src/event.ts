import { z } from 'zod';

/** Severity of an event or alert, most severe first. The order is the sort order. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severitySchema>;

/** Severity as the number stored in PostgreSQL (`event.severity`, larger = worse), so that it sorts. */
export const SEVERITY_RANK: Record<Severity, number> = { critical: 5, high: 4, medium: 3, low: 2, info: 1 };
const BY_RANK = new Map(SEVERITIES.map((name) => [SEVERITY_RANK[name], name]));

/** The severity for a stored rank; unknown ranks read as `info`. */
export function severityOfRank(rank: number): Severity {
  return BY_RANK.get(rank) ?? 'info';
}

export type FieldValue = string | number | boolean | string[] | number[];

/**
 * One event, as it travels from the ingestor to the store: flat, dotted ECS 8 names, plus whatever the log itself
 * names that ECS does not. Times are epoch milliseconds in memory and ISO 8601 at every outer border (`toWireEvent`).
 */
export interface NormalizedEvent {
  /** UUIDv7, minted once, at receipt. */
  id: string;
  tenantId: string;
  /** The event's own time, epoch ms. */
  '@timestamp': number;
  /** Receipt, epoch ms. */
  'event.ingested': number;
  /** The frame as received. Bytes that are no UTF-8 are read as ISO 8859-1, so that none is lost. */
  'event.original': string;
  message: string;
  [field: string]: FieldValue | undefined;
}

/** What the decoders produce, before the ingestor adds identity (id, tenant, receipt). */
export type DecodedFields = Record<string, FieldValue | undefined>;

export const fieldValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.array(z.number()),
]);

/** An event as REST, SSE, WebSocket and the command line show it: the same flat names, times as ISO 8601. */
export const wireEventSchema = z
  .object({
    id: z.string(),
    '@timestamp': z.iso.datetime(),
    'event.ingested': z.iso.datetime(),
    'event.original': z.string(),
    message: z.string(),
  })
  .catchall(fieldValueSchema)
  .meta({ id: 'Event', description: 'A normalised event: flat, dotted ECS field names.' });
export type WireEvent = z.infer<typeof wireEventSchema>;

const iso = (ms: number) => new Date(ms).toISOString();

/** The outer form of an event. The tenant is left out: whoever may read it knows it. */
export function toWireEvent(event: NormalizedEvent): WireEvent {
  const { tenantId: _tenant, ...rest } = event;
  const wire: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) wire[name] = value;
  return {
    ...wire,
    '@timestamp': iso(event['@timestamp']),
    'event.ingested': iso(event['event.ingested']),
  } as WireEvent;
}

/** The inner form of an event that is a tenant's. @throws ZodError when it is no event */
export function fromWireEvent(wire: unknown, tenantId: string): NormalizedEvent {
  const event = wireEventSchema.parse(wire);
  return {
    ...event,
    id: z.uuid().parse(event.id),
    tenantId,
    '@timestamp': Date.parse(event['@timestamp']),
    'event.ingested': Date.parse(event['event.ingested']),
  };
}
