import { Queue, Worker, type Job, type Processor, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { QUEUES, QUEUE_PREFIX, type QueueName } from './jobs.js';

type MessageOf<N extends QueueName> = z.output<(typeof QUEUES)[N]['schema']>;

/** The sending side of one queue. */
export class Producer<N extends QueueName> {
  readonly queue: Queue;

  constructor(
    private readonly name: N,
    connection: Redis,
  ) {
    this.queue = new Queue(QUEUES[name].name, {
      connection,
      prefix: QUEUE_PREFIX,
      defaultJobOptions: QUEUES[name].options,
    });
  }

  /** Resolves when Redis has the message. A job with this id that still exists is left as it is. */
  async add(jobId: string, message: MessageOf<N>, options: { delay?: number } = {}): Promise<void> {
    await this.queue.add(this.name, message, { jobId, ...options });
  }

  /** Jobs that wait, run or are delayed. */
  async depth(): Promise<{ waiting: number; active: number; delayed: number; failed: number }> {
    const counts = await this.queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'prioritized');
    return {
      waiting: (counts.waiting ?? 0) + (counts.prioritized ?? 0),
      active: counts.active ?? 0,
      delayed: counts.delayed ?? 0,
      failed: counts.failed ?? 0,
    };
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}

/**
 * The receiving side. The handler gets the raw data and parses it (`QUEUES[name].schema`, `unpackEvents`), so that what
 * is unreadable fails as a job and is kept.
 */
export function createWorker<N extends QueueName>(
  name: N,
  connection: Redis,
  handle: (job: Job<unknown>) => Promise<void>,
  options: Partial<Omit<WorkerOptions, 'connection' | 'prefix'>> = {},
): Worker {
  return new Worker(QUEUES[name].name, handle as Processor, {
    connection,
    prefix: QUEUE_PREFIX,
    autorun: false,
    ...options,
  });
}
