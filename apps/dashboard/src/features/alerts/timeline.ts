const STEPS = [1, 5, 15, 30, 60, 300, 900, 3600, 21_600, 86_400];
const MOST_BUCKETS = 60;

export interface TimeBuckets {
  stepSeconds: number;
  at: string[];
  counts: number[];
}

/** Counts times (ISO 8601) in equal steps, with the smallest round step that makes at most 60 of them. */
export function bucketTimes(times: readonly string[]): TimeBuckets {
  const ms = times.map((time) => Date.parse(time));
  const [first, last] = [Math.min(...ms), Math.max(...ms)];
  if (ms.length === 0) return { stepSeconds: 1, at: [], counts: [] };
  const stepSeconds =
    STEPS.find((step) => (last - first) / 1000 / step < MOST_BUCKETS - 1) ??
    Math.ceil((last - first) / 1000 / (MOST_BUCKETS - 2));
  const step = stepSeconds * 1000;
  const start = Math.floor(first / step) * step;
  const counts = new Array<number>(Math.floor((last - start) / step) + 1).fill(0);
  for (const time of ms) {
    const index = Math.floor((time - start) / step);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return { stepSeconds, at: counts.map((_, index) => new Date(start + index * step).toISOString()), counts };
}
