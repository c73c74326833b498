import { appendSpan, unionSpans } from './spans.js';
import type { Span } from './spans.js';
import type { Observation, WindowSpec } from './window.js';

/**
 * The state of one window key, and what a batch adds to it (the two have one shape).
 *
 * `starts` is the set S of all s for which the window [s, s+W] reaches the threshold. It only grows, and it is all
 * that an answer depends on: an event at t belongs to a qualifying window when [t−W, t] meets S. `entries` are the
 * observations that can still change S. Two rules let go of the others; both keep "does [s, s+W] qualify" the same
 * for every s outside S, now and after any later addition, so the order of arrival can't matter:
 *
 * - Covered: an entry at t lies in the windows that start in [t−W, t]. When that interval is inside S, all of them
 *   qualify already.
 * - Between (`distinct` mode): p ≤ m ≤ q are entries of one key and q − p ≤ W. A window of length W that contains m
 *   but neither p nor q would start after p and end before q: it would be shorter than W. So m adds nothing.
 * - Between, for marks (any mode): a mark at t is hit when S meets [t−2W, t−W]. Let p ≤ m ≤ q be marks, q − p ≤ W, and
 *   s in S hit m: s+W ≤ m ≤ s+2W. If s+W ≤ p then s hits p; if not, q ≤ p+W < s+2W, so s hits q. So one of the two
 *   that stay is hit whenever m is, and lies at most W from it: the same alert.
 *
 * Bound: an entry that is not covered lies in a window that does not qualify, and such a window holds fewer than
 * `threshold` entries of each class (`sum`), or at most two entries of each of fewer than `threshold` keys
 * (`distinct`). A segment (segments.ts) is 5 W long, so what it keeps is some multiple of the threshold, however
 * many events an attacker sends. Of marks it keeps two for each W. A trail keeps two sightings of each key and slot, and
 * the latest `MOST_OF_TRAIL` of all.
 *
 * apps/processor/src/stages/detect/window-script.ts is the same in Lua; one test suite runs over both.
 */
export interface WindowState {
  /** Sorted, disjoint. */
  starts: readonly Span[];
  /** Sorted by time. */
  entries: readonly Observation[];
}

/** How many sightings a key of a trail holds at most. */
export const MOST_OF_TRAIL = 400;

export const EMPTY_STATE: WindowState = { starts: [], entries: [] };

/** The smallest state that says as much as these observations (in any order, without duplicates). */
export function reduce(observations: readonly Observation[], spec: WindowSpec): WindowState {
  const sorted = observations.length < 2 ? observations : [...observations].sort((a, b) => a.time - b.time);
  const starts = qualifyingStarts(sorted, spec);
  return { starts, entries: thin(sorted, starts, spec) };
}

export interface Absorbed {
  state: WindowState;
  /** The state before it was thinned: what is known for the answer. */
  known: WindowState;
  changed: boolean;
}

/** Adds what a batch brings to what a key holds. */
export function absorb(state: WindowState, delta: WindowState, spec: WindowSpec): Absorbed {
  const seen = new Set(state.entries.map((entry) => entry.id));
  const starts = unionSpans(state.starts, delta.starts);
  const fresh = delta.entries.filter((entry) => !seen.has(entry.id) && !covered(starts, entry.time, spec));
  const entries = fresh.length === 0 ? state.entries : mergeByTime(state.entries, fresh);
  const known = {
    starts: fresh.length === 0 ? starts : unionSpans(starts, qualifyingStarts(entries, spec)),
    entries,
  };
  const changed = fresh.length > 0 || !sameSpans(known.starts, state.starts);
  if (!changed) return { state, known: state, changed };
  const kept = thin(entries, known.starts, spec);
  return { state: { starts: known.starts, entries: kept }, known, changed };
}

/** Whether every window that contains this time qualifies already. */
function covered(starts: readonly Span[], time: number, spec: WindowSpec): boolean {
  return starts.some((span) => span.from <= time - spec.windowMs && time <= span.to);
}

/**
 * S of these entries alone. For each last entry j, the largest first entry i with count(i..j) ≥ threshold gives the
 * starts [t_j − W, t_i]; i never falls as j grows, so two pointers do.
 */
function qualifyingStarts(entries: readonly Observation[], spec: WindowSpec): Span[] {
  const spans: Span[] = [];
  if (entries.reduce((sum, entry) => sum + entry.weight, 0) < spec.threshold) return spans;
  const counter = new KeyCounter(spec.mode === 'distinct');
  let left = 0;
  let lastFirst: Observation | undefined;
  for (const entry of entries) {
    counter.add(entry, 1);
    while (counter.count >= spec.threshold) {
      lastFirst = entries[left];
      if (lastFirst === undefined) break;
      counter.add(lastFirst, -1);
      left += 1;
    }
    const start = entry.time - spec.windowMs;
    if (lastFirst !== undefined && start <= lastFirst.time) appendSpan(spans, start, lastFirst.time);
  }
  return spans;
}

/** Σ over keys of what the key counts, kept up to date as entries come and go. */
class KeyCounter {
  count = 0;
  readonly #keys = new Map<string, Map<string, number>>();

  constructor(private readonly distinct: boolean) {}

  add(entry: Observation, sign: 1 | -1): void {
    let classes = this.#keys.get(entry.key);
    if (classes === undefined) this.#keys.set(entry.key, (classes = new Map<string, number>()));
    const before = this.#contribution(classes);
    classes.set(entry.cls, (classes.get(entry.cls) ?? 0) + sign * entry.weight);
    this.count += this.#contribution(classes) - before;
  }

  #contribution(classes: ReadonlyMap<string, number>): number {
    let most = 0;
    for (const sum of classes.values()) if (sum > most) most = sum;
    return this.distinct ? Math.min(most, 1) : most;
  }
}

/** Drops the entries that are between or covered. */
function thin(
  entries: readonly Observation[],
  starts: readonly Span[],
  spec: WindowSpec,
): readonly Observation[] {
  const rest = dropBetween(entries, spec.slotMs ?? spec.windowMs, spec.mode === 'sum');
  if (spec.mode === 'trail') return rest.slice(-MOST_OF_TRAIL);
  if (starts.length === 0) return rest;
  return rest.filter((entry) => !covered(starts, entry.time, spec));
}

function dropBetween(
  entries: readonly Observation[],
  slotMs: number,
  marksAlone: boolean,
): readonly Observation[] {
  const lastTwo = new Map<string, { before: Observation | null; last: Observation }>();
  const dropped = new Set<Observation>();
  for (const entry of entries) {
    if (marksAlone && entry.weight > 0) continue;
    const run = lastTwo.get(entry.key);
    if (run === undefined) {
      lastTwo.set(entry.key, { before: null, last: entry });
    } else {
      if (run.before !== null && entry.time - run.before.time <= slotMs) dropped.add(run.last);
      else run.before = run.last;
      run.last = entry;
    }
  }
  return dropped.size === 0 ? entries : entries.filter((entry) => !dropped.has(entry));
}

function mergeByTime(a: readonly Observation[], b: readonly Observation[]): Observation[] {
  return [...a, ...b].sort((x, y) => x.time - y.time);
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return a.length === b.length && a.every((span, i) => span.from === b[i]?.from && span.to === b[i]?.to);
}
