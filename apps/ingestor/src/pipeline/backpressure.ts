import { metrics } from '@parapet/telemetry';

export interface BufferLimits {
  /** Events received and not yet in Redis at which senders are slowed. */
  events: number;
  /** Their raw size, bytes: long frames must not fill the memory before the number of events is reached. */
  bytes: number;
  /** Batches waiting in Redis at which senders are slowed. */
  waitingBatches: number;
}

/** What is let through again only when the load has fallen this far, so that senders are not switched on and off. */
const RESUME_AT = 0.5;

/**
 * Knows how much is held in memory and in the queue. Streams are paused while `paused`; datagrams, which nobody can
 * slow, are dropped while `full`.
 */
export class Backpressure {
  private events = 0;
  private bytes = 0;
  private waiting = 0;
  private bufferOver = false;
  private queueOver = false;
  private stopped = false;
  private readonly listeners: ((paused: boolean) => void)[] = [];

  constructor(private readonly limits: BufferLimits) {}

  /** Events received and not yet in Redis. */
  get buffered(): number {
    return this.events;
  }

  get paused(): boolean {
    return this.stopped;
  }

  /** Whether nothing more may be taken right now. */
  get full(): boolean {
    return this.queueOver || this.events >= this.limits.events || this.bytes >= this.limits.bytes;
  }

  onChange(listener: (paused: boolean) => void): void {
    this.listeners.push(listener);
  }

  hold(events: number, bytes: number): void {
    this.events += events;
    this.bytes += bytes;
    if (!this.bufferOver && (this.events >= this.limits.events || this.bytes >= this.limits.bytes)) {
      this.bufferOver = true;
      this.settle();
    }
  }

  release(events: number, bytes: number): void {
    this.events -= events;
    this.bytes -= bytes;
    if (
      this.bufferOver &&
      this.events <= this.limits.events * RESUME_AT &&
      this.bytes <= this.limits.bytes * RESUME_AT
    ) {
      this.bufferOver = false;
      this.settle();
    }
  }

  /** The queue's depth as Redis told it last. */
  queueDepth(waiting: number): void {
    this.waiting = waiting;
    if (!this.queueOver && this.waiting >= this.limits.waitingBatches) this.queueOver = true;
    else if (this.queueOver && this.waiting <= this.limits.waitingBatches * RESUME_AT) this.queueOver = false;
    else return;
    this.settle();
  }

  private settle(): void {
    const paused = this.bufferOver || this.queueOver;
    if (paused === this.stopped) return;
    this.stopped = paused;
    metrics.paused.set(paused ? 1 : 0);
    for (const listener of this.listeners) listener(paused);
  }
}
