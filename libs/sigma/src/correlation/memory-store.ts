import { absorb } from './state.js';
import type { State } from './state.js';
import type { Completion, CorrelationOp, CorrelationResult, CorrelationStore, Observation } from './store.js';

/** Length of a segment, in windows. */
const SEGMENT_WINDOWS = 4;

/**
 * Correlations in this process's memory, for a backtest, a test or the command line. Nothing expires.
 *
 * A group's observations are kept in segments of event time, so that a key is small whatever times arrive. An observation at t goes to the
 * segment of t and to that of t − W; the window that ends at t then lies wholly in the segment of t − W. Segments are storage only: no window is
 * aligned to them.
 */
export class MemoryCorrelationStore implements CorrelationStore {
  readonly #states = new Map<string, State>();

  apply(tenantId: string, ops: readonly CorrelationOp[]): Promise<CorrelationResult[]> {
    return Promise.resolve(ops.map((op) => this.#applyOne(tenantId, op)));
  }

  /** How many observations each key of a tenant holds; what the memory bound is tested on. */
  sizes(tenantId: string): number[] {
    const prefix = JSON.stringify([tenantId]).slice(0, -1);
    return [...this.#states].flatMap(([key, state]) => (key.startsWith(`${prefix},`) ? state.length : []));
  }

  #applyOne(tenantId: string, { rule, group, spec, observations }: CorrelationOp): CorrelationResult {
    const length = SEGMENT_WINDOWS * spec.windowMs;
    const bySegment = new Map<number, Observation[]>();
    const place = (segment: number, one: Observation) => {
      const list = bySegment.get(segment);
      if (list === undefined) bySegment.set(segment, [one]);
      else list.push(one);
    };
    const segmentOf = (time: number) => Math.floor(time / length);
    for (const one of observations) {
      place(segmentOf(one.time), one);
      if (segmentOf(one.time - spec.windowMs) !== segmentOf(one.time))
        place(segmentOf(one.time - spec.windowMs), one);
    }
    const completions: Completion[] = [];
    let forgotten = 0;
    for (const [segment, added] of bySegment) {
      const key = JSON.stringify([tenantId, rule, group, segment]);
      const absorbed = absorb(this.#states.get(key) ?? [], added, spec);
      this.#states.set(key, absorbed.state);
      forgotten += absorbed.forgotten;
      for (const { id, time, carry } of absorbed.held)
        if (segmentOf(time - spec.windowMs) === segment) completions.push({ id, time, carry });
    }
    return { completions: completions.sort((a, b) => a.time - b.time), forgotten };
  }
}
