import type { Producer } from '@parapet/queue';
import { metrics } from '@parapet/telemetry';
import type { NotifyJob } from '@parapet/contracts';
import type { NotificationsRepository } from './notifications.repository.js';
import { jobOf } from './outbox-relay.js';

const LIMIT = 500;

/**
 * Finds notifications that are pending and have no job that works: Redis forgot it, or its attempts ended while
 * PostgreSQL was away.
 */
export async function sweep(
  producer: Producer<'notify'>,
  repository: NotificationsRepository,
  tenants: Iterable<string>,
): Promise<number> {
  let again = 0;
  for (const tenantId of tenants) {
    for (const notification of await repository.overdue(tenantId, LIMIT)) {
      if (await revive(producer, jobOf(notification))) again++;
    }
  }
  return again;
}

async function revive(producer: Producer<'notify'>, message: NotifyJob): Promise<boolean> {
  const job = await producer.queue.getJob(message.notificationId);
  const state = await job?.getState();
  if (state !== undefined && !['failed', 'completed', 'unknown'].includes(state)) return false;
  await job?.remove();
  await producer.add(message.notificationId, message);
  metrics.notifications.inc({ channel: message.channel, outcome: 'requeued' });
  return true;
}
