/**
 * How a window counts. `sum`: per key the larger of its classes' weights, so that two kinds of line about one login
 * attempt count once. `distinct`: a key counts 1 however often it is seen. `trail` counts nothing: it remembers where
 * (key) and when something was seen, for a detector to judge; its observations weigh nothing.
 */
export type WindowMode = 'sum' | 'distinct' | 'trail';

export interface WindowSpec {
  /** Two observations are in one window when their times differ by at most this, in ms. */
  windowMs: number;
  /** The window qualifies when it counts at least this much. */
  threshold: number;
  mode: WindowMode;
  /** `trail` alone: of one key's observations within this many ms the first and the last are enough. */
  slotMs?: number;
}

/** What marks of every window have for a key; what is counted has another. */
export const MARK_KEY = '';

/** What one event adds to a window. */
export interface Observation {
  /** Id of the event: adding the same id again changes nothing. */
  id: string;
  /** The event's own time, epoch ms, an integer. */
  time: number;
  key: string;
  cls: string;
  /**
   * More than the threshold is the same as the threshold. 0 is a mark: it doesn't count, and the answer says which
   * marks follow a window that reached the threshold. A mark's key is `MARK_KEY`.
   */
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

/** A sighting of a trail that the store still knows. */
export interface TrailPoint extends Member {
  key: string;
}

export interface WindowResult {
  /** The regions that contain at least one observation of the op, earliest first. */
  regions: WindowRegion[];
  /**
   * Marks at t for which some window inside [t − 2 W, t] reached the threshold, joined when at most W apart, where the
   * op has one of the marks or of the observations before them. `from` and `to` are those of the marks.
   */
  marked: WindowRegion[];
  /** Mode `trail`: what is known of the time around the op's observations, in order of time, the op's own included. */
  trail: TrailPoint[];
}

/** The answer to an op about which there is nothing to say. */
export const NOTHING: WindowResult = { regions: [], marked: [], trail: [] };

/** Where windows are kept: Redis in the processor, memory in a backtest, a test and the command line. */
export interface WindowStore {
  /** Adds the observations and says which regions they lie in; one result for each op, in the same order. */
  apply(tenantId: string, ops: readonly WindowOp[]): Promise<WindowResult[]>;
}
