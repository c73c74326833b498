import { countFailure, metrics } from '@parapet/telemetry';
import type { Backpressure } from './backpressure.js';

/** What the watch asks of the queue; `Producer` is one. */
export interface QueueDepth {
  depth(): Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
}

const POLL_MS = 250;

/** Tells the backpressure how many batches wait, so that senders are slowed before Redis is full. */
export class QueueWatch {
  private timer: NodeJS.Timeout | undefined;
  private asking = false;

  constructor(
    private readonly queue: QueueDepth,
    private readonly backpressure: Backpressure,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    metrics.buffered.set(this.backpressure.buffered);
    // One question at a time: while Redis is away they would only pile up.
    if (this.asking) return;
    this.asking = true;
    try {
      const depth = await this.queue.depth();
      this.backpressure.queueDepth(depth.waiting + depth.delayed);
      for (const [state, jobs] of Object.entries(depth))
        metrics.queueDepth.set({ queue: 'events', state }, jobs);
    } catch {
      countFailure('queue', 'depth');
    } finally {
      this.asking = false;
    }
  }
}
