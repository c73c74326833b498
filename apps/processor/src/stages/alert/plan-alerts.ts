import { toWireEvent, type NormalizedEvent, type WireEvent } from '@parapet/contracts';
import { joinBursts, type Burst } from './merge-detections.js';

/** Events kept with an alert at most; the count goes on. */
export const EVIDENCE_LIMIT = 100;

/** An alert that a burst continues. */
export interface KnownAlert {
  id: string;
  historical: boolean;
  /** Its last change was announced at least a second ago. */
  due: boolean;
  /** How many events are kept with it. */
  evidence: number;
  /** Which of the burst's events are among them. */
  evidenceIds: ReadonlySet<string>;
}

export interface EvidenceRow {
  alertId: string;
  eventId: string;
  /** Epoch ms. */
  time: number;
  /** Null: an event of another batch, to be looked up. */
  event: WireEvent | null;
}

export interface PlannedAlert {
  id: string;
  burst: Burst;
  /** Events that the alert has not counted yet. */
  added: number;
  /** Events that become evidence now. */
  kept: number;
  announce: 'alert.created' | 'alert.updated' | null;
  /** Changed, but announced a moment ago. */
  quiet: boolean;
}

export interface AlertPlan {
  created: PlannedAlert[];
  updated: PlannedAlert[];
  evidence: EvidenceRow[];
}

/** A burst and the alert it continues, if any. */
export interface PlacedBurst {
  burst: Burst;
  alert: KnownAlert | null;
}

/**
 * What becomes of bursts: a new alert, or more of a known one. Each event counts once: own events are of batches
 * that are stored once, so they count unless an earlier burst took them as members; members count when they become evidence.
 */
export function planAlerts(placed: readonly PlacedBurst[], newId: () => string): AlertPlan {
  const plan: AlertPlan = { created: [], updated: [], evidence: [] };
  const known = new Map<string, { burst: Burst; alert: KnownAlert }>();
  for (const { burst, alert } of placed) {
    if (alert === null) {
      const id = newId();
      const { rows, added } = evidenceOf(id, burst, 0, new Set());
      plan.evidence.push(...rows);
      plan.created.push({
        id,
        burst,
        added,
        kept: rows.length,
        announce: burst.historical ? null : 'alert.created',
        quiet: false,
      });
      continue;
    }
    const same = known.get(alert.id);
    if (same === undefined) known.set(alert.id, { burst, alert });
    else joinBursts(same.burst, burst);
  }
  for (const { burst, alert } of known.values()) {
    const { rows, added } = evidenceOf(alert.id, burst, alert.evidence, alert.evidenceIds);
    plan.evidence.push(...rows);
    plan.updated.push({
      id: alert.id,
      burst,
      added,
      kept: rows.length,
      ...announcementOf(burst, alert, added),
    });
  }
  return plan;
}

function announcementOf(
  burst: Burst,
  alert: KnownAlert,
  added: number,
): Pick<PlannedAlert, 'announce' | 'quiet'> {
  if (alert.historical) {
    // What was history goes on now: nobody was told of it yet.
    return { announce: burst.historical ? null : 'alert.created', quiet: false };
  }
  if (added === 0) return { announce: null, quiet: false };
  return alert.due ? { announce: 'alert.updated', quiet: false } : { announce: null, quiet: true };
}

function evidenceOf(alertId: string, burst: Burst, kept: number, known: ReadonlySet<string>) {
  const own = [...burst.own.values()].filter((event) => !known.has(event.id));
  const members = [...burst.members.values()].filter(({ id }) => !known.has(id));
  const room = Math.max(EVIDENCE_LIMIT - kept, 0);
  const first = [
    ...own.map((event) => ({ id: event.id, time: Math.floor(event['@timestamp']), event })),
    ...members.map(({ id, time }) => ({ id, time, event: null })),
  ]
    .sort((a, b) => a.time - b.time)
    .slice(0, room);
  const rows = first.map(({ id, time, event }): EvidenceRow => ({
    alertId,
    eventId: id,
    time,
    event: event === null ? null : toWireEvent(event),
  }));
  return { rows, added: own.length + first.filter(({ event }) => event === null).length };
}

const GEO_FIELDS = {
  countryCode: 'source.geo.country_iso_code',
  country: 'source.geo.country_name',
  city: 'source.geo.city_name',
} as const;

/** The address that a burst comes from, and where that is, as the alert keeps it. */
export function sourceOf(burst: Burst): { ip: string | null; geo: Record<string, unknown> | null } {
  const events = burst.own.values();
  const first: NormalizedEvent | undefined = events.next().value;
  const ip = burst.group['source.ip'] ?? first?.['source.ip'];
  if (typeof ip !== 'string') return { ip: null, geo: null };
  const located = first?.['source.ip'] === ip ? first : undefined;
  if (located?.['source.geo.country_iso_code'] === undefined) return { ip, geo: null };
  const geo: Record<string, unknown> = { lat: null, lon: null };
  for (const [name, field] of Object.entries(GEO_FIELDS)) geo[name] = located[field] ?? null;
  const lat = located['source.geo.location.lat'];
  const lon = located['source.geo.location.lon'];
  if (typeof lat === 'number' && typeof lon === 'number') Object.assign(geo, { lat, lon });
  return { ip, geo };
}
