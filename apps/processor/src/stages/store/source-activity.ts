import type { PoolClient } from 'pg';
import type { EventSection } from '@parapet/contracts';
import { isUuid } from '@parapet/db';

const HOUR_MS = 3_600_000;

export interface ActivityRow {
  tenantId: string;
  sourceId: string;
  /** Start of the hour of receipt, epoch ms. */
  hour: number;
  events: number;
  /** Receipt of the last event, epoch ms. */
  last: number;
}

/** Events by tenant, source and hour of receipt, in an order that is the same for every processor (row locks). */
export function countActivity(sections: Iterable<EventSection>): ActivityRow[] {
  const rows = new Map<string, ActivityRow>();
  for (const { tenantId, events } of sections) {
    let last: ActivityRow | undefined;
    for (const event of events) {
      const sourceId = event['parapet.source_id'];
      const received = event['event.ingested'];
      if (typeof sourceId !== 'string' || !Number.isFinite(received)) continue;
      const hour = Math.floor(received / HOUR_MS) * HOUR_MS;
      if (
        last === undefined ||
        last.sourceId !== sourceId ||
        last.hour !== hour ||
        last.tenantId !== tenantId
      ) {
        const key = `${tenantId}/${sourceId}/${hour}`;
        last = rows.get(key);
        if (last === undefined) {
          if (!isUuid(sourceId)) continue;
          last = { tenantId, sourceId, hour, events: 0, last: 0 };
          rows.set(key, last);
        }
      }
      last.events++;
      if (received > last.last) last.last = received;
    }
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const UPSERT = `
insert into source_activity as s (tenant_id, source_id, hour, events, last_event_at)
select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bigint[], $5::timestamptz[])
on conflict (tenant_id, source_id, hour) do update
set events = s.events + excluded.events, last_event_at = greatest(s.last_event_at, excluded.last_event_at)`;

export async function addActivity(client: PoolClient, rows: readonly ActivityRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(UPSERT, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.sourceId),
    rows.map((row) => new Date(row.hour)),
    rows.map((row) => row.events),
    rows.map((row) => new Date(row.last)),
  ]);
}
