import {
  normalizeIp,
  severityOfRank,
  severitySchema,
  SEVERITY_RANK,
  type FieldValue,
  type NormalizedEvent,
  type WireEvent,
} from '@parapet/contracts';
import { ECHO_KEY, restoreEchoes } from './echoes.js';

/** ECS fields that have a text column of their own; lists and filters use these names. */
export const TEXT_COLUMNS = {
  category: 'event.category',
  action: 'event.action',
  outcome: 'event.outcome',
  dataset: 'event.dataset',
  user_name: 'user.name',
  host_name: 'host.name',
  process_name: 'process.name',
  country_code: 'source.geo.country_iso_code',
} as const;

/**
 * The columns of `events` in the order of COPY. `fields` is the last one: it takes whatever the columns before it can't
 * give back exactly (a list, a port that is no port, an address that is none), so that a row always yields its event.
 */
export const EVENT_COLUMNS = [
  'tenant_id',
  'id',
  'ts',
  'ingested_at',
  'source_id',
  'severity',
  'category',
  'action',
  'outcome',
  'dataset',
  'source_ip',
  'source_port',
  'destination_ip',
  'destination_port',
  'user_name',
  'host_name',
  'process_name',
  'country_code',
  'message',
  'original',
  'fields',
] as const;
export type EventColumn = (typeof EVENT_COLUMNS)[number];

/** What a reader selects to rebuild an event; the tenant is known to whoever may read. */
export const EVENT_SELECT = EVENT_COLUMNS.filter((column) => column !== 'tenant_id');

/** ECS field → column, for filters, facets and sorting. */
export const FIELD_COLUMN: Readonly<Record<string, EventColumn>> = {
  id: 'id',
  '@timestamp': 'ts',
  'event.ingested': 'ingested_at',
  'parapet.source_id': 'source_id',
  'event.severity': 'severity',
  'source.ip': 'source_ip',
  'source.port': 'source_port',
  'destination.ip': 'destination_ip',
  'destination.port': 'destination_port',
  message: 'message',
  'event.original': 'original',
  ...Object.fromEntries(
    Object.entries(TEXT_COLUMNS).map(([column, field]) => [field, column as keyof typeof TEXT_COLUMNS]),
  ),
};

/** A row as `pg` gives it: timestamps as Date, addresses as text, `fields` parsed. */
export interface EventRow {
  id: string;
  ts: Date;
  ingested_at: Date;
  source_id: string | null;
  severity: number;
  category: string | null;
  action: string | null;
  outcome: string | null;
  dataset: string | null;
  source_ip: string | null;
  source_port: number | null;
  destination_ip: string | null;
  destination_port: number | null;
  user_name: string | null;
  host_name: string | null;
  process_name: string | null;
  country_code: string | null;
  message: string;
  original: string;
  fields: Record<string, FieldValue>;
}

/** The stored severity of an event; an event without one that we know is `info`. */
export function severityRankOf(event: NormalizedEvent): number {
  const severity = severitySchema.safeParse(event['event.severity']);
  return severity.success ? SEVERITY_RANK[severity.data] : SEVERITY_RANK.info;
}

/** Row → the event as every outer border shows it. What `fields` holds wins over a column. */
export function rowToWireEvent(row: EventRow): WireEvent {
  const wire: Record<string, FieldValue> = {};
  const put = (field: string, value: FieldValue | null) => {
    if (value !== null) wire[field] = value;
  };
  put('parapet.source_id', row.source_id);
  put('event.severity', severityOfRank(row.severity));
  put('event.category', row.category);
  put('event.action', row.action);
  put('event.outcome', row.outcome);
  put('event.dataset', row.dataset);
  put('source.ip', addressText(row.source_ip));
  put('source.port', row.source_port);
  put('source.geo.country_iso_code', row.country_code);
  put('destination.ip', addressText(row.destination_ip));
  put('destination.port', row.destination_port);
  put('user.name', row.user_name);
  put('host.name', row.host_name);
  put('process.name', row.process_name);
  const { [ECHO_KEY]: echoes, ...own } = row.fields;
  Object.assign(wire, own);
  if (typeof echoes === 'number') restoreEchoes(echoes, wire);
  return {
    id: row.id,
    '@timestamp': row.ts.toISOString(),
    'event.ingested': row.ingested_at.toISOString(),
    'event.original': row.original,
    message: row.message,
    ...wire,
  };
}

/** PostgreSQL spells some IPv6 addresses with a dotted tail; events have the RFC 5952 form. */
function addressText(inet: string | null): string | null {
  return inet === null ? null : (normalizeIp(inet) ?? inet);
}
