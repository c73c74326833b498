import { DelayedError, UnrecoverableError, type Job, type Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { createWorker, QUEUES } from '@parapet/queue';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { Delivery } from './delivery.service.js';

/** More than the notifiers' `maxInFlight` of any one channel, so that none can take every place. */
const CONCURRENCY = 64;
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5000;
/** A process that dies is not the notification's fault. */
const NEVER_FAIL_STALLED = 1_000_000_000;

/** The receiving end of the queue `notify`. Not running yet; `run()` starts it. */
export function createNotifyWorker(redis: Redis, delivery: Delivery, logger: Logger): Worker {
  const worker = createWorker('notify', redis, (job) => handle(job, delivery), {
    concurrency: CONCURRENCY,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: NEVER_FAIL_STALLED,
  });
  worker.on('failed', (job, error) => {
    countFailure('notifiers', 'job');
    logger.warn(
      { err: error, notificationId: job?.id, attempts: job?.attemptsMade },
      'a notification failed',
    );
  });
  worker.on('error', (error) => {
    countFailure('notifiers', 'queue');
    logger.warn({ err: error }, 'queue trouble');
  });
  return worker;
}

async function handle(job: Job<unknown>, delivery: Delivery): Promise<void> {
  const message = QUEUES.notify.schema.safeParse(job.data);
  if (!message.success) throw new UnrecoverableError('the job is no notification');
  const last = (job.opts.attempts ?? 1) - job.attemptsMade <= 1;
  const outcome = await delivery.run(message.data.tenantId, message.data.notificationId, last);
  if (outcome.done) return;
  // Some jitter, so that what waits together doesn't come back together.
  await job.moveToDelayed(Date.now() + outcome.seconds * 1000 * (1 + Math.random() / 4), job.token);
  throw new DelayedError();
}
