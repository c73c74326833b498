import type { NormalizedEvent } from '@parapet/contracts';
import type { Mark } from './receipt.js';
import type { Route } from './route.js';

/** One tenant's part of a batch. */
export interface Section {
  tenantId: string;
  tenantSlug: string;
  events: NormalizedEvent[];
  /** Raw size of the frames. */
  bytes: number;
  /** The events whose senders wait for an acknowledgement. */
  marks: Mark[];
}

/** What becomes one job. `lane` keeps tenants apart on their way to Redis: a tenant's id, or `shared`. */
export interface Batch {
  lane: string;
  sections: Section[];
  events: number;
  bytes: number;
}

export interface BatchLimits {
  events: number;
  /** Longest wait of an event for its batch, ms. */
  lingerMs: number;
}

/** Raw bytes a batch. Unpacked, an event is up to four times its frame, and a batch must stay below 32 MiB. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
export const SHARED_LANE = 'shared';
/** A sender that waits for us sends no more until it hears of this: its events wait for company only this long, ms. */
const AWAITED_LINGER_MS = 5;

/**
 * Gathers events by tenant. A tenant that fills a batch within the linger gets its own; what is left when the linger
 * ends is packed together, in sections by tenant, so that a thousand quiet tenants don't cost a thousand jobs a tick.
 */
export class Batcher {
  private open = new Map<string, Section>();
  private timer: NodeJS.Timeout | undefined;
  private awaited: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: BatchLimits,
    private readonly emit: (batch: Batch) => void,
  ) {}

  /** `bytes`: raw size of the event's frame; `mark`: its sender waits for an acknowledgement. */
  add(event: NormalizedEvent, route: Route, bytes: number, mark?: Mark): void {
    let section = this.open.get(route.tenantId);
    if (section === undefined) {
      section = { tenantId: route.tenantId, tenantSlug: route.tenantSlug, events: [], bytes: 0, marks: [] };
      this.open.set(route.tenantId, section);
    }
    section.events.push(event);
    section.bytes += bytes;
    if (mark !== undefined) {
      section.marks.push(mark);
      this.awaited ??= setTimeout(() => this.flush(), AWAITED_LINGER_MS);
    }
    if (section.events.length >= this.limits.events || section.bytes >= MAX_BATCH_BYTES) {
      this.open.delete(route.tenantId);
      this.emit({
        lane: route.tenantId,
        sections: [section],
        events: section.events.length,
        bytes: section.bytes,
      });
    } else if (this.timer === undefined) {
      this.timer = setTimeout(() => this.flush(), this.limits.lingerMs);
    }
  }

  /** Hands out all that is open, now. */
  flush(): void {
    clearTimeout(this.timer);
    clearTimeout(this.awaited);
    this.timer = undefined;
    this.awaited = undefined;
    const sections = this.open;
    this.open = new Map();
    let batch: Batch | undefined;
    for (const section of sections.values()) {
      if (
        batch !== undefined &&
        (batch.events + section.events.length > this.limits.events ||
          batch.bytes + section.bytes > MAX_BATCH_BYTES)
      ) {
        this.emit(batch);
        batch = undefined;
      }
      batch ??= { lane: SHARED_LANE, sections: [], events: 0, bytes: 0 };
      batch.sections.push(section);
      batch.events += section.events.length;
      batch.bytes += section.bytes;
    }
    if (batch !== undefined) this.emit(batch);
  }
}
