import { setTimeout as sleep } from 'node:timers/promises';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import { NotificationMissingError, NotifierMissingError } from './errors.js';
import type { Notification, Notifier } from './notification.js';
import type { NotificationsRepository } from './notifications.repository.js';

/** A job may be faster than the commit of its row. */
const WAITS_MS = [10, 20, 40, 80, 160, 320];
const BUSY_SECONDS = 1;

export type Outcome = { done: true } | { done: false; seconds: number };

/** Sends one notification and writes down what became of it. */
export class Delivery {
  private readonly notifiers: ReadonlyMap<string, Notifier>;
  private readonly inFlight = new Map<string, number>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    notifiers: readonly Notifier[],
    private readonly repository: NotificationsRepository,
    private readonly logger: Logger,
  ) {
    this.notifiers = new Map(notifiers.map((notifier) => [notifier.channel, notifier]));
  }

  /**
   * @param last Whether no attempt follows: a failure is then final.
   * @throws what went wrong, for the queue to try again; NotificationMissingError when its row isn't there (yet).
   */
  async run(tenantId: string, notificationId: string, last: boolean): Promise<Outcome> {
    const notification = await this.whenVisible(tenantId, notificationId);
    if (notification.status !== 'pending') return { done: true };
    const notifier = this.notifiers.get(notification.channel);
    if (!notifier) throw new NotifierMissingError(notification.channel);
    const busy = this.inFlight.get(notifier.channel) ?? 0;
    if (busy >= notifier.maxInFlight) return { done: false, seconds: BUSY_SECONDS };
    this.inFlight.set(notifier.channel, busy + 1);
    try {
      if (!notifier.serial) return await this.deliver(notifier, notification, last);
      return await this.inTurn(notifier.channel, async () => {
        // While it waited for its turn, another job of the same row may have sent it.
        const now = await this.repository.find(tenantId, notificationId);
        return now?.status === 'pending' ? this.deliver(notifier, now, last) : { done: true };
      });
    } finally {
      this.inFlight.set(notifier.channel, (this.inFlight.get(notifier.channel) ?? 1) - 1);
    }
  }

  async close(): Promise<void> {
    for (const notifier of this.notifiers.values()) await notifier.close?.();
  }

  private async whenVisible(tenantId: string, id: string): Promise<Notification> {
    for (const ms of WAITS_MS) {
      const found = await this.repository.find(tenantId, id);
      if (found) return found;
      await sleep(ms);
    }
    throw new NotificationMissingError(id);
  }

  private async deliver(notifier: Notifier, notification: Notification, last: boolean): Promise<Outcome> {
    const { channel } = notification;
    let result;
    try {
      result = await notifier.deliver(notification);
    } catch (error) {
      countFailure('notifiers', channel);
      metrics.notifications.inc({ channel, outcome: last ? 'failed' : 'retried' });
      await this.repository.markFailure(
        notification,
        error instanceof Error ? error.message : String(error),
        last,
      );
      throw error;
    }
    if (result.outcome === 'later') {
      metrics.notifications.inc({ channel, outcome: 'delayed' });
      return { done: false, seconds: result.seconds };
    }
    metrics.notifications.inc({ channel, outcome: result.outcome });
    if (result.outcome === 'sent') {
      await this.repository.markSent(notification);
    } else {
      this.logger.warn({ notificationId: notification.id, channel, problem: result.problem }, 'given up');
      await this.repository.markFailure(notification, result.problem, true);
    }
    return { done: true };
  }

  private async inTurn<T>(channel: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.turns.get(channel) ?? Promise.resolve()).then(work);
    this.turns.set(
      channel,
      turn.catch(() => undefined),
    );
    return turn;
  }
}
