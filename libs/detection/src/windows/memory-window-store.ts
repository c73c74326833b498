import { absorb, EMPTY_STATE } from './window-state.js';
import type { WindowState } from './window-state.js';
import { planSegments, settle, windowKey } from './segments.js';
import type { SegmentAnswer } from './segments.js';
import type { WindowOp, WindowResult, WindowStore } from './window.js';

/** Windows in this process's memory, for a backtest, a test or the command line. Nothing expires. */
export class MemoryWindowStore implements WindowStore {
  readonly #states = new Map<string, WindowState>();

  apply(tenantId: string, ops: readonly WindowOp[]): Promise<WindowResult[]> {
    const answers: (SegmentAnswer & { base: number })[][] = ops.map(() => []);
    for (const { op: index, segment, base, delta } of planSegments(ops)) {
      const op = ops[index];
      if (op === undefined) continue;
      const key = `{${tenantId}}:${windowKey(op, segment)}`;
      const { state, known, changed } = absorb(this.#states.get(key) ?? EMPTY_STATE, delta, op.spec);
      if (changed) this.#states.set(key, state);
      answers[index]?.push({
        base,
        starts: known.starts,
        members: known.entries.filter(({ weight }) => weight > 0),
        marks: known.entries.filter(({ weight }) => weight === 0),
      });
    }
    return Promise.resolve(ops.map((op, index) => settle(op, answers[index] ?? [])));
  }

  /** How many observations each key of a tenant holds; what the memory bound is tested on. */
  sizes(tenantId: string): number[] {
    return [...this.#states].flatMap(([key, state]) =>
      key.startsWith(`{${tenantId}}:`) ? state.entries.length : [],
    );
  }
}
