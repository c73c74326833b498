import type { CorrelationLimit, CorrelationType } from '../ast.js';

/** What a correlation asks of the events of one group. */
export interface CorrelationSpec {
  readonly type: CorrelationType;
  /** The events of [t − windowMs, t], both ends included, are looked at together. */
  readonly windowMs: number;
  readonly limits: readonly CorrelationLimit[];
  /** How many rules the correlation refers to. */
  readonly rules: number;
  /** 0–100, for value_percentile. */
  readonly percentile: number;
}

/** One event that a referenced rule found. */
export interface Observation {
  /** Id of the event. Adding the same event for the same rule again changes nothing. */
  readonly id: string;
  /** The event's own time, epoch ms. */
  readonly time: number;
  /** Which of the referenced rules found it, in the order of the correlation. */
  readonly source: number;
  /** value_count: the value(s); the other value types: the number as text; otherwise empty. */
  readonly value: string;
  /** Fields that correlations above this one need of the event, as JSON; otherwise empty. */
  readonly carry: string;
}

/** All that one batch has to say about one group of one correlation. */
export interface CorrelationOp {
  /** The correlation's rule id. */
  readonly rule: string;
  /** What the events have in common. */
  readonly group: string;
  readonly spec: CorrelationSpec;
  readonly observations: readonly Observation[];
}

/** An event at which the condition holds: the events of the window that ends with it fulfil it. */
export interface Completion {
  readonly id: string;
  readonly time: number;
  readonly carry: string;
}

export interface CorrelationResult {
  /** In order of time: events of the op, and known ones that a late arrival completed. May repeat what was said before. */
  readonly completions: readonly Completion[];
  /** Observations that the bound on a group's memory let go without their having counted in every window; to be counted by the caller. */
  readonly forgotten: number;
}

/** Where correlations keep what they have seen: memory in a backtest, a test and the command line. */
export interface CorrelationStore {
  /** One result for each op, in the same order. */
  apply(tenantId: string, ops: readonly CorrelationOp[]): Promise<CorrelationResult[]>;
}
