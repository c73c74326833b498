import type { DetectorSettings } from '@parapet/contracts';
import type { ActivityFinding, SourceActivity } from '../activity.js';
import type { Detector } from './detector.js';

const HOUR_MS = 3_600_000;
/** So far back it is looked for what is usual: two weekends. */
export const SILENCE_LOOKBACK_MS = 14 * 24 * HOUR_MS;

/** The longest pause between two events of the source as far as hours tell, ms; 0 where every hour between had some. */
function longestPause(hours: readonly number[]): number {
  let longest = 0;
  for (const [n, hour] of hours.entries()) {
    const before = hours[n - 1];
    if (before === undefined) continue;
    const empty = hour - before - HOUR_MS;
    // Between an event early in one hour and one late in another lie up to two hours more than those that were empty.
    if (empty > 0) longest = Math.max(longest, empty + 2 * HOUR_MS);
  }
  return longest;
}

/** Silent: no event for longer than the window and than any pause of the last two weeks, while somebody was looking. */
export function judgeSilence(
  activity: SourceActivity,
  { threshold, windowSeconds }: DetectorSettings,
  now: number,
  watchedSince: number,
): ActivityFinding | null {
  const { lastEventAt, name } = activity;
  const windowMs = windowSeconds * 1000;
  if (now - Math.max(lastEventAt, watchedSince) <= windowMs) return null;
  const hours = activity.hours.filter((hour) => hour > now - SILENCE_LOOKBACK_MS);
  if (hours.length < threshold) return null;
  const limit = Math.max(windowMs, longestPause(hours));
  if (now - lastEventAt <= limit) return null;
  return {
    from: lastEventAt,
    to: lastEventAt,
    excess: 1,
    description: `${name} has sent nothing since ${new Date(lastEventAt).toISOString()}. In the two weeks before it was never silent for longer than ${Math.ceil(limit / 60_000)} minutes.`,
  };
}

export const silentSource: Detector = {
  kind: 'silent_source',
  name: 'Silent source',
  description: 'A source that sent regularly has stopped. The alert ends by itself when it sends again.',
  technique: { id: 'T1562', name: 'Impair Defenses', tactic: 'Defense Evasion' },
  defaults: { enabled: true, threshold: 24, windowSeconds: 3600, severity: 'medium', exceptions: [] },
  labels: { threshold: 'Hours with events', window: 'Silent for, seconds' },
  confidence: 0.8,
  watches: [],
  title: () => 'Silent source',
  explain: (_group, { windowSeconds }) =>
    `No event for more than ${windowSeconds} s from a source that sends regularly.`,
};
