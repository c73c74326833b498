import { z } from 'zod';
import { normalizeIp, SEVERITY_RANK, type Alert } from '@parapet/contracts';
import { newId, type TenantQuery } from '@parapet/db';
import { countFailure, type Logger } from '@parapet/telemetry';
import { clip } from '../notifiers/mail/plain-text.js';
import { lockList, protectionOf, roomLeft, writeEntries, type RowsOf } from './blocklist-sql.js';

const HOUR_MS = 3_600_000;
const REASON_CHARS = 500;

const SETTINGS = `select auto_min_severity as "minRank", auto_detectors as detectors, auto_hours as hours
  from blocklist_settings where tenant_id = $1 and auto_enabled`;
const settingsSchema = z.object({
  minRank: z.number(),
  detectors: z.array(z.string()),
  hours: z.number(),
});

const AUDIT = `insert into audit_log (tenant_id, actor, action, target, details)
  select $1::uuid, 'system', 'blocklist.blocked', d->>'prefix', d from jsonb_array_elements($2::jsonb) as d`;
const NOTE = `insert into alert_history (id, tenant_id, alert_id, actor_name, action, note)
  select n.id, $1::uuid, n.alert_id, 'system', 'note', n.note
  from unnest($2::uuid[], $3::uuid[], $4::text[]) as n(id, alert_id, note)`;

interface Candidate {
  alert: Alert;
  prefix: string;
}

/**
 * The tenant's rule "block the source address of new alerts like this". Works inside the relay's transaction, so an
 * alert is answered exactly when its message counts as relayed.
 */
export class AutomaticBlocks {
  constructor(private readonly logger: Logger) {}

  /** Never throws for what concerns the list alone: alerts are told whether or not it works. */
  async answer(query: TenantQuery, tenantId: string, alerts: readonly Alert[]): Promise<void> {
    const rows: RowsOf = async <R extends Record<string, unknown>>(sql: string, params: readonly unknown[]) =>
      (await query<R>(sql, params)).rows;
    const [row] = await rows(SETTINGS, [tenantId]);
    if (!row) return;
    const { minRank, detectors, hours } = settingsSchema.parse(row);
    const candidates = alerts.flatMap((alert): Candidate[] => {
      const due =
        !alert.historical &&
        SEVERITY_RANK[alert.severity] >= minRank &&
        (detectors.length === 0 || detectors.includes(alert.detector));
      // Only what all events of the alert have in common: of many addresses none is the one to blame.
      const ip = due ? normalizeIp(alert.group['source.ip'] ?? '') : undefined;
      return ip === undefined ? [] : [{ alert, prefix: `${ip}/${ip.includes(':') ? 128 : 32}` }];
    });
    if (candidates.length === 0) return;
    await query('savepoint automatic_blocks');
    try {
      await this.block(rows, tenantId, candidates, hours);
      await query('release savepoint automatic_blocks');
    } catch (error) {
      await query('rollback to savepoint automatic_blocks');
      countFailure('response', 'automatic_block');
      this.logger.error({ err: error, tenantId }, 'addresses were not blocked automatically');
    }
  }

  private async block(rows: RowsOf, tenantId: string, candidates: readonly Candidate[], hours: number) {
    await lockList(rows, tenantId);
    const protection = await protectionOf(rows, tenantId);
    let room = await roomLeft(rows, tenantId);
    const notes: { alertId: string; note: string }[] = [];
    const chosen = new Map<string, Candidate>();
    for (const candidate of candidates) {
      const { alert, prefix } = candidate;
      const refusal = protection.refusal(prefix, false) ?? (room > 0 ? undefined : 'finds the list full');
      if (refusal === undefined) {
        if (!chosen.has(prefix)) room -= 1;
        chosen.set(prefix, candidate);
      } else notes.push({ alertId: alert.id, note: `Not blocked automatically: ${prefix} ${refusal}.` });
    }
    const expiresAt = new Date(Date.now() + hours * HOUR_MS);
    const entries = [...chosen.values()].map(({ alert, prefix }) => ({
      prefix,
      reason: clip(alert.title, REASON_CHARS) || alert.detector,
      origin: 'automatic' as const,
      alertId: alert.id,
      allowPrivate: false,
      createdBy: null,
      expiresAt,
    }));
    const written = entries.length > 0 ? await writeEntries(rows, tenantId, entries, 'prolong') : [];
    const details = written.flatMap(({ prefix }) => {
      const candidate = chosen.get(prefix);
      if (!candidate) return [];
      const alertId = candidate.alert.id;
      notes.push({ alertId, note: `${prefix} blocked automatically for ${hours} h.` });
      return [{ prefix, alertId, origin: 'automatic', expiresAt: expiresAt.toISOString() }];
    });
    if (details.length > 0) await rows(AUDIT, [tenantId, JSON.stringify(details)]);
    if (notes.length > 0) {
      await rows(NOTE, [
        tenantId,
        notes.map(() => newId()),
        notes.map(({ alertId }) => alertId),
        notes.map(({ note }) => note),
      ]);
    }
  }
}
