import type { PoolClient } from 'pg';
import { normalizeIp, type OutboxMessage } from '@parapet/contracts';
import { newId } from '@parapet/db';
import type { Detection } from '@parapet/detection';
import { storableJson, storableText } from '@parapet/eventstore';
import type { StoreReport } from '../store/store-request.js';
import { copyEvidence } from './evidence.js';
import { mergeDetections, type Burst } from './merge-detections.js';
import {
  planAlerts,
  sourceOf,
  type EvidenceRow,
  type KnownAlert,
  type PlacedBurst,
  type PlannedAlert,
} from './plan-alerts.js';

/** One processor at a time per group, in the order of the keys, so that two never wait for each other. */
const LOCK = `
select pg_advisory_xact_lock(key) from (
  select distinct hashtextextended(name, 0) as key from unnest($1::text[]) as name order by 1) as keys`;

/**
 * The alert that each burst continues: of its detector and group, at most one window away, the latest. Its changes are
 * announced after a second at first, and more seldom as it gets older, so that a long flood costs the pages little.
 */
const FIND = `
select b.n, a.id, a.historical, a.evidence_count, a.updated_at <= clock_timestamp()
  - least(greatest((clock_timestamp() - a.created_at) / 10, interval '1 second'), interval '15 seconds') as due
from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::integer[]) with ordinality
  as b(detector, group_key, first, last, window_seconds, n)
cross join lateral (
  select id, historical, evidence_count, created_at, updated_at from alerts
  where tenant_id = $1 and detector = b.detector and group_key = b.group_key
    and last_seen >= b.first - make_interval(secs => b.window_seconds)
    and first_seen <= b.last + make_interval(secs => b.window_seconds)
  order by last_seen desc limit 1) as a`;

/** Which of these events are kept with these alerts already: an event of ours may have been an earlier burst's member. */
const EVIDENCE = `
select w.alert_id, array_agg(w.event_id) as ids
from unnest($2::uuid[], $3::uuid[]) as w(alert_id, event_id)
cross join lateral (
  select from alert_events e
  where e.tenant_id = $1 and e.alert_id = w.alert_id and e.event_id = w.event_id limit 1) as kept
group by w.alert_id`;

const INSERT = `
insert into alerts (id, tenant_id, detector, title, description, severity, score, group_fields, group_key, technique,
  event_count, evidence_count, first_seen, last_seen, window_seconds, historical, source_ip, source_geo)
select id, $1, detector, title, description, severity, score, group_fields, group_key, technique,
  event_count, evidence_count, first_seen, last_seen, window_seconds, historical, source_ip, source_geo
from jsonb_to_recordset($2::jsonb) as a(id uuid, detector text, title text, description text, severity smallint,
  score smallint, group_fields jsonb, group_key text, technique jsonb, event_count bigint, evidence_count integer,
  first_seen timestamptz, last_seen timestamptz, window_seconds integer, historical boolean, source_ip inet, source_geo jsonb)`;

const HISTORY = `
insert into alert_history (id, tenant_id, alert_id, actor_name, action, to_value)
select h.id, $1, h.alert_id, 'system', 'created', 'new' from unnest($2::uuid[], $3::uuid[]) as h(id, alert_id)`;

/** The status is left alone: what was closed stays closed while the same burst goes on. */
const UPDATE = `
update alerts a set event_count = a.event_count + u.added, evidence_count = a.evidence_count + u.kept, first_seen = least(a.first_seen, u.first_seen),
  last_seen = greatest(a.last_seen, u.last_seen), severity = greatest(a.severity, u.severity),
  score = greatest(a.score, u.score), historical = a.historical and u.historical,
  updated_at = case when u.announced then clock_timestamp() else a.updated_at end
from jsonb_to_recordset($2::jsonb) as u(id uuid, added bigint, kept integer, first_seen timestamptz, last_seen timestamptz,
  severity smallint, score smallint, historical boolean, announced boolean)
where a.tenant_id = $1 and a.id = u.id`;

const INSERT_EVIDENCE = `
insert into alert_events (tenant_id, alert_id, event_id, ts, event)
select $1, alert_id, event_id, ts, event
from jsonb_to_recordset($2::jsonb) as e(alert_id uuid, event_id uuid, ts timestamptz, event jsonb)
on conflict do nothing`;

const OUTBOX = `
insert into outbox (tenant_id, kind, payload) select $1, kind, payload
from unnest($2::text[], $3::jsonb[]) as m(kind, payload)`;

const iso = (ms: number) => new Date(ms).toISOString();

