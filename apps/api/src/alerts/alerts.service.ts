import { Injectable } from '@nestjs/common';
import {
  ALERT_TRANSITIONS,
  alertStatusSchema,
  type AlertDetail,
  type AlertStatus,
  type endpoints,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import type { TenantTx } from '@parapet/db';
import { InvalidTransitionError, NotFoundError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import { AuditService } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { alertCursorSchema, cursorAfter, type AlertCursor, type AlertQuery } from './alert-list.js';
import { alertOfRow } from './alert-row.js';
import { AlertsRepository, type HistoryEntry } from './alerts.repository.js';

type AlertChange = ParsedOf<typeof endpoints.updateAlert>['body'];

@Injectable()
export class AlertsService {
  constructor(
    private readonly alerts: AlertsRepository,
    private readonly audit: AuditService,
  ) {}

  /** @throws ValidationError for a cursor of another list or order. */
  async list({ tenantId }: Principal, query: AlertQuery): Promise<ResponseOf<typeof endpoints.listAlerts>> {
    const after = cursorOf(query);
    const [rows, total] = await Promise.all([
      this.alerts.page(tenantId, query, after),
      this.alerts.count(tenantId, query),
    ]);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    const nextCursor = rows.length > query.limit && last ? encodeCursor(cursorAfter(query, last)) : null;
    return { items: page.map(alertOfRow), nextCursor, total };
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<AlertDetail> {
    const alert = await this.alerts.detail(tenantId, id);
    if (!alert) throw new NotFoundError('alert');
    return alert;
  }

  /**
   * Changes what is asked for as a whole or not at all: history, audit and the message to everybody who looks at it
   * included.
   * @throws NotFoundError, InvalidTransitionError, ValidationError for an assignee who is not of this tenant.
   */
  async update(caller: Principal, id: string, change: AlertChange): Promise<AlertDetail> {
    await this.alerts.within(caller.tenantId, async (tx) => {
      const alert = await this.alerts.lock(tx, id);
      if (!alert) throw new NotFoundError('alert');
      const status = nextStatus(alertStatusSchema.parse(alert.status), change.status);
      const assigneeId = change.assigneeId === alert.assignee_id ? undefined : change.assigneeId;
      const entries: HistoryEntry[] = [];
      if (status) entries.push({ action: 'status', from: alert.status, to: status });
      if (assigneeId !== undefined) entries.push(await this.assignment(tx, alert.assignee_id, assigneeId));
      if (change.note !== undefined) entries.push({ action: 'note', note: change.note });
      if (entries.length === 0) return;
      await this.alerts.change(tx, id, { status, assigneeId });
      await this.alerts.addHistory(tx, caller, id, entries);
      await this.audit.record(tx, caller, {
        action: 'alert.updated',
        target: id,
        details: auditDetails(entries),
      });
      await this.alerts.announceUpdate(tx, caller.tenantId, id);
    });
    return this.get(caller, id);
  }

  private async assignment(tx: TenantTx, before: string | null, after: string | null): Promise<HistoryEntry> {
    const name = after === null ? undefined : await this.alerts.findAssignee(tx, after);
    if (after !== null && name === undefined) {
      throw new ValidationError([{ path: 'body.assigneeId', message: 'there is no such active user here' }]);
    }
    const from = before === null ? undefined : await this.alerts.nameOf(tx, before);
    return { action: 'assigned', from, to: name };
  }
}

/** The status to change to; undefined when it is what it was. */
function nextStatus(from: AlertStatus, to: AlertStatus | undefined): AlertStatus | undefined {
  if (to === undefined || to === from) return undefined;
  if (!ALERT_TRANSITIONS[from].includes(to)) throw new InvalidTransitionError(from, to);
  return to;
}

function cursorOf(query: AlertQuery): AlertCursor | undefined {
  const schema = alertCursorSchema.refine(([order, sort]) => order === query.order && sort === query.sort);
  return cursorParam(query.cursor, schema);
}

/** The text of a note stays in the alert's history. */
function auditDetails(entries: readonly HistoryEntry[]): Record<string, string | null> {
  const details: Record<string, string | null> = {};
  for (const { action, from, to } of entries) {
    details[action] = action === 'note' ? 'added' : `${from ?? 'nobody'} → ${to ?? 'nobody'}`;
  }
  return details;
}
