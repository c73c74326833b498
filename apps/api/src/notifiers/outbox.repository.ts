import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { notifyJobSchema, type Alert } from '@parapet/contracts';
import { stableId, TenantDatabase, type TenantQuery } from '@parapet/db';
import { ALERT_COLUMNS, ALERT_TABLES, alertOfRow, type AlertRow } from '../alerts/alert-row.js';
import { AppPool } from '../core/tokens.js';
import type { Notification } from './notification.js';

const CLAIM = `
select id, payload from outbox where tenant_id = $1 and processed_at is null
order by id limit $2 for update skip locked`;

/** Each recipient once an alert, whatever number of channels name it; the oldest channel stands for it. */
const TARGETS = `
with due as (
  select id, severity from alerts where tenant_id = $1 and id = any($2::uuid[]) and not historical),
mail as (
  select distinct on (due.id, lower(r.address)) due.id as alert_id, r.address, c.id as channel_id
  from due join notification_channels c on c.tenant_id = $1 and c.type = 'email' and c.enabled and c.min_severity <= due.severity
  cross join unnest(c.recipients) as r(address)
  order by due.id, lower(r.address), c.created_at, c.id)
select alert_id as "alertId", 'websocket' as channel, 'tenant' as recipient, null::uuid as "channelId" from (select id as alert_id from due) d
union all
select due.id, 'webpush', s.id::text, null from due
join push_subscriptions s on s.tenant_id = $1 and s.min_severity <= due.severity
join users u on u.tenant_id = s.tenant_id and u.id = s.user_id and u.status = 'active'
union all
select due.id, 'webhook', c.id::text, c.id from due
join notification_channels c on c.tenant_id = $1 and c.type = 'webhook' and c.enabled and c.min_severity <= due.severity
union all
select alert_id, 'email', lower(address), channel_id from mail`;

const INSERT = `
insert into notifications (id, tenant_id, alert_id, channel, recipient, channel_id)
select n.id, $1, n.alert_id, n.channel, n.recipient, n.channel_id
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[]) as n(id, alert_id, channel, recipient, channel_id)
on conflict do nothing returning id`;

const targetSchema = z.object({
  alertId: z.string(),
  channel: notifyJobSchema.shape.channel,
  recipient: z.string(),
  channelId: z.string().nullable(),
});

export interface OutboxRow {
  id: string;
  payload: unknown;
}

/** What the relay reads and writes; but for `tenants`, inside the transaction of one tenant. */
@Injectable()
export class OutboxRepository {
  constructor(
    private readonly database: TenantDatabase,
    private readonly pool: AppPool,
  ) {}

  /** Tenants with messages that nobody relayed yet. */
  async tenants(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>('select outbox_tenants() as id');
    return rows.map(({ id }) => id);
  }

  /** Tenants with notifications that are not delivered yet. */
  async tenantsWithPending(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>('select notify_tenants() as id');
    return rows.map(({ id }) => id);
  }

  within<T>(tenantId: string, work: (query: TenantQuery) => Promise<T>): Promise<T> {
    return this.database.withTenantSql(tenantId, work);
  }

  /** Open messages that no other relay holds; held until the transaction ends. */
  async claim(query: TenantQuery, tenantId: string, limit: number): Promise<OutboxRow[]> {
    return (await query<{ id: string; payload: unknown }>(CLAIM, [tenantId, limit])).rows;
  }

  /**
   * Writes down who is to be told of these alerts, and answers those that were not written down before. The ids follow
   * from what they stand for, so that a repeat after a crash makes the same rows and the same jobs.
   */
  async plan(query: TenantQuery, tenantId: string, alertIds: readonly string[]): Promise<Notification[]> {
    const found = await query(TARGETS, [tenantId, alertIds]);
    const planned: Notification[] = z
      .array(targetSchema)
      .parse(found.rows)
      .map((target) => ({
        ...target,
        id: stableId(`notification/${tenantId}/${target.alertId}/${target.channel}/${target.recipient}`),
        tenantId,
        status: 'pending',
      }));
    if (planned.length === 0) return [];
    const inserted = await query<{ id: string }>(INSERT, [
      tenantId,
      planned.map((n) => n.id),
      planned.map((n) => n.alertId),
      planned.map((n) => n.channel),
      planned.map((n) => n.recipient),
      planned.map((n) => n.channelId),
    ]);
    const fresh = new Set(inserted.rows.map(({ id }) => id));
    return planned.filter(({ id }) => fresh.has(id));
  }

  async alerts(query: TenantQuery, tenantId: string, ids: readonly string[]): Promise<Alert[]> {
    const sql = `select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.tenant_id = $1 and a.id = any($2::uuid[])`;
    return (await query<AlertRow>(sql, [tenantId, ids])).rows.map(alertOfRow);
  }

  async markProcessed(query: TenantQuery, tenantId: string, ids: readonly string[]): Promise<void> {
    const sql = 'update outbox set processed_at = now() where tenant_id = $1 and id = any($2::bigint[])';
    await query(sql, [tenantId, ids]);
  }
}
