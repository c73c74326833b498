import type { Observation, WindowSpec } from './window.js';

export interface NaiveRegion {
  from: number;
  to: number;
  ids: string[];
}

/**
 * What the window stores must answer, by the definition, over a complete set of observations: an observation is a
 * member when some window [s, s+W] that contains it reaches the threshold; members at most W apart are one region.
 */
export function naiveRegions(observations: readonly Observation[], spec: WindowSpec): NaiveRegion[] {
  const unique = [...new Map(observations.map((one) => [one.id, one])).values()].filter(
    ({ weight }) => weight > 0,
  );
  const members = new Map<string, Observation>();
  for (const { time } of unique) {
    const inside = unique.filter((one) => one.time >= time && one.time <= time + spec.windowMs);
    if (countOf(inside, spec) >= spec.threshold) for (const one of inside) members.set(one.id, one);
  }
  const regions: NaiveRegion[] = [];
  for (const { id, time } of [...members.values()].sort((a, b) => a.time - b.time)) {
    const last = regions.at(-1);
    if (last === undefined || time - last.to > spec.windowMs)
      regions.push({ from: time, to: time, ids: [id] });
    else {
      last.to = time;
      last.ids.push(id);
    }
  }
  return regions;
}

function countOf(observations: readonly Observation[], spec: WindowSpec): number {
  if (spec.mode === 'distinct') return new Set(observations.map((one) => one.key)).size;
  let count = 0;
  for (const key of new Set(observations.map((one) => one.key))) {
    const sums = new Map<string, number>();
    for (const one of observations) {
      if (one.key === key) sums.set(one.cls, (sums.get(one.cls) ?? 0) + one.weight);
    }
    count += Math.max(...sums.values());
  }
  return count;
}

/** Times and ids of the marks that some qualifying window inside [t − 2 W, t] leads up to, by the definition. */
export function naiveMarks(observations: readonly Observation[], spec: WindowSpec): Map<string, number> {
  const counted = observations.filter(({ weight }) => weight > 0);
  const hit = new Map<string, number>();
  for (const mark of observations.filter(({ weight }) => weight === 0)) {
    const near = counted.filter(({ time }) => time >= mark.time - 2 * spec.windowMs && time <= mark.time);
    const leads = near.some(({ time }) => {
      const inside = near.filter((one) => one.time >= time && one.time <= time + spec.windowMs);
      return countOf([...new Map(inside.map((one) => [one.id, one])).values()], spec) >= spec.threshold;
    });
    if (leads) hit.set(mark.id, mark.time);
  }
  return hit;
}
