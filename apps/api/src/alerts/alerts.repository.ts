import { Injectable } from '@nestjs/common';
import {
  alertDetailSchema,
  wireEventSchema,
  type Alert,
  type AlertDetail,
  type AlertStatus,
  type OutboxMessage,
} from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import { EVENT_SELECT, rowToWireEvent, type EventRow } from '@parapet/eventstore';
import type { Principal } from '../http/principal.js';
import { countStatement, pageStatement, type AlertCursor, type AlertQuery } from './alert-list.js';
import { ALERT_COLUMNS, ALERT_TABLES, alertOfRow, type AlertRow } from './alert-row.js';

/** Events shown with an alert. */
const EVIDENCE_LIMIT = 200;
const HISTORY_LIMIT = 500;

const EVIDENCE = `
  select ae.event, ${EVENT_SELECT.map((column) => `e.${column}`).join(', ')}
  from (select event_id, ts, event from alert_events where tenant_id = $1 and alert_id = $2
        order by ts, event_id limit ${EVIDENCE_LIMIT}) ae
  left join events e on ae.event is null and e.tenant_id = $1 and e.id = ae.event_id and e.ts = ae.ts
  order by ae.ts, ae.event_id`;

type EvidenceRow = { event: unknown } & (EventRow | { [K in keyof EventRow]: null });

const entrySchema = alertDetailSchema.shape.history.element;
const notificationSchema = alertDetailSchema.shape.notifications.element;

export interface HistoryEntry {
  action: 'status' | 'assigned' | 'note';
  from?: string;
  to?: string;
  note?: string;
}

@Injectable()
export class AlertsRepository {
  constructor(private readonly database: TenantDatabase) {}

  page(tenantId: string, query: AlertQuery, after: AlertCursor | undefined): Promise<AlertRow[]> {
    const { text, params } = pageStatement(tenantId, query, after);
    return this.database.queryTenant<AlertRow>(tenantId, text, params);
  }

  async count(tenantId: string, query: AlertQuery): Promise<number> {
    const { text, params } = countStatement(tenantId, query);
    const [row] = await this.database.queryTenant<{ total: string }>(tenantId, text, params);
    return Number(row?.total ?? 0);
  }

  /** One alert without its evidence; what live messages and mails show. */
  async find(tenantId: string, id: string): Promise<Alert | undefined> {
    const text = `select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.tenant_id = $1 and a.id = $2`;
    const [row] = await this.database.queryTenant<AlertRow>(tenantId, text, [tenantId, id]);
    return row && alertOfRow(row);
  }

  async detail(tenantId: string, id: string): Promise<AlertDetail | undefined> {
    const [alert, events, [history, notifications, webhooks]] = await Promise.all([
      this.find(tenantId, id),
      this.evidence(tenantId, id),
      this.database.readTenant(tenantId, (db) => [
        db.alertHistory.findMany({
          where: { alertId: id },
          orderBy: [{ at: 'asc' }, { id: 'asc' }],
          take: HISTORY_LIMIT,
        }),
        db.notification.findMany({
          where: { alertId: id },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
          take: 500,
        }),
        db.notificationChannel.findMany({ where: { type: 'webhook' }, select: { id: true, name: true } }),
      ]),
    ]);
    if (!alert) return undefined;
    const nameOf = new Map(webhooks.map(({ id: channelId, name }) => [channelId, name]));
    return {
      ...alert,
      events,
      history: history.map((entry) => ({
        id: entry.id,
        at: entry.at.toISOString(),
        actor: entry.actorName,
        action: entrySchema.shape.action.parse(entry.action),
        from: entry.fromValue,
        to: entry.toValue,
        note: entry.note,
      })),
      notifications: notifications.map((row) => ({
        channel: notificationSchema.shape.channel.parse(row.channel),
        recipient: nameOf.get(row.recipient) ?? row.recipient,
        status: notificationSchema.shape.status.parse(row.status),
        at: row.updatedAt.toISOString(),
        error: row.error,
      })),
    };
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  /** Locks an alert for the rest of the transaction, so that of two changes the second sees the first. */
  async lock(tx: TenantTx, id: string) {
    const rows = await tx.$queryRaw<{ status: string; assignee_id: string | null }[]>`
      select status, assignee_id from alerts where id = ${id}::uuid for update`;
    return rows[0];
  }

  /** Name of an active user of this tenant. */
  async findAssignee(tx: TenantTx, id: string): Promise<string | undefined> {
    const user = await tx.user.findFirst({ where: { id, status: 'active' }, select: { name: true } });
    return user?.name;
  }

  async nameOf(tx: TenantTx, userId: string): Promise<string> {
    const user = await tx.user.findFirst({ where: { id: userId }, select: { name: true } });
    return user?.name ?? userId;
  }

  async change(
    tx: TenantTx,
    id: string,
    change: { status?: AlertStatus; assigneeId?: string | null },
  ): Promise<void> {
    await tx.alert.updateMany({ where: { id }, data: { ...change, updatedAt: new Date() } });
  }

  async addHistory(
    tx: TenantTx,
    caller: Principal,
    alertId: string,
    entries: readonly HistoryEntry[],
  ): Promise<void> {
    // One moment, one order: ids that grow keep them as they were made.
    const now = Date.now();
    await tx.alertHistory.createMany({
      data: entries.map(({ action, from, to, note }, n) => ({
        id: newId(now + n),
        tenantId: caller.tenantId,
        alertId,
        actorId: caller.userId,
        actorName: caller.name,
        action,
        fromValue: from,
        toValue: to,
        note,
      })),
    });
  }

  /** Leaves a message in the outbox and wakes the relay when this transaction commits. */
  async announceUpdate(tx: TenantTx, tenantId: string, alertId: string): Promise<void> {
    const payload: OutboxMessage = { kind: 'alert.updated', v: 1, tenantId, alertId };
    await tx.outboxMessage.createMany({ data: [{ tenantId, kind: payload.kind, payload }] });
    await tx.$queryRaw`select pg_notify('parapet_outbox', '')::text`;
  }

  /** Copies where they exist, else the events themselves where they still are. */
  private async evidence(tenantId: string, id: string): Promise<AlertDetail['events']> {
    const rows = await this.database.queryTenant<EvidenceRow>(tenantId, EVIDENCE, [tenantId, id]);
    return rows.flatMap((row) => {
      if (row.event !== null) return [wireEventSchema.parse(row.event)];
      return row.id === null ? [] : [rowToWireEvent(row)];
    });
  }
}
