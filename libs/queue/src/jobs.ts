import type { JobsOptions } from 'bullmq';
import { eventBatchSchema, notifyJobSchema, replayJobSchema } from '@parapet/contracts';

/** R7: eight attempts, exponential from 1 s with jitter; then the job is kept as failed for a week. */
const RETRIED: JobsOptions = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
  removeOnFail: { age: 7 * 24 * 3600 },
};

/**
 * Every queue, its message and its options. Job ids keep an add that is repeated after a lost answer from making a
 * second job; they are no promise of uniqueness (a finished job's id is free again): the ledger and the unique
 * keys in PostgreSQL are.
 */
export const QUEUES = {
  events: {
    name: 'events',
    schema: eventBatchSchema,
    // Payloads are large and the ledger remembers what was stored, so finished batches leave at once.
    options: { ...RETRIED, removeOnComplete: true } satisfies JobsOptions,
  },
  // What tenants send over their quota: worked on only while `events` is empty.
  overflow: {
    name: 'overflow',
    schema: eventBatchSchema,
    options: { ...RETRIED, removeOnComplete: true } satisfies JobsOptions,
  },
  // From the console to the ingestor, which reads lines.
  replay: {
    name: 'replay',
    schema: replayJobSchema,
    options: { ...RETRIED, removeOnComplete: { age: 3600, count: 1000 } } satisfies JobsOptions,
  },
  notify: {
    name: 'notify',
    schema: notifyJobSchema,
    options: { ...RETRIED, removeOnComplete: { age: 3600, count: 1000 } } satisfies JobsOptions,
  },
} as const;

export type QueueName = keyof typeof QUEUES;
export const QUEUE_PREFIX = 'parapet';
