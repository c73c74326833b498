import { compareObservations, holding } from './evaluate.js';
import type { CorrelationSpec, Observation } from './store.js';

/** Observations that a key may hold beyond what its own threshold asks for. */
const MAX_ENTRIES = 5000;

/**
 * What one key holds: sorted observations without duplicates. Three rules let go of observations that can't change an answer any more, whatever arrives
 * later and in whatever order; each speaks of every window of length W, also of those that no event has ended yet.
 *
 * - Saturated (event_count, value_count): N is the smallest count above which no limit tells a difference. If the N nearest others on either side of x lie within one
 *   W, then every window that contains x contains the N on its left or the N on its right, and counts N without it.
 * - Between (value_count, temporal): p ≤ m ≤ q say the same (value, rule) and q − p ≤ W. A window that contains m but neither p nor q would be
 *   shorter than W.
 * - Crowded (temporal_ordered): of the observations that one rule has in a sixty-fourth of W, only the first and the last stay. A sequence that could only
 *   begin between the two is found as if W were so much shorter; nothing else changes.
 * - Sums need every observation. They, and whatever else is left above a fixed number, lose the oldest; that is counted and reported.
 */
export type State = readonly Observation[];

export interface Absorbed {
  state: State;
  /** At which the correlation holds, of those that the new observations can concern. */
  held: Observation[];
  forgotten: number;
}

/** Adds observations to what a key holds. */
export function absorb(state: State, added: readonly Observation[], spec: CorrelationSpec): Absorbed {
  const keyOf = identityOf(spec);
  const seen = new Set(state.map(keyOf));
  const fresh: Observation[] = [];
  let from = Infinity;
  let to = -Infinity;
  for (const one of added) {
    from = Math.min(from, one.time);
    to = Math.max(to, one.time + spec.windowMs);
    const key = keyOf(one);
    if (seen.has(key)) continue;
    seen.add(key);
    fresh.push(one);
  }
  const merged = fresh.length === 0 ? state : [...state, ...fresh].sort(compareObservations);
  const held = holding(merged, spec).filter(({ time }) => time >= from && time <= to);
  if (fresh.length === 0) return { state, held, forgotten: 0 };
  const thinned = thin(merged, spec);
  const most = Math.max(MAX_ENTRIES, 12 * saturation(spec));
  const forgotten = Math.max(0, thinned.length - most);
  return { state: forgotten > 0 ? thinned.slice(forgotten) : thinned, held, forgotten };
}

/** Observations sorted, without duplicates and without what isn't needed: what a key may hold in their place. */
export function settleObservations(observations: readonly Observation[], spec: CorrelationSpec): State {
  const keyOf = identityOf(spec);
  const seen = new Set<string>();
  const fresh = observations.filter((one) => {
    const key = keyOf(one);
    return !seen.has(key) && seen.add(key);
  });
  return thin(fresh.sort(compareObservations), spec);
}

/** Whether two observations say the same: an event counts once however many rules found it, unless it is the rules that are counted. */
function identityOf({ type }: CorrelationSpec): (observation: Observation) => string {
  return type === 'temporal' || type === 'temporal_ordered'
    ? ({ id, source }) => `${source}:${id}`
    : ({ id, value }) => `${value}:${id}`;
}

/** The smallest count above which all counts are alike to the limits. */
function saturation({ type, limits }: CorrelationSpec): number {
  if (type !== 'event_count' && type !== 'value_count') return 0;
  return limits.reduce(
    (most, { operator, number }) =>
      Math.max(most, operator === 'gte' || operator === 'lt' ? number : number + 1),
    1,
  );
}

function thin(sorted: readonly Observation[], spec: CorrelationSpec): readonly Observation[] {
  if (spec.type === 'event_count') return dropCrowded(sorted, saturation(spec), spec.windowMs);
  if (spec.type === 'temporal') return dropBetween(sorted, spec.windowMs, ({ source }) => source);
  if (spec.type === 'temporal_ordered') return dropWithinMoments(sorted, Math.floor(spec.windowMs / MOMENTS));
  if (spec.type !== 'value_count') return sorted;
  const rest = dropBetween(sorted, spec.windowMs, ({ value }) => value);
  const most = saturation(spec);
  // Worth its cost only when there is much to let go.
  return rest.length > 6 * most + 32 ? dropSaturated(rest, most, spec.windowMs) : rest;
}

function dropBetween(
  sorted: readonly Observation[],
  windowMs: number,
  keyOf: (observation: Observation) => string | number,
): readonly Observation[] {
  const runs = new Map<string | number, { before: Observation | undefined; last: Observation }>();
  const dropped = new Set<Observation>();
  for (const one of sorted) {
    const run = runs.get(keyOf(one));
    if (run === undefined) {
      runs.set(keyOf(one), { before: undefined, last: one });
      continue;
    }
    if (run.before !== undefined && one.time - run.before.time <= windowMs) dropped.add(run.last);
    else run.before = run.last;
    run.last = one;
  }
  return dropped.size === 0 ? sorted : sorted.filter((one) => !dropped.has(one));
}

/** In a window. */
const MOMENTS = 64;

function dropWithinMoments(sorted: readonly Observation[], momentMs: number): readonly Observation[] {
  // Of each rule, those of its moment so far: whether there is one, and the last.
  const moments = new Map<number, { moment: number; last: Observation | undefined }>();
  const dropped = new Set<Observation>();
  for (const one of sorted) {
    const moment = Math.floor(one.time / Math.max(1, momentMs));
    const known = moments.get(one.source);
    if (known?.moment !== moment) moments.set(one.source, { moment, last: undefined });
    else {
      if (known.last !== undefined) dropped.add(known.last);
      known.last = one;
    }
  }
  return dropped.size === 0 ? sorted : sorted.filter((one) => !dropped.has(one));
}

/** One pass: what is kept so far is the left side, what has not been looked at is the right side. */
function dropCrowded(sorted: readonly Observation[], most: number, windowMs: number): readonly Observation[] {
  if (sorted.length <= 2 * most) return sorted;
  const kept: Observation[] = [];
  sorted.forEach((one, index) => {
    const left = kept[kept.length - most];
    const right = sorted[index + most];
    if (left === undefined || right === undefined || right.time - left.time > windowMs) kept.push(one);
  });
  return kept;
}

function dropSaturated(
  sorted: readonly Observation[],
  most: number,
  windowMs: number,
): readonly Observation[] {
  const kept: Observation[] = [];
  sorted.forEach((one, index) => {
    const left = reach(kept, kept.length - 1, -1, one, most);
    const right = left === undefined ? undefined : reach(sorted, index + 1, 1, one, most);
    if (left === undefined || right === undefined || right - left > windowMs) kept.push(one);
  });
  return kept;
}

/** The time at which `most` other values have been met, going one way. */
function reach(
  sorted: readonly Observation[],
  from: number,
  step: 1 | -1,
  one: Observation,
  most: number,
): number | undefined {
  const values = new Set<string>();
  for (let i = from; i >= 0 && i < sorted.length; i += step) {
    const other = sorted[i];
    if (other === undefined || other.value === one.value) continue;
    values.add(other.value);
    if (values.size >= most) return other.time;
  }
  return undefined;
}
