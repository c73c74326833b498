import type { EventBatch } from '@parapet/contracts';
import { packEvents } from '@parapet/queue';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { Backpressure } from './backpressure.js';
import type { Batch } from './batcher.js';
import { FairQueue } from './fair-queue.js';

/** The queue as the publisher needs it; `Producer<'events'>` is one. */
export interface EventQueue {
  add(jobId: string, message: EventBatch): Promise<void>;
}

interface Packed {
  message: EventBatch;
  tenants: { slug: string; events: number }[];
  events: number;
  bytes: number;
}

/** Adds that wait for Redis at once; the rest waits here, packed, where it is bounded. */
const MAX_IN_FLIGHT = 8;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2000;
const LOG_EVERY_MS = 10_000;

/**
 * Brings batches into Redis. A batch is tried with the same id until Redis has it, whatever the answer (away, read-only,
 * out of memory: R6); meanwhile what is held counts against the backpressure, which is what bounds it.
 */
export class Publisher {
  private readonly waiting = new FairQueue<Packed>();
  private inFlight = 0;
  private loggedAt = 0;
  private idle: (() => void)[] = [];

  constructor(
    private readonly queue: EventQueue,
    private readonly backpressure: Backpressure,
    private readonly newId: () => string,
    private readonly logger: Logger,
  ) {}

  publish(batch: Batch): void {
    const sections = batch.sections.map(({ tenantId, events }) => ({ tenantId, events }));
    this.waiting.push(batch.lane, {
      message: packEvents(this.newId(), sections),
      tenants: batch.sections.map(({ tenantSlug, events }) => ({ slug: tenantSlug, events: events.length })),
      events: batch.events,
      bytes: batch.bytes,
    });
    this.next();
  }

  /** Batches that are not yet in Redis. */
  get pending(): number {
    return this.waiting.size + this.inFlight;
  }

  /** Waits until Redis has everything, at most `timeoutMs`. Resolves with whether it has. */
  async drained(timeoutMs: number): Promise<boolean> {
    if (this.pending === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([new Promise<void>((resolve) => this.idle.push(resolve)), timeout]);
    clearTimeout(timer);
    return this.pending === 0;
  }

  private next(): void {
    while (this.inFlight < MAX_IN_FLIGHT) {
      const packed = this.waiting.shift();
      if (packed === undefined) return;
      this.inFlight++;
      void this.send(packed, FIRST_RETRY_MS);
    }
  }

  private async send(packed: Packed, retryMs: number): Promise<void> {
    try {
      await this.queue.add(packed.message.batchId, packed.message);
    } catch (error) {
      countFailure('publisher', 'add');
      this.complain(error);
      setTimeout(
        () => void this.send(packed, Math.min(retryMs * 2, LAST_RETRY_MS)),
        retryMs * (0.75 + Math.random() / 2),
      );
      return;
    }
    for (const { slug, events } of packed.tenants) metrics.accepted.inc({ tenant: slug }, events);
    this.inFlight--;
    this.backpressure.release(packed.events, packed.bytes);
    this.next();
    if (this.pending === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  private complain(error: unknown): void {
    const now = Date.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return;
    this.loggedAt = now;
    this.logger.error(
      { err: error, heldEvents: this.backpressure.buffered },
      'Redis takes no batch; senders are slowed and the batches are tried again',
    );
  }
}
