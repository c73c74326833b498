import { absorb } from './state.js';
import type { State } from './state.js';
import { completionSegment, correlationSegments } from './segments.js';
import type { Completion, CorrelationOp, CorrelationResult, CorrelationStore } from './store.js';

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
    const completions: Completion[] = [];
    let forgotten = 0;
    for (const [segment, added] of correlationSegments(observations, spec)) {
      const key = JSON.stringify([tenantId, rule, group, segment]);
      const absorbed = absorb(this.#states.get(key) ?? [], added, spec);
      this.#states.set(key, absorbed.state);
      forgotten += absorbed.forgotten;
      for (const { id, time, carry } of absorbed.held)
        if (completionSegment(time, spec) === segment) completions.push({ id, time, carry });
    }
    return { completions: completions.sort((a, b) => a.time - b.time), forgotten };
  }
}
