import type { NormalizedEvent } from '@parapet/contracts';
import type { Detection } from '@parapet/detection';
import { mergeDetections } from './merge-detections.js';
import { EVIDENCE_LIMIT, planAlerts, sourceOf, type KnownAlert } from './plan-alerts.js';

const event = (id: string, time: number, more: Partial<NormalizedEvent> = {}): NormalizedEvent => ({
  id,
  tenantId: 't',
  '@timestamp': time,
  'event.ingested': time,
  'event.original': 'line',
  message: 'line',
  'source.ip': '192.0.2.1',
  ...more,
});
const detection = (own: NormalizedEvent[], more: Partial<Detection> = {}): Detection => ({
  detector: 'brute_force',
  tenantId: 't',
  group: { 'source.ip': '192.0.2.1' },
  groupKey: '192.0.2.1',
  from: Math.min(...own.map((one) => one['@timestamp'])),
  to: Math.max(...own.map((one) => one['@timestamp'])),
  ownEvents: own,
  memberIds: [],
  severity: 'high',
  score: 70,
  title: 'title',
  description: 'description',
  technique: { id: 'T1110', name: 'Brute Force', tactic: 'Credential Access' },
  windowSeconds: 300,
  historical: false,
  ...more,
});
const known = (more: Partial<KnownAlert> = {}): KnownAlert => ({
  id: 'alert',
  historical: false,
  due: true,
  evidence: 0,
  evidenceIds: new Set(),
  ...more,
});
const place = (detections: Detection[], alert: KnownAlert | null) =>
  planAlerts(
    mergeDetections(detections).map((burst) => ({ burst, alert })),
    () => 'new',
  );

describe('mergeDetections', () => {
  it('joins batches about one group that are at most a window apart', () => {
    const bursts = mergeDetections([
      detection([event('b', 300_000)], { severity: 'critical', score: 90, title: 'worse', historical: true }),
      detection([event('a', 0)]),
      detection([event('c', 600_001)]),
    ]);
    expect(bursts).toHaveLength(2);
    expect(bursts[0]).toMatchObject({
      from: 0,
      to: 300_000,
      severity: 5,
      score: 90,
      title: 'worse',
      historical: false,
    });
    expect([...(bursts[0]?.own.keys() ?? [])]).toEqual(['a', 'b']);
  });

  it('keeps groups and detectors apart', () => {
    const own = [event('a', 0)];
    const bursts = mergeDetections([
      detection(own),
      detection(own, { groupKey: 'x' }),
      detection(own, { detector: 'port_scan' }),
    ]);
    expect(bursts).toHaveLength(3);
  });

  it('knows an event as own even when another batch named it as a member', () => {
    const [burst] = mergeDetections([
      detection([event('b', 1)], { memberIds: [{ id: 'a', time: 0 }] }),
      detection([event('a', 0)]),
    ]);
    expect(burst?.members.size).toBe(0);
    expect(burst?.own.size).toBe(2);
  });
});

describe('planAlerts', () => {
  it('makes a new alert that counts own events and members', () => {
    const plan = place(
      [detection([event('b', 1), event('c', 2)], { memberIds: [{ id: 'a', time: 0 }] })],
      null,
    );
    expect(plan.created).toMatchObject([{ id: 'new', added: 3, announce: 'alert.created' }]);
    expect(plan.evidence.map(({ eventId, event: copy }) => [eventId, copy?.id ?? null])).toEqual([
      ['a', null],
      ['b', 'b'],
      ['c', 'c'],
    ]);
  });

  it('counts no event that the alert has', () => {
    const alert = known({ evidence: 2, evidenceIds: new Set(['a', 'b']) });
    const plan = place(
      [detection([event('b', 1), event('c', 2)], { memberIds: [{ id: 'a', time: 0 }] })],
      alert,
    );
    expect(plan.updated).toMatchObject([{ id: 'alert', added: 1, announce: 'alert.updated' }]);
    expect(plan.evidence.map(({ eventId }) => eventId)).toEqual(['c']);
  });

  it('goes on counting own events when the evidence is full', () => {
    const own = Array.from({ length: 10 }, (_, n) => event(`own-${n}`, n));
    const plan = place(
      [detection(own, { memberIds: [{ id: 'a', time: 0 }] })],
      known({ evidence: EVIDENCE_LIMIT }),
    );
    expect(plan.updated).toMatchObject([{ added: 10 }]);
    expect(plan.evidence).toEqual([]);
  });

  it('is quiet about a change a moment after another, and about no change', () => {
    expect(place([detection([event('a', 0)])], known({ due: false })).updated).toMatchObject([
      { announce: null, quiet: true },
    ]);
    const same = known({ evidence: 1, evidenceIds: new Set(['a']) });
    expect(place([detection([event('a', 0)])], same).updated).toMatchObject([
      { announce: null, quiet: false },
    ]);
  });

  it('tells nobody of history, until it goes on', () => {
    const old = detection([event('a', 0)], { historical: true });
    expect(place([old], null).created).toMatchObject([{ announce: null }]);
    expect(place([old], known({ historical: true })).updated).toMatchObject([
      { announce: null, quiet: false },
    ]);
    expect(place([detection([event('a', 0)])], known({ historical: true })).updated).toMatchObject([
      { announce: 'alert.created' },
    ]);
  });

  it('joins two bursts that continue one alert', () => {
    const plan = place([detection([event('a', 0)]), detection([event('b', 700_000)])], known());
    expect(plan.updated).toHaveLength(1);
    expect(plan.updated[0]).toMatchObject({ added: 2, burst: { from: 0, to: 700_000 } });
  });
});

describe('sourceOf', () => {
  const burstOf = (one: NormalizedEvent) => mergeDetections([detection([one])])[0];

  it('is the group’s address with what its events know of the place', () => {
    const burst = burstOf(
      event('a', 0, { 'source.geo.country_iso_code': 'NL', 'source.geo.city_name': 'Delft' }),
    );
    expect(burst && sourceOf(burst)).toEqual({
      ip: '192.0.2.1',
      geo: { countryCode: 'NL', country: null, city: 'Delft', lat: null, lon: null },
    });
  });

  it('has no place when the events don’t know one', () => {
    const burst = burstOf(event('a', 0));
    expect(burst && sourceOf(burst)).toEqual({ ip: '192.0.2.1', geo: null });
  });
});
