import type { DetectorSettings } from '@parapet/contracts';
import type { Observation, TrailPoint, WindowRegion } from '../windows/window.js';
import type { Detector } from './detector.js';
import { textOf } from './fields.js';

const DAY_MS = 86_400_000;
/** For so long a country is remembered after a login from it. */
const REMEMBERED_MS = 90 * DAY_MS;

/**
 * A login is the first of its country when no other from there lies in the 90 days before it; it is new when the user had
 * logged in at least `threshold` days before. Those of the same country up to one window later belong to it.
 */
export function judgeCountries(
  trail: readonly TrailPoint[],
  own: readonly Observation[],
  { threshold, windowSeconds }: DetectorSettings,
): WindowRegion[] {
  const [earliest] = trail;
  if (earliest === undefined) return [];
  const learnedBy = earliest.time + threshold * DAY_MS;
  const ownById = new Map(own.map((one) => [one.id, one]));
  const last = new Map<string, number>();
  const open = new Map<string, WindowRegion>();
  const regions: WindowRegion[] = [];
  for (const { id, time, key } of trail) {
    const before = last.get(key);
    last.set(key, time);
    let region = open.get(key);
    if (before === undefined || time - before > REMEMBERED_MS) {
      region = undefined;
      open.delete(key);
      if (time >= learnedBy) {
        region = { from: time, to: time, own: [], others: [] };
        open.set(key, region);
        regions.push(region);
      }
    }
    if (region === undefined || time - region.from > windowSeconds * 1000) continue;
    region.to = time;
    const mine = ownById.get(id);
    if (mine === undefined) region.others.push({ id, time });
    else region.own.push(mine);
  }
  return regions.filter((region) => region.own.length > 0);
}

export const newCountry: Detector = {
  kind: 'new_country',
  name: 'Login from a new country',
  description: 'The first login of a user from a country, once the user’s countries are known.',
  technique: { id: 'T1078', name: 'Valid Accounts', tactic: 'Initial Access' },
  defaults: { enabled: true, threshold: 7, windowSeconds: 86_400, severity: 'medium', exceptions: [] },
  labels: { threshold: 'Learning, days', window: 'Joined for, seconds' },
  confidence: 0.6,
  watches: [
    {
      mode: 'trail',
      // The first of a login's stretch lies up to one window before it, and what speaks against that one 90 days more.
      windowMs: ({ windowSeconds }) => REMEMBERED_MS + windowSeconds * 1000,
      slotMs: () => REMEMBERED_MS,
      sees: {
        login({ event, time, user }) {
          const country = textOf(event, 'source.geo.country_iso_code');
          if (user === null || country === null) return null;
          return {
            group: { 'user.name': user },
            observation: { id: event.id, time, key: country, cls: '', weight: 0 },
          };
        },
      },
      reports: { judge: judgeCountries },
    },
  ],

  title: (group) => `Login of ${group['user.name'] ?? 'a user'} from a new country`,
  explain: (group, { threshold }) =>
    `${group['user.name'] ?? 'A user'}, known for at least ${threshold} days, logged in from a country of which no login is remembered.`,
};
