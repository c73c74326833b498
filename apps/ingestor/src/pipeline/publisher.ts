import { z } from 'zod';
import { eventBatchSchema, type EventBatch } from '@parapet/contracts';
import { packEvents } from '@parapet/queue';
import { countDrop, countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { Backpressure } from './backpressure.js';
import type { Batch } from './batcher.js';
import { FairQueue } from './fair-queue.js';
import type { InDoubt } from './in-doubt.js';
import type { Mark } from './receipt.js';
import type { Spool } from './spool.js';

/** A queue as the publisher needs it; `Producer<'events'>` is one. */
export interface EventQueue {
  add(jobId: string, message: EventBatch): Promise<void>;
}

/** `overflow` is the slower lane, for what a tenant sends over its quota. */
export const LANES = ['events', 'overflow'] as const;
export type Lane = (typeof LANES)[number];

const spooledSchema = z.object({
  lane: z.enum(LANES),
  message: eventBatchSchema,
  tenants: z.array(z.object({ slug: z.string(), events: z.int() })),
});

interface Packed extends z.infer<typeof spooledSchema> {
  events: number;
  bytes: number;
  marks: Mark[];
  /** The spool has it and will bring it to Redis; this try may still succeed. */
  spooled: boolean;
}

export interface PublisherOptions {
  queues: Record<Lane, EventQueue>;
  backpressure: Backpressure;
  inDoubt: Pick<InDoubt, 'opened'>;
  /** Where batches wait while Redis is away; without one they wait in memory. */
  spool?: Spool;
  newId: () => string;
  logger: Logger;
}

/** Adds that wait for Redis at once; the rest waits here, packed, where it is bounded. */
const MAX_IN_FLIGHT = 8;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2000;
const LOG_EVERY_MS = 10_000;
/** How long Redis may owe an answer before what waits goes to disk. */
const SPOOL_AFTER_MS = 2000;
const LOOK_EVERY_MS = 250;

/**
 * Brings batches into Redis. A batch is tried with the same id until Redis has it, whatever the answer (away, read-only,
 * out of memory: R6). What Redis does not take for two seconds goes to the spool, and from there to Redis in order; only
 * batches whose senders wait for an acknowledgement stay, because those senders keep their events themselves.
 */
export class Publisher {
  private readonly waiting = new FairQueue<Packed>();
  private readonly trying = new Set<Packed>();
  /** Since when Redis has answered nothing that we asked; 0: it answers. */
  private silentSince = 0;
  private spilling: Promise<void> | undefined;
  private draining: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private loggedAt = 0;
  private idle: (() => void)[] = [];

  constructor(private readonly options: PublisherOptions) {}

  /** Begins to watch for a silent Redis, and to bring what an earlier process spooled. */
  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.drainSpool();
  }

  publish(batch: Batch, lane: Lane = 'events'): void {
    const sections = batch.sections.map(({ tenantId, events }) => ({ tenantId, events }));
    this.waiting.push(batch.lane, {
      lane,
      message: packEvents(this.options.newId(), sections),
      tenants: batch.sections.map(({ tenantSlug, events }) => ({ slug: tenantSlug, events: events.length })),
      events: batch.events,
      bytes: batch.bytes,
      marks: batch.sections.flatMap(({ marks }) => marks),
      spooled: false,
    });
    this.next();
  }

  /** Batches that are neither in Redis nor on disk. */
  get pending(): number {
    let spooled = 0;
    for (const packed of this.trying) if (packed.spooled) spooled++;
    return this.waiting.size + this.trying.size - spooled;
  }

  /** Whether Redis takes nothing: who waits for an acknowledgement is better told to come again. */
  get stalled(): boolean {
    return this.silentSince !== 0 && Date.now() - this.silentSince >= SPOOL_AFTER_MS;
  }

  /**
   * Waits until Redis has everything, at most `timeoutMs`; then what is left goes to the spool. Resolves with whether
   * nothing is left in memory.
   */
  async drained(timeoutMs: number): Promise<boolean> {
    if (this.pending > 0 && !this.stalled) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([new Promise<void>((resolve) => this.idle.push(resolve)), timeout]);
      clearTimeout(timer);
    }
    this.stopped = true;
    clearInterval(this.timer);
    await this.spilling;
    if (this.pending > 0) await this.spill();
    await this.options.spool?.close();
    return this.pending === 0;
  }

  private next(): void {
    while (this.trying.size < MAX_IN_FLIGHT) {
      const packed = this.waiting.shift();
      if (packed === undefined) return;
      this.trying.add(packed);
      if (this.silentSince === 0) this.silentSince = Date.now();
      this.options.inDoubt.opened(packed.message.batchId, packed.marks);
      void this.send(packed, FIRST_RETRY_MS);
    }
  }

  private async send(packed: Packed, retryMs: number): Promise<void> {
    try {
      await this.options.queues[packed.lane].add(packed.message.batchId, packed.message);
    } catch (error) {
      countFailure('publisher', 'add');
      this.complain(error);
      if (this.stopped) return;
      setTimeout(
        () => void this.send(packed, Math.min(retryMs * 2, LAST_RETRY_MS)),
        retryMs * (0.75 + Math.random() / 2),
      );
      return;
    }
    this.trying.delete(packed);
    this.silentSince = this.trying.size === 0 ? 0 : Date.now();
    if (!packed.spooled) {
      countAccepted(packed.tenants);
      this.options.backpressure.release(packed.events, packed.bytes);
      for (const mark of packed.marks) mark.settle();
    }
    this.next();
    if (this.pending === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  private look(): void {
    if (this.stalled) this.spilling ??= this.spill().finally(() => (this.spilling = undefined));
    this.drainSpool();
  }

  /** Writes what waits for Redis to disk, and what is being tried too: the batch ledger sees to it that it counts once. */
  private async spill(): Promise<void> {
    const { spool, backpressure, logger } = this.options;
    if (spool === undefined) return;
    const queued = this.waiting.takeAll(({ marks }) => marks.length === 0);
    const tried = [...this.trying].filter(({ marks, spooled }) => marks.length === 0 && !spooled);
    const batches = [...tried, ...queued.map(({ item }) => item)];
    if (batches.length === 0) return;
    let written = 0;
    try {
      written = await spool.append(batches.map(toRecord));
    } catch (error) {
      countFailure('spool', 'append');
      this.complain(error);
    }
    let events = 0;
    for (const packed of batches.slice(0, written)) {
      events += packed.events;
      // What Redis took while the disk wrote is accounted for already.
      if (tried.includes(packed) && !this.trying.has(packed)) continue;
      packed.spooled = true;
      backpressure.release(packed.events, packed.bytes);
    }
    metrics.spooled.inc(events);
    for (const { lane, item } of queued) if (!item.spooled) this.waiting.push(lane, item);
    if (written > 0)
      logger.warn({ batches: written, events, bytes: spool.bytes }, 'Redis is away; batches went to disk');
    this.next();
  }

  private drainSpool(): void {
    const { spool } = this.options;
    if (spool === undefined || spool.empty || this.stopped) return;
    this.draining ??= this.drain(spool)
      .catch((error: unknown) => {
        countFailure('spool', 'read');
        this.complain(error);
      })
      .finally(() => (this.draining = undefined));
  }

  private async drain(spool: Spool): Promise<void> {
    while (!this.stopped) {
      const record = await spool.peek();
      if (record === undefined) return;
      const spooled = readRecord(record);
      if (spooled === undefined) {
        countDrop('unknown', 'unreadable_batch');
        await spool.advance(record.length);
        continue;
      }
      const { lane, message, tenants } = spooled;
      try {
        await this.options.queues[lane].add(message.batchId, message);
      } catch (error) {
        countFailure('publisher', 'drain');
        this.complain(error);
        return; // the next look goes on
      }
      countAccepted(tenants);
      await spool.advance(record.length);
      if (spool.empty) this.options.logger.info('what was on disk is in Redis');
    }
  }

  private complain(error: unknown): void {
    const now = Date.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return;
    this.loggedAt = now;
    this.options.logger.error(
      { err: error, heldEvents: this.options.backpressure.buffered },
      'Redis takes no batch; it is tried again, and what waits goes to disk',
    );
  }
}

function toRecord({ lane, message, tenants }: Packed): Buffer {
  return Buffer.from(JSON.stringify({ lane, message, tenants }));
}

/** Undefined for a record that is whole but none of ours, as after a downgrade. */
function readRecord(record: Buffer): z.infer<typeof spooledSchema> | undefined {
  try {
    return spooledSchema.parse(JSON.parse(record.toString()));
  } catch {
    return undefined; // the caller counts it
  }
}

function countAccepted(tenants: Packed['tenants']): void {
  for (const { slug, events } of tenants) metrics.accepted.inc({ tenant: slug }, events);
}
