import type { CorrelationSpec, Observation } from './store.js';

/** Length of a segment, in windows. */
const SEGMENT_WINDOWS = 4;

/** Number of the segment that a time lies in. */
export function segmentsOf({ windowMs }: CorrelationSpec): (time: number) => number {
  return (time) => Math.floor(time / (SEGMENT_WINDOWS * windowMs));
}

/** The segment that tells of the window which ends at this time. */
export function completionSegment(time: number, spec: CorrelationSpec): number {
  return segmentsOf(spec)(time - spec.windowMs);
}

/**
 * Observations by segment: one at t goes to the segment of t and to that of t − W, so that the window which ends at t lies wholly in the
 * segment of t − W.
 */
export function correlationSegments(
  observations: readonly Observation[],
  spec: CorrelationSpec,
): Map<number, Observation[]> {
  const segmentOf = segmentsOf(spec);
  const bySegment = new Map<number, Observation[]>();
  const place = (segment: number, one: Observation) => {
    const list = bySegment.get(segment);
    if (list === undefined) bySegment.set(segment, [one]);
    else list.push(one);
  };
  for (const one of observations) {
    const segment = segmentOf(one.time);
    place(segment, one);
    const before = completionSegment(one.time, spec);
    if (before !== segment) place(before, one);
  }
  return bySegment;
}
