import type { PoolClient } from 'pg';
import type { WireEvent } from '@parapet/contracts';
import { EVENT_SELECT, rowToWireEvent, storableJson, type EventRow } from '@parapet/eventstore';

const SELECT = `
select ${EVENT_SELECT.map((column) => `e.${column}`).join(', ')}
from unnest($2::uuid[], $3::timestamptz[]) as m(id, ts)
join events e on e.tenant_id = $1 and e.id = m.id and e.ts = m.ts`;

const MISSING = `
select distinct on (event_id) event_id, ts from alert_events
where tenant_id = $1 and event is null and not event_id = any($2::uuid[]) limit $3`;

const FILL = `
update alert_events a set event = f.event from jsonb_to_recordset($2::jsonb) as f(id uuid, event jsonb)
where a.tenant_id = $1 and a.event_id = f.id and a.event is null`;

/** The events that are stored and visible, by id. Runs as parapet_app for the tenant; `time` is the event's, epoch ms. */
export async function copyEvidence(
  client: PoolClient,
  tenantId: string,
  wanted: readonly { eventId: string; time: number }[],
): Promise<Map<string, WireEvent>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await client.query<EventRow>(SELECT, [
    tenantId,
    wanted.map(({ eventId }) => eventId),
    wanted.map(({ time }) => new Date(time)),
  ]);
  return new Map(rows.map((row) => [row.id, rowToWireEvent(row)]));
}

export interface EvidenceFilled {
  filled: number;
  /** Events that are not stored (yet). */
  missing: string[];
}

/** Copies events that were stored after the alert that names them; `skip` names those not worth another look now. */
export async function fillEvidence(
  client: PoolClient,
  tenantId: string,
  skip: readonly string[],
  limit = 1000,
): Promise<EvidenceFilled> {
  const { rows } = await client.query<{ event_id: string; ts: Date }>(MISSING, [tenantId, skip, limit]);
  const wanted = rows.map((row) => ({ eventId: row.event_id, time: row.ts.getTime() }));
  const copies = await copyEvidence(client, tenantId, wanted);
  if (copies.size > 0) {
    const json = [...copies].map(([id, event]) => ({ id, event }));
    await client.query(FILL, [tenantId, storableJson(json)]);
  }
  const missing = wanted.flatMap(({ eventId }) => (copies.has(eventId) ? [] : [eventId]));
  return { filled: copies.size, missing };
}
