import type { Pool } from 'pg';
import { newId } from '@parapet/db';
import {
  detectActivity,
  SILENCE_LOOKBACK_MS,
  type Detection,
  type TenantDetectors,
} from '@parapet/detection';
import { metrics } from '@parapet/telemetry';
import { groupBy } from '../group-by.js';
import { AlertWriter, announce } from '../stages/alert/alert-writer.js';
import { emptyReport } from '../stages/store/store-request.js';
import { exclusively, forTenant } from '../transactions.js';

const HOUR_MS = 3_600_000;
const SILENT = 'silent_source';

const SOURCES = 'select source_id, tenant_id, name, cidr from activity_sources()';
const ACTIVITY = `
select source_id, extract(epoch from hour) * 1000 as hour, events, extract(epoch from last_event_at) * 1000 as last
from source_activity where hour >= $1 order by source_id, hour`;
const OPEN = `
select id, group_key, status from alerts
where tenant_id = $1 and detector = '${SILENT}' and status not in ('resolved', 'false_positive') and group_key = any($2)
for update`;
const RESOLVE = `update alerts set status = 'resolved', updated_at = clock_timestamp() where tenant_id = $1 and id = any($2::uuid[])`;
const RESOLVED = `
insert into alert_history (id, tenant_id, alert_id, actor_name, action, from_value, to_value, note)
select h.id, $1, h.alert_id, 'system', 'status', h.status, 'resolved', 'The source sends again.'
from unnest($2::uuid[], $3::uuid[], $4::text[]) as h(id, alert_id, status)`;
const SILENT_TENANTS = `
select group_key from alerts where tenant_id = $1 and detector = '${SILENT}' and status not in ('resolved', 'false_positive')`;

/** Hours of a source, kept from look to look. */
interface Known {
  hours: number[];
  events: number[];
  lastEventAt: number;
}

export interface ActivityWatchOptions {
  pool: Pool;
  detectors: (tenantId: string) => TenantDetectors;
  /** Whether everything that was received is stored: what waits in the queue makes no source silent. */
  caughtUp: () => Promise<boolean>;
  committed: (change: { announced: string[]; quiet: { tenantId: string; alertId: string }[] }) => void;
}

/**
 * Judges how much each source sends (rate spike, silent source), over the hours that storing counts. Hours are read whole
 * at first and once an hour, and between just the last two.
 */
export class ActivityWatch {
  private readonly alerts = new AlertWriter();
  private readonly known = new Map<string, Known>();
  /** Findings that are written: kind, source and time. */
  private told = new Set<string>();
  /** Sources with an open alert of silence. */
  private readonly silent = new Set<string>();
  private readonly watchedSince: number;
  private readUntil = 0;

  constructor(
    private readonly options: ActivityWatchOptions,
    private readonly now: () => number = Date.now,
  ) {
    this.watchedSince = now();
  }

  /** Does nothing while another processor is at it, or while batches wait. */
  async run(): Promise<void> {
    if (!(await this.options.caughtUp())) return;
    await exclusively(this.options.pool, 'activity', async () => this.look());
  }

  private async look(): Promise<void> {
    const { pool, detectors } = this.options;
    const now = this.now();
    const sources = (
      await pool.query<{ source_id: string; tenant_id: string; name: string; cidr: string }>(SOURCES)
    ).rows;
    const tenants = groupBy(sources, (source) => source.tenant_id);
    await this.read(now, [...tenants.keys()]);
    const told = new Set<string>();
    for (const [tenantId, own] of tenants) {
      const found: Detection[] = [];
      const back: string[] = [];
      for (const { source_id: sourceId, name, cidr: prefix } of own) {
        const known = this.known.get(sourceId);
        if (known === undefined) continue;
        const activity = { tenantId, sourceId, name, prefix, ...known };
        const findings = detectActivity(activity, detectors(tenantId), now, this.watchedSince);
        found.push(...findings);
        if (this.silent.has(sourceId) && this.isBack(known, findings, now)) back.push(sourceId);
      }
      const fresh = found.filter((finding) => !this.told.has(nameOf(finding)));
      if (fresh.length > 0) await this.raise(tenantId, fresh);
      if (back.length > 0) await this.resolve(tenantId, back);
      for (const finding of found) told.add(nameOf(finding));
    }
    this.told = told;
  }

  /** Not silent any more, and not just because somebody switched the detector off: it has sent a moment ago. */
  private isBack({ lastEventAt }: Known, findings: readonly Detection[], now: number): boolean {
    return lastEventAt > now - HOUR_MS && findings.every(({ detector }) => detector !== SILENT);
  }

  private async read(now: number, tenantIds: readonly string[]): Promise<void> {
    const { pool } = this.options;
    const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
    const whole = hour !== this.readUntil;
    if (whole) {
      this.known.clear();
      this.silent.clear();
      for (const tenantId of tenantIds) {
        const { rows } = await forTenant(pool, tenantId, (client) =>
          client.query<{ group_key: string }>(SILENT_TENANTS, [tenantId]),
        );
        for (const { group_key: sourceId } of rows) this.silent.add(sourceId);
      }
    }
    const from = whole ? hour - SILENCE_LOOKBACK_MS : hour - HOUR_MS;
    const { rows } = await pool.query<{ source_id: string; hour: string; events: string; last: string }>(
      ACTIVITY,
      [new Date(from)],
    );
    for (const row of rows)
      this.remember(row.source_id, Number(row.hour), Number(row.events), Number(row.last));
    this.readUntil = hour;
  }

  private remember(sourceId: string, hour: number, events: number, last: number): void {
    let known = this.known.get(sourceId);
    if (known === undefined) this.known.set(sourceId, (known = { hours: [], events: [], lastEventAt: 0 }));
    // Rows come by hour; only the last two may be known already.
    const at = known.hours.lastIndexOf(hour);
    if (at === -1) {
      known.hours.push(hour);
      known.events.push(events);
    } else known.events[at] = events;
    known.lastEventAt = Math.max(known.lastEventAt, last);
  }

  private async raise(tenantId: string, found: readonly Detection[]): Promise<void> {
    const report = emptyReport();
    await forTenant(this.options.pool, tenantId, (client) =>
      this.alerts.write(client, tenantId, found, report),
    );
    for (const { detector, groupKey } of found) {
      metrics.detections.inc({ detector });
      if (detector === SILENT) this.silent.add(groupKey);
    }
    this.options.committed({ announced: report.alertsAnnounced, quiet: report.alertsQuiet });
  }

  private async resolve(tenantId: string, sourceIds: readonly string[]): Promise<void> {
    const ended = await forTenant(this.options.pool, tenantId, async (client) => {
      const { rows } = await client.query<{ id: string; status: string }>(OPEN, [tenantId, sourceIds]);
      const ids = rows.map(({ id }) => id);
      await client.query(RESOLVE, [tenantId, ids]);
      await client.query(RESOLVED, [tenantId, ids.map(() => newId()), ids, rows.map(({ status }) => status)]);
      await announce(
        client,
        tenantId,
        ids.map((id) => ({ id, announce: 'alert.updated' as const })),
      );
      return ids;
    });
    for (const sourceId of sourceIds) this.silent.delete(sourceId);
    this.options.committed({ announced: ended, quiet: [] });
  }
}

const nameOf = ({ detector, groupKey, from }: Detection) => `${detector} ${groupKey} ${from}`;
