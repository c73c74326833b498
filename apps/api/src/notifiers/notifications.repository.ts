import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { notifyJobSchema } from '@parapet/contracts';
import { TenantDatabase } from '@parapet/db';
import type { Notification } from './notification.js';

const rowSchema = z.object({
  id: z.string(),
  tenantId: z.string(),
  alertId: z.string(),
  channel: notifyJobSchema.shape.channel,
  recipient: z.string(),
  channelId: z.string().nullable(),
  status: z.enum(['pending', 'sent', 'failed']),
});

const SELECT = `select id, tenant_id as "tenantId", alert_id as "alertId", channel, recipient, channel_id as "channelId", status
  from notifications where tenant_id = $1`;

const MARK_SENT = `
with n as (
  update notifications set status = 'sent', attempts = attempts + 1, error = null, updated_at = now()
  where tenant_id = $1 and id = $2 and status <> 'sent' returning channel, channel_id, recipient),
c as (
  update notification_channels set last_sent_at = now(), last_error = null
  where tenant_id = $1 and id = (select channel_id from n))
update push_subscriptions set last_sent_at = now()
where tenant_id = $1 and id::text = (select recipient from n where channel = 'webpush')`;

const MARK_FAILURE = `
with n as (
  update notifications set status = case when $4 then 'failed' else status end, attempts = attempts + 1, error = $3, updated_at = now()
  where tenant_id = $1 and id = $2 and status = 'pending' returning channel_id)
update notification_channels set last_error = $3 where tenant_id = $1 and id = (select channel_id from n)`;

const SUBSCRIPTION = `
select s.endpoint, s.p256dh, s.auth from push_subscriptions s
join users u on u.tenant_id = s.tenant_id and u.id = s.user_id and u.status = 'active'
where s.tenant_id = $1 and s.id = $2`;

const ERROR_CHARS = 500;

@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async find(tenantId: string, id: string): Promise<Notification | undefined> {
    const [row] = await this.database.queryTenant(tenantId, `${SELECT} and id = $2`, [tenantId, id]);
    return row && rowSchema.parse(row);
  }

  /** Those that nobody worked on for a minute. */
  async overdue(tenantId: string, limit: number): Promise<Notification[]> {
    const sql = `${SELECT} and status = 'pending' and updated_at < now() - interval '60 seconds' order by created_at limit $2`;
    return z.array(rowSchema).parse(await this.database.queryTenant(tenantId, sql, [tenantId, limit]));
  }

  async markSent({ tenantId, id }: Notification): Promise<void> {
    await this.database.queryTenant(tenantId, MARK_SENT, [tenantId, id]);
  }

  /** For those of the pages, which have no channel or subscription to note it at. */
  async markAllSent(tenantId: string, ids: readonly string[]): Promise<void> {
    const sql = `update notifications set status = 'sent', attempts = attempts + 1, error = null, updated_at = now()
      where tenant_id = $1 and id = any($2::uuid[]) and status = 'pending'`;
    await this.database.queryTenant(tenantId, sql, [tenantId, ids]);
  }

  async markFailure({ tenantId, id }: Notification, problem: string, final: boolean): Promise<void> {
    const text = storable(problem).slice(0, ERROR_CHARS);
    await this.database.queryTenant(tenantId, MARK_FAILURE, [tenantId, id, text, final]);
  }

  /** A push subscription of a user who may still sign in. */
  async subscription(tenantId: string, id: string) {
    const [row] = await this.database.queryTenant<{ endpoint: string; p256dh: string; auth: string }>(
      tenantId,
      SUBSCRIPTION,
      [tenantId, id],
    );
    return row;
  }

  async forgetSubscription(tenantId: string, id: string): Promise<void> {
    const sql = 'delete from push_subscriptions where tenant_id = $1 and id = $2';
    await this.database.queryTenant(tenantId, sql, [tenantId, id]);
  }

  /** A webhook that is on: where to, and its sealed key. */
  async webhook(tenantId: string, id: string) {
    const sql = `select url, secret from notification_channels
      where tenant_id = $1 and id = $2 and type = 'webhook' and enabled`;
    const [row] = await this.database.queryTenant<{ url: string; secret: Buffer }>(tenantId, sql, [
      tenantId,
      id,
    ]);
    return row;
  }

  async switchWebhookOff(tenantId: string, id: string): Promise<void> {
    const sql = `update notification_channels set enabled = false, updated_at = now() where tenant_id = $1 and id = $2`;
    await this.database.queryTenant(tenantId, sql, [tenantId, id]);
  }

  async tenantName(tenantId: string): Promise<string> {
    const sql = 'select name from tenants where id = $1';
    const [row] = await this.database.queryTenant<{ name: string }>(tenantId, sql, [tenantId]);
    return row?.name ?? '';
  }
}

/** PostgreSQL's text holds no NUL, and a mail server's answer may hold anything. */
const storable = (text: string) => text.replaceAll('\u0000', '\ufffd');
