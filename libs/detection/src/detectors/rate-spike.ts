import type { DetectorSettings } from '@parapet/contracts';
import type { ActivityFinding, SourceActivity } from '../activity.js';
import type { Detector } from './detector.js';

const HOUR_MS = 3_600_000;
/** The source's past that counts, and how much of it there must be. */
const BASELINE_HOURS = 7 * 24;
const LEAST_HOURS = 24;
/** Below so many events an hour nothing is a spike. */
const LEAST_EVENTS = 1000;
/** How many standard deviations above the median an hour must lie. */
const DEVIATIONS = 6;
/** The standard deviation of a normal distribution is so many times its median absolute deviation. */
const MAD_TO_DEVIATION = 1.4826;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** Events of an hour and, when the source has past enough, how many there may be before it is a spike. */
function judgeHour({ hours, events }: SourceActivity, hour: number, threshold: number) {
  const [first] = hours;
  const start = Math.max(first ?? hour, hour - BASELINE_HOURS * HOUR_MS);
  const length = Math.round((hour - start) / HOUR_MS);
  if (length < LEAST_HOURS) return null;
  // Hours in which the source sent nothing are part of what is usual.
  const past = new Array<number>(length).fill(0);
  let count = 0;
  for (const [n, at] of hours.entries()) {
    const index = Math.round((at - start) / HOUR_MS);
    if (at === hour) count = events[n] ?? 0;
    else if (index >= 0 && index < length) past[index] = events[n] ?? 0;
  }
  const usual = median(past);
  const deviation = MAD_TO_DEVIATION * median(past.map((one) => Math.abs(one - usual)));
  return { count, usual, limit: Math.max(LEAST_EVENTS, usual * threshold, usual + DEVIATIONS * deviation) };
}

/** The running hour, as soon as it has too many events, and the one before it, whose last minutes nobody may have seen. */
export function judgeRate(
  activity: SourceActivity,
  { threshold }: DetectorSettings,
  now: number,
): ActivityFinding | null {
  const running = Math.floor(now / HOUR_MS) * HOUR_MS;
  for (const hour of [running, running - HOUR_MS]) {
    const judged = judgeHour(activity, hour, threshold);
    if (judged === null || judged.count < judged.limit) continue;
    const usual = Math.round(judged.usual);
    return {
      from: hour,
      to: Math.min(activity.lastEventAt, hour + HOUR_MS - 1),
      excess: judged.count / judged.limit,
      description: `${activity.name} sent more than ${Math.floor(judged.limit)} events within one hour; usual are ${usual}.`,
    };
  }
  return null;
}

export const rateSpike: Detector = {
  kind: 'rate_spike',
  name: 'Rate spike',
  description: 'A source sends far more events an hour than it usually does.',
  technique: { id: 'T1499', name: 'Endpoint Denial of Service', tactic: 'Impact' },
  defaults: { enabled: true, threshold: 5, windowSeconds: 7200, severity: 'low', exceptions: [] },
  labels: { threshold: 'Times the usual', window: 'Joined within, s' },
  confidence: 0.6,
  watches: [],
  title: () => 'Rate spike',
  explain: (_group, { threshold }) => `At least ${threshold} times as many events in an hour as usual.`,
};
