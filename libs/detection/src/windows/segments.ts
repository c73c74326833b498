import { reduce } from './window-state.js';
import type { WindowState } from './window-state.js';
import { unionSpans } from './spans.js';
import type { Span } from './spans.js';
import { NOTHING } from './window.js';
import type { Member, Observation, TrailPoint, WindowOp, WindowRegion, WindowResult } from './window.js';

/** Length of a segment, in windows. */
const SEGMENT_WINDOWS = 4;

/**
 * A group's observations are kept in segments of event time, one key each, so that a key is small whatever times
 * arrive. An observation at t goes to the segment of t and to that of t − W: hence every window [s, s+W] lies wholly
 * inside the segment of s. A mark at t asks about windows that start in [t − 2 W, t − W] and goes there. Segments are
 * storage only; no window is aligned to them.
 */
export interface SegmentDelta {
  /** Index of the op in the batch. */
  op: number;
  /** Last part of the key. */
  segment: number;
  /** Where the segment begins, epoch ms. Times of `delta` count from here, so that they pack small. */
  base: number;
  delta: WindowState;
}

/** What a key knows about the neighbourhood of a delta. Times count from the segment's base. */
export interface SegmentAnswer {
  starts: readonly Span[];
  members: readonly Member[];
  /** Marks; of a trail all sightings. */
  marks: readonly TrailPoint[];
}

/** Name of a window key, below the tenant: other settings of a detector are other windows. */
export function windowKey(op: WindowOp, segment: number): string {
  const { threshold, windowMs, mode, slotMs } = op.spec;
  return `win:${op.detector}:${mode}-${slotMs ?? threshold}-${windowMs}:${op.group}:${segment}`;
}

/** Reduces each op to one delta for each segment that it touches. */
export function planSegments(ops: readonly WindowOp[]): SegmentDelta[] {
  return ops.flatMap((op, index) => planOp(op, index));
}

function planOp(op: WindowOp, index: number): SegmentDelta[] {
  const { spec } = op;
  const length = SEGMENT_WINDOWS * spec.windowMs;
  const bySegment = new Map<number, Map<string, Observation>>();
  const place = (segment: number, observation: Observation) => {
    let content = bySegment.get(segment);
    if (content === undefined) bySegment.set(segment, (content = new Map<string, Observation>()));
    content.set(observation.id, {
      ...observation,
      time: observation.time - segment * length,
      weight: Math.min(observation.weight, spec.threshold),
    });
  };
  for (const observation of op.observations) {
    const latest = observation.time - (isMark(observation, op) ? spec.windowMs : 0);
    const segment = Math.floor(latest / length);
    const earlier = Math.floor((latest - spec.windowMs) / length);
    place(segment, observation);
    if (earlier !== segment) place(earlier, observation);
  }
  return Array.from(bySegment, ([segment, content]) => ({
    op: index,
    segment,
    base: segment * length,
    delta: reduce([...content.values()], spec),
  }));
}

const isMark = (observation: Observation, op: WindowOp) =>
  observation.weight === 0 && op.spec.mode !== 'trail';

/** Joins what the segments of one op answered to regions of event time. */
export function settle(op: WindowOp, answers: readonly (SegmentAnswer & { base: number })[]): WindowResult {
  if (op.spec.mode === 'trail') return { ...NOTHING, trail: trailOf(op, answers) };
  const known = new Map<string, Point>();
  const marks = new Map<string, Point>();
  let starts: Span[] = [];
  for (const { base, starts: segmentStarts, members, marks: segmentMarks } of answers) {
    if (segmentStarts.length === 0) continue;
    const absolute = segmentStarts.map(({ from, to }) => ({ from: from + base, to: to + base }));
    starts = unionSpans(starts, absolute);
    for (const { id, time } of members) known.set(id, { id, time: time + base, own: null });
    for (const { id, time } of segmentMarks) marks.set(id, { id, time: time + base, own: null });
  }
  if (starts.length === 0) return NOTHING;
  for (const own of op.observations)
    (own.weight === 0 ? marks : known).set(own.id, { id: own.id, time: own.time, own });
  const points = byTime(known.values());
  const { windowMs } = op.spec;
  return {
    regions: joinRegions(points, starts, windowMs).filter((region) => region.own.length > 0),
    marked: marks.size === 0 ? [] : markedRegions(byTime(marks.values()), points, starts, windowMs),
    trail: [],
  };
}

const byTime = <T extends { time: number }>(points: Iterable<T>): T[] =>
  [...points].sort((a, b) => a.time - b.time);

function trailOf(op: WindowOp, answers: readonly (SegmentAnswer & { base: number })[]): TrailPoint[] {
  const trail = new Map<string, TrailPoint>();
  for (const { base, marks } of answers)
    for (const { id, time, key } of marks) trail.set(id, { id, time: time + base, key });
  for (const { id, time, key } of op.observations) trail.set(id, { id, time, key });
  return byTime(trail.values());
}

/** Marks that a qualifying window leads up to, with what that window counted. */
function markedRegions(
  marks: readonly Point[],
  points: readonly Point[],
  starts: readonly Span[],
  windowMs: number,
): WindowRegion[] {
  const regions: WindowRegion[] = [];
  for (const mark of marks) {
    const from = mark.time - 2 * windowMs;
    if (!starts.some((span) => span.from <= mark.time - windowMs && from <= span.to)) continue;
    let region = regions.at(-1);
    if (region === undefined || mark.time - region.to > windowMs) {
      region = { from: mark.time, to: mark.time, own: [], others: [] };
      regions.push(region);
    }
    region.to = mark.time;
    if (mark.own === null) region.others.push({ id: mark.id, time: mark.time });
    else region.own.push(mark.own);
  }
  for (const region of regions) {
    const before = points.filter(
      ({ time }) =>
        region.from - 2 * windowMs <= time &&
        time <= region.to &&
        starts.some((span) => span.from <= time && time <= span.to + windowMs),
    );
    region.own = byTime([...before.flatMap(({ own }) => own ?? []), ...region.own]);
    region.others = byTime([
      ...before.flatMap(({ id, time, own }) => (own === null ? { id, time } : [])),
      ...region.others,
    ]);
  }
  return regions.filter((region) => region.own.length > 0);
}

interface Point extends Member {
  own: Observation | null;
}

/**
 * Points in a qualifying window, joined when they lie at most one window apart, or in the windows of one span (of
 * which the points in between may no longer be known).
 */
function joinRegions(points: readonly Point[], starts: readonly Span[], windowMs: number): WindowRegion[] {
  const regions: WindowRegion[] = [];
  let first = 0;
  let last = -1;
  let lastOfRegion = -1;
  for (const point of points) {
    // The spans whose windows contain the point are those from `first` to `last`.
    while (first < starts.length && (starts[first]?.to ?? 0) + windowMs < point.time) first += 1;
    while (last + 1 < starts.length && (starts[last + 1]?.from ?? 0) <= point.time) last += 1;
    if (first > last) continue;
    let region = regions.at(-1);
    if (region === undefined || (point.time - region.to > windowMs && first > lastOfRegion)) {
      region = { from: point.time, to: point.time, own: [], others: [] };
      regions.push(region);
    }
    region.to = point.time;
    lastOfRegion = last;
    if (point.own === null) region.others.push({ id: point.id, time: point.time });
    else region.own.push(point.own);
  }
  return regions;
}
