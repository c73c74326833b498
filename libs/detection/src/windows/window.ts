/**
 * How a window counts. `sum`: per key the larger of its classes' weights, so that two kinds of line about one login
 * attempt count once. `distinct`: a key counts 1 however often it is seen.
 */
export type WindowMode = 'sum' | 'distinct';

export interface WindowSpec {
  /** Two observations are in one window when their times differ by at most this, in ms. */
  windowMs: number;
  /** The window qualifies when it counts at least this much. */
  threshold: number;
  mode: WindowMode;
}

/** What one event adds to a window. */
export interface Observation {
  /** Id of the event: adding the same id again changes nothing. */
  id: string;
  /** The event's own time, epoch ms, an integer. */
  time: number;
  key: string;
  cls: string;
  /** At least 1. More than the threshold is the same as the threshold. */
  weight: number;
}

/** All that one batch has to say about one group of one detector. */
export interface WindowOp {
  detector: string;
  /** What the events have in common, as part of a Redis key. */
  group: string;
  spec: WindowSpec;
  observations: readonly Observation[];
}

export interface Member {
  id: string;
  /** Epoch ms. */
  time: number;
}

/**
 * A stretch of time in which the threshold was reached: the union of qualifying windows that overlap or lie at most
 * one window apart. `from` and `to` are times of events (epoch ms).
 */
export interface WindowRegion {
  from: number;
  to: number;
  /** This op's observations in the region, in order of time. */
  own: Observation[];
  /** Earlier events in the region that the store still knows; their number is bounded by the threshold. */
  others: Member[];
}

export interface WindowResult {
  /** The regions that contain at least one observation of the op, earliest first. */
  regions: WindowRegion[];
}

/** Where windows are kept: Redis in the processor, memory in a backtest, a test and the command line. */
export interface WindowStore {
  /** Adds the observations and says which regions they lie in; one result for each op, in the same order. */
  apply(tenantId: string, ops: readonly WindowOp[]): Promise<WindowResult[]>;
}
