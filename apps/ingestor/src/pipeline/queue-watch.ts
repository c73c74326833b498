import { countFailure, metrics } from '@parapet/telemetry';
import type { Backpressure } from './backpressure.js';
import type { Lane } from './publisher.js';
import type { OverflowState, Quotas } from './quota.js';

/** What the watch asks of the queue; `Producer` is one. */
export interface QueueDepth {
  depth(): Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
}

const POLL_MS = 250;
/** Batches in the slower lane from which on it is behind: a few seconds of what it stores when nobody else needs the time. */
const OVERFLOW_BEHIND = 64;

/** Tells the backpressure how many batches wait, so that senders are slowed before Redis is full. */
export class QueueWatch {
  private timer: NodeJS.Timeout | undefined;
  private asking = false;

  constructor(
    private readonly queues: Record<Lane, QueueDepth>,
    private readonly backpressure: Backpressure,
    private readonly quotas: Quotas,
    /** Batches in the slower lane from which on it takes no more. */
    private readonly overflowLimit: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private stateOf(overflowBatches: number): OverflowState {
    if (overflowBatches >= this.overflowLimit) return 'full';
    return overflowBatches >= OVERFLOW_BEHIND ? 'behind' : 'open';
  }

  private async look(): Promise<void> {
    metrics.buffered.set(this.backpressure.buffered);
    // One question at a time: while Redis is away they would only pile up.
    if (this.asking) return;
    this.asking = true;
    try {
      const [depth, overflow] = await Promise.all([this.queues.events.depth(), this.queues.overflow.depth()]);
      this.backpressure.queueDepth(depth.waiting + depth.delayed);
      this.quotas.setOverflow(this.stateOf(overflow.waiting + overflow.delayed));
      for (const [queue, jobsByState] of Object.entries({ events: depth, overflow }))
        for (const [state, jobs] of Object.entries(jobsByState))
          metrics.queueDepth.set({ queue, state }, jobs);
    } catch {
      countFailure('queue', 'depth');
    } finally {
      this.asking = false;
    }
  }
}