/** Alerts from detections, in the transaction that stores their events. Runs as parapet_app for one tenant. */
export class AlertWriter {
  async write(
    client: PoolClient,
    tenantId: string,
    detections: readonly Detection[],
    report: StoreReport,
  ): Promise<void> {
    const bursts = mergeDetections(detections);
    await client.query(LOCK, [bursts.map((b) => storableText(`${tenantId}/${b.detector}/${b.groupKey}`))]);
    const plan = planAlerts(await this.place(client, tenantId, bursts), newId);
    if (plan.created.length > 0) await this.create(client, tenantId, plan.created);
    if (plan.updated.length > 0) await this.update(client, tenantId, plan.updated);
    await this.addEvidence(client, tenantId, plan.evidence);
    const all = [...plan.created, ...plan.updated];
    await announce(client, tenantId, all);

    for (const { burst } of plan.created) {
      report.alertsCreated.set(burst.detector, (report.alertsCreated.get(burst.detector) ?? 0) + 1);
    }
    report.alertsAnnounced.push(...all.filter((alert) => alert.announce !== null).map(({ id }) => id));
    report.alertsQuiet.push(...all.filter(({ quiet }) => quiet).map(({ id }) => ({ tenantId, alertId: id })));
  }

  private async place(
    client: PoolClient,
    tenantId: string,
    bursts: readonly Burst[],
  ): Promise<PlacedBurst[]> {
    const found = await client.query<{
      n: string;
      id: string;
      historical: boolean;
      evidence_count: number;
      due: boolean;
    }>(FIND, [
      tenantId,
      bursts.map((b) => b.detector),
      bursts.map((b) => storableText(b.groupKey)),
      bursts.map((b) => iso(b.from)),
      bursts.map((b) => iso(b.to)),
      bursts.map((b) => b.windowSeconds),
    ]);
    if (found.rows.length === 0) return bursts.map((burst) => ({ burst, alert: null }));

    const pairs = found.rows.flatMap(({ n, id }) => {
      const burst = bursts[Number(n) - 1];
      if (burst === undefined) return [];
      return [...burst.own.keys(), ...burst.members.keys()].map((eventId) => ({ id, eventId }));
    });
    const evidence = await client.query<{ alert_id: string; ids: string[] }>(EVIDENCE, [
      tenantId,
      pairs.map(({ id }) => id),
      pairs.map(({ eventId }) => eventId),
    ]);
    const evidenceOf = new Map(evidence.rows.map((row) => [row.alert_id, row.ids]));
    const alertOf = new Map(
      found.rows.map((row): [number, KnownAlert] => [
        Number(row.n) - 1,
        {
          id: row.id,
          historical: row.historical,
          due: row.due,
          evidence: row.evidence_count,
          evidenceIds: new Set(evidenceOf.get(row.id)),
        },
      ]),
    );
    return bursts.map((burst, n) => ({ burst, alert: alertOf.get(n) ?? null }));
  }

  private async create(client: PoolClient, tenantId: string, alerts: readonly PlannedAlert[]): Promise<void> {
    const rows = alerts.map(({ id, burst, added, kept }) => {
      const source = sourceOf(burst);
      return {
        id,
        detector: burst.detector,
        title: burst.title,
        description: burst.description,
        severity: burst.severity,
        score: burst.score,
        group_fields: burst.group,
        group_key: burst.groupKey,
        technique: burst.technique,
        event_count: added,
        evidence_count: kept,
        first_seen: iso(burst.from),
        last_seen: iso(burst.to),
        window_seconds: burst.windowSeconds,
        historical: burst.historical,
        source_ip: source.ip === null ? null : (normalizeIp(source.ip) ?? null),
        source_geo: source.geo,
      };
    });
    await client.query(INSERT, [tenantId, storableJson(rows)]);
    await client.query(HISTORY, [tenantId, alerts.map(() => newId()), alerts.map(({ id }) => id)]);
  }

  private async update(client: PoolClient, tenantId: string, alerts: readonly PlannedAlert[]): Promise<void> {
    const rows = alerts.map(({ id, burst, added, kept, announce }) => ({
      id,
      added,
      kept,
      first_seen: iso(burst.from),
      last_seen: iso(burst.to),
      severity: burst.severity,
      score: burst.score,
      historical: burst.historical,
      announced: announce !== null,
    }));
    await client.query(UPDATE, [tenantId, JSON.stringify(rows)]);
  }

  private async addEvidence(client: PoolClient, tenantId: string, rows: EvidenceRow[]): Promise<void> {
    if (rows.length === 0) return;
    const elsewhere = rows.filter(({ event }) => event === null);
    const copies = await copyEvidence(client, tenantId, elsewhere);
    const json = rows.map(({ alertId, eventId, time, event }) => ({
      alert_id: alertId,
      event_id: eventId,
      ts: iso(time),
      event: event ?? copies.get(eventId) ?? null,
    }));
    await client.query(INSERT_EVIDENCE, [tenantId, storableJson(json)]);
  }
}

/** Leaves the messages in the outbox and wakes the relay when this transaction commits. */
export async function announce(
  client: PoolClient,
  tenantId: string,
  alerts: readonly Pick<PlannedAlert, 'id' | 'announce'>[],
): Promise<void> {
  const messages = alerts.flatMap(({ id, announce: kind }): OutboxMessage[] =>
    kind === null ? [] : [{ kind, v: 1, tenantId, alertId: id }],
  );
  if (messages.length === 0) return;
  await client.query(OUTBOX, [
    tenantId,
    messages.map(({ kind }) => kind),
    messages.map((message) => JSON.stringify(message)),
  ]);
  await client.query("select pg_notify('parapet_outbox', '')");
}
