import type { DetectorSettings } from '@parapet/contracts';
import type { Observation, TrailPoint, WindowRegion } from '../windows/window.js';
import type { Detector } from './detector.js';
import { hitRegions } from './hit-regions.js';

const HOUR_MS = 3_600_000;
/** Nearer places are one region to a geo database. */
const LEAST_KM = 500;
/** How far the places of two addresses may be off, rounding included; it is taken from the distance. */
const MARGIN_KM = 150;
/** Mean radius of the earth (IUGG). */
const EARTH_KM = 6371;

/** A login's place as key of a trail: to half a degree (55 km), so that their number is bounded and no finer than they are true. */
const placeKey = (lat: number, lon: number) => `${Math.round(lat * 2) / 2},${Math.round(lon * 2) / 2}`;

/** Kilometres between two place keys by the great circle (haversine). */
export function distanceKm(a: string, b: string): number {
  const [latA = 0, lonA = 0] = a.split(',').map((degrees) => (Number(degrees) * Math.PI) / 180);
  const [latB = 0, lonB = 0] = b.split(',').map((degrees) => (Number(degrees) * Math.PI) / 180);
  const h =
    Math.sin((latB - latA) / 2) ** 2 + Math.cos(latA) * Math.cos(latB) * Math.sin((lonB - lonA) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The time that the journey takes at the settings' speed, ms; null for places too near to tell apart. */
function journeyMs(a: string, b: string, kmPerHour: number): number | null {
  const km = distanceKm(a, b) - MARGIN_KM;
  return km < LEAST_KM ? null : (km / kmPerHour) * HOUR_MS;
}

/**
 * Every sighting with another one, of a place too far away for the time between. Only the nearest in time of each other
 * place can decide, before and after.
 */
export function impossible(
  trail: readonly TrailPoint[],
  { threshold, windowSeconds }: DetectorSettings,
): TrailPoint[] {
  const hits = new Set<TrailPoint>();
  const journeys = new Map<string, number | null>();
  /** The last sighting of each place so far. */
  const latest = new Map<string, TrailPoint>();
  const pass = (points: readonly TrailPoint[]) => {
    latest.clear();
    for (const point of points) {
      for (const other of latest.values()) {
        if (other.key === point.key || (hits.has(point) && hits.has(other))) continue;
        const apart = Math.abs(point.time - other.time);
        if (apart > windowSeconds * 1000) continue;
        const pair = point.key < other.key ? `${point.key} ${other.key}` : `${other.key} ${point.key}`;
        let needed = journeys.get(pair);
        if (needed === undefined) journeys.set(pair, (needed = journeyMs(point.key, other.key, threshold)));
        if (needed !== null && apart < needed) hits.add(point).add(other);
      }
      latest.set(point.key, point);
    }
  };
  pass(trail);
  pass(trail.toReversed());
  return trail.filter((point) => hits.has(point));
}

function judge(
  trail: readonly TrailPoint[],
  own: readonly Observation[],
  settings: DetectorSettings,
): WindowRegion[] {
  if (trail.every(({ key }) => key === trail[0]?.key)) return [];
  return hitRegions(impossible(trail, settings), own, settings.windowSeconds * 1000);
}

export const impossibleTravel: Detector = {
  kind: 'impossible_travel',
  name: 'Impossible travel',
  description: 'Two logins of one user from places that nobody can travel between in the time.',
  technique: { id: 'T1078', name: 'Valid Accounts', tactic: 'Initial Access' },
  defaults: { enabled: true, threshold: 900, windowSeconds: 43_200, severity: 'high', exceptions: [] },
  labels: { threshold: 'Speed, km/h', window: 'At most apart, s' },
  confidence: 0.7,
  watches: [
    {
      mode: 'trail',
      // A place that is LEAST_KM away takes at least so long; so of the sightings of one place within this time the
      // first or the last is as near in time to the other place as any between them needs to be.
      slotMs: ({ threshold }) => Math.floor((LEAST_KM / threshold) * HOUR_MS),
      sees: {
        login({ event, time, user }) {
          const lat = event['source.geo.location.lat'];
          const lon = event['source.geo.location.lon'];
          if (user === null || typeof lat !== 'number' || typeof lon !== 'number') return null;
          return {
            group: { 'user.name': user },
            observation: { id: event.id, time, key: placeKey(lat, lon), cls: '', weight: 0 },
          };
        },
      },
      reports: { judge },
    },
  ],

  title: (group) => `Impossible travel of ${group['user.name'] ?? 'a user'}`,
  explain: (group, { threshold }) =>
    `${group['user.name'] ?? 'A user'} logged in from places at least ${LEAST_KM} km apart, faster than ${threshold} km/h would take.`,
};
