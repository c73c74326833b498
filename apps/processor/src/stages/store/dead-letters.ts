import type { PoolClient } from 'pg';
import { toWireEvent, type NormalizedEvent } from '@parapet/contracts';
import { isUuid, newId } from '@parapet/db';
import { storableJson, storableText } from '@parapet/eventstore';
import type { SetAside } from './store-request.js';

const DETAIL_LIMIT = 500;

const INSERT = `
insert into dead_letters (id, tenant_id, event_id, batch_id, stage, reason, detail, event)
select id, tenant_id, event_id, batch_id, 'store', reason, detail, event
from jsonb_to_recordset($1::jsonb)
  as d(id uuid, tenant_id uuid, event_id uuid, batch_id uuid, reason text, detail text, event jsonb)
on conflict do nothing`;

/** Keeps events that can't be stored, each with its reason, in the transaction that stores the others. */
export async function addDeadLetters(client: PoolClient, letters: readonly SetAside[]): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map(({ event, batchId, reason, detail }) => ({
    id: newId(),
    tenant_id: event.tenantId,
    event_id: isUuid(event.id) ? event.id : null,
    batch_id: batchId,
    reason,
    detail: storableText(detail).slice(0, DETAIL_LIMIT),
    event: outerForm(event),
  }));
  await client.query(INSERT, [storableJson(rows)]);
}

/** The wire form; an event whose times are none keeps its own form. */
function outerForm(event: NormalizedEvent): unknown {
  const times = [event['@timestamp'], event['event.ingested']];
  return times.every((ms) => Number.isFinite(ms) && Math.abs(ms) <= 8.64e15) ? toWireEvent(event) : event;
}
