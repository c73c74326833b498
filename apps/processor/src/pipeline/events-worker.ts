import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { createWorker } from '@parapet/queue';
import { countDrop, countFailure, type Logger } from '@parapet/telemetry';
import type { BatchHandler, Delivery } from './batch-handler.js';

/**
 * A processor that was killed holds its batches for at most this long. Shorter costs renewals, longer costs latency after
 * a crash; a processor that was only slow loses nothing by it, since the ledger knows what is stored.
 */
const LOCK_MS = 8000;
const STALLED_CHECK_MS = 3000;
/** However often processors die with a batch in hand, the batch is not to blame. */
const NEVER_FAIL_STALLED = 1_000_000_000;

const counted = z.object({ count: z.number() });

/** The receiving end of the queue `events`. Not running yet; `run()` starts it. */
export function createEventsWorker(
  redis: Redis,
  handler: BatchHandler,
  concurrency: number,
  logger: Logger,
): Worker {
  return batchWorker('events', redis, (delivery) => handler.handle(delivery), concurrency, logger);
}

/** How long the slower lane waits before it looks again whether there is capacity left. */
const LOOK_AGAIN_MS = 50;

/**
 * The receiving end of the queue `overflow`: one batch at a time, and none while batches wait in `events`, so that what
 * one tenant sends over its quota delays nobody else. `busy` says whether they do.
 */
export function createOverflowWorker(
  redis: Redis,
  handler: BatchHandler,
  busy: () => Promise<boolean>,
  logger: Logger,
): Worker {
  const patient = async (delivery: Delivery) => {
    while (!worker.closing && (await busy())) await sleep(LOOK_AGAIN_MS);
    await handler.handle(delivery);
  };
  const worker = batchWorker('overflow', redis, patient, 1, logger);
  return worker;
}

function batchWorker(
  queue: 'events' | 'overflow',
  redis: Redis,
  handle: (delivery: Delivery) => Promise<void>,
  concurrency: number,
  logger: Logger,
): Worker {
  const worker = createWorker(
    queue,
    redis,
    (job) => handle({ data: job.data, last: attemptsLeft(job) <= 1 }),
    {
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: NEVER_FAIL_STALLED,
    },
  );
  worker.on('failed', (job, error) => {
    countFailure('processor', 'batch');
    const final = job !== undefined && attemptsLeft(job) <= 0;
    if (final) countDrop('unknown', 'unreadable_batch', counted.safeParse(job.data).data?.count ?? 1);
    logger.error({ err: error, batchId: job?.id, final }, 'a batch failed');
  });
  worker.on('stalled', (batchId) => logger.warn({ batchId }, 'a batch is delivered again'));
  // Also a lock that was lost while this process was blocked: the batch is or will be stored once, by whomever.
  worker.on('error', (error) => {
    countFailure('processor', 'queue');
    logger.warn({ err: error }, 'queue trouble');
  });
  return worker;
}

const attemptsLeft = (job: Job): number => (job.opts.attempts ?? 1) - job.attemptsMade;
