import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { outboxMessageSchema, type Alert, type OutboxMessage } from '@parapet/contracts';
import type { Producer } from '@parapet/queue';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { AutomaticBlocks } from '../blocklist/automatic-blocks.js';
import { publishLive } from '../live/publish-live.js';
import type { Notification } from './notification.js';
import type { OutboxRepository, OutboxRow } from './outbox.repository.js';
import type { ReplayCarrier } from './replay-carrier.js';

const BATCH = 100;
const POLL_MS = 1000;
const TENANTS_AT_ONCE = 3;
/** A WebSocket message is sent by the relay itself, at once; its job is there for the case that it could not. */
const WEBSOCKET_JOB_DELAY_MS = 3000;

/** A new alert for the open pages, and the notification that it answers. */
interface PageMessage {
  id: string;
  alert: Alert;
}

/** Where a test may cut the relay off, as a crash would. */
export type RelayStep = 'planned' | 'queued' | 'committed';

export interface RelayParts {
  outbox: OutboxRepository;
  producer: Pick<Producer<'notify'>, 'add'>;
  replays: Pick<ReplayCarrier, 'carry'>;
  /** What a tenant lets happen by itself when an alert is new. */
  response: Pick<AutomaticBlocks, 'answer'>;
  redis: Pick<Redis, 'publish' | 'ping'>;
  /** Marks notifications as sent that the relay delivered itself. */
  markSent: (tenantId: string, ids: readonly string[]) => Promise<void>;
  logger: Logger;
  at?: (step: RelayStep) => void;
}

/**
 * Carries messages from the outbox to whoever is to be told. Rows, then jobs, then the mark, then the commit: a crash in
 * between repeats all of it, with the same ids. Relays of several processes share the work by locked rows.
 */
export class OutboxRelay {
  private readonly stopping = new AbortController();
  private wake = () => {};
  private woken = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RelayParts) {}

  start(): void {
    this.loop = this.run();
  }

  /** There may be something new: look at once instead of at the next tick. */
  nudge(): void {
    this.woken = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.loop;
  }

  /** One look at every tenant's outbox. @throws AggregateError of the tenants that failed; the others are done. */
  async pass(): Promise<void> {
    const tenants = await this.parts.outbox.tenants();
    if (tenants.length === 0) return;
    // Fails at once when Redis is away, instead of with rows locked.
    await this.parts.redis.ping();
    const problems: unknown[] = [];
    const queue = tenants.values();
    const work = async () => {
      for (const tenantId of queue) {
        await this.relayTenant(tenantId).catch((error: unknown) => problems.push(error));
      }
    };
    await Promise.all(Array.from({ length: TENANTS_AT_ONCE }, work));
    if (problems.length > 0) throw new AggregateError(problems, 'outbox messages were not relayed');
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let failing = false;
    while (!signal.aborted) {
      this.woken = false;
      try {
        await this.pass();
        failing = false;
      } catch (error) {
        countFailure('notifiers', 'relay');
        if (!failing)
          this.parts.logger.error({ err: error }, 'the outbox could not be relayed; trying again');
        failing = true;
      }
      // After a failure the clock alone decides, or a flood of NOTIFY would be a flood of failures.
      if (this.woken && !failing) continue;
      const woken = new Promise<void>((resolve) => {
        this.wake = failing ? () => signal.aborted && resolve() : resolve;
      });
      const timer = new AbortController();
      await Promise.race([woken, sleep(POLL_MS, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
    }
  }

  private async relayTenant(tenantId: string): Promise<void> {
    for (let full = true; full && !this.stopping.signal.aborted;) {
      const { rows, pages } = await this.relayBatch(tenantId);
      this.parts.at?.('committed');
      if (pages.length > 0) await this.tellPages(tenantId, pages);
      full = rows === BATCH;
    }
  }

  private relayBatch(tenantId: string): Promise<{ rows: number; pages: PageMessage[] }> {
    const { outbox, at } = this.parts;
    return outbox.within(tenantId, async (query) => {
      const rows = await outbox.claim(query, tenantId, BATCH);
      if (rows.length === 0) return { rows: 0, pages: [] };
      const messages = this.read(tenantId, rows);
      const { created, updated } = alertsOf(messages);
      for (const message of messages)
        if ('replayId' in message) await this.parts.replays.carry(query, message);
      const planned = created.length > 0 ? await outbox.plan(query, tenantId, created) : [];
      at?.('planned');
      await Promise.all(planned.map((notification) => this.enqueue(notification)));
      const pending = planned.filter(({ channel }) => channel === 'websocket');
      const ids = [...updated, ...created];
      const alerts = new Map<string, Alert>();
      if (ids.length > 0)
        for (const alert of await outbox.alerts(query, tenantId, ids)) alerts.set(alert.id, alert);
      const fresh = created.flatMap((id) => alerts.get(id) ?? []);
      if (fresh.length > 0) await this.parts.response.answer(query, tenantId, fresh);
      await Promise.all(
        updated.flatMap((id) => {
          const alert = alerts.get(id);
          return alert ? [publishLive(this.parts.redis, tenantId, { kind: 'alert.updated', alert })] : [];
        }),
      );
      at?.('queued');
      await outbox.markProcessed(
        query,
        tenantId,
        rows.map(({ id }) => id),
      );
      const pages = pending.flatMap(({ id, alertId }) => {
        const alert = alerts.get(alertId);
        return alert ? [{ id, alert }] : [];
      });
      return { rows: rows.length, pages };
    });
  }

  /** At once, past the queue and its mails. What fails here its job does a little later. */
  private async tellPages(tenantId: string, pages: readonly PageMessage[]): Promise<void> {
    try {
      await Promise.all(
        pages.map(({ alert }) => publishLive(this.parts.redis, tenantId, { kind: 'alert.created', alert })),
      );
      await this.parts.markSent(
        tenantId,
        pages.map(({ id }) => id),
      );
      metrics.notifications.inc({ channel: 'websocket', outcome: 'sent' }, pages.length);
    } catch (error) {
      countFailure('notifiers', 'tell_pages');
      this.parts.logger.warn({ err: error, tenantId }, 'pages were not told at once; their jobs will');
    }
  }

  private read(tenantId: string, rows: readonly OutboxRow[]): OutboxMessage[] {
    return rows.flatMap(({ id, payload }) => {
      const message = outboxMessageSchema.safeParse(payload);
      if (message.success && message.data.tenantId === tenantId) return [message.data];
      // It stays in the table, marked; nothing of it could be carried on.
      countFailure('notifiers', 'unreadable_message');
      this.parts.logger.error({ tenantId, outboxId: id }, 'an outbox message is not readable');
      return [];
    });
  }

  private enqueue(notification: Notification): Promise<void> {
    const delay = notification.channel === 'websocket' ? { delay: WEBSOCKET_JOB_DELAY_MS } : {};
    return this.parts.producer.add(notification.id, jobOf(notification), delay);
  }
}

/** Each alert once, and as created only when it is both. */
function alertsOf(messages: readonly OutboxMessage[]): { created: string[]; updated: string[] } {
  const created = new Set<string>();
  const updated = new Set<string>();
  for (const message of messages) {
    if (!('alertId' in message)) continue;
    (message.kind === 'alert.created' ? created : updated).add(message.alertId);
  }
  for (const id of created) updated.delete(id);
  return { created: [...created], updated: [...updated] };
}

export function jobOf({ id, tenantId, alertId, channel, recipient }: Notification) {
  return { kind: 'notify', v: 1, tenantId, notificationId: id, alertId, channel, recipient } as const;
}
