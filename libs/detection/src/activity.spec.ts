import type { DetectorSettings } from '@parapet/contracts';
import { detectActivity } from './activity.js';
import type { SourceActivity } from './activity.js';
import { detectorOf } from './detectors/registry.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 3, 12, 30);
const RUNNING = Math.floor(NOW / HOUR) * HOUR;
const LONG_AGO = NOW - 30 * 24 * HOUR;

/** A source with so many events in each of the last hours, the running one last. */
function source(counts: readonly number[], more: Partial<SourceActivity> = {}): SourceActivity {
  const all = counts.map((events, n) => ({ hour: RUNNING - (counts.length - 1 - n) * HOUR, events }));
  const sent = all.filter(({ events }) => events > 0);
  return {
    tenantId: 't',
    sourceId: 's',
    name: 'Firewall',
    prefix: '10.0.1.0/24',
    hours: sent.map(({ hour }) => hour),
    events: sent.map(({ events }) => events),
    lastEventAt: Math.min((sent.at(-1)?.hour ?? 0) + HOUR - 1, NOW),
    ...more,
  };
}
const found = (
  activity: SourceActivity,
  settings: Record<string, DetectorSettings> = {},
  now = NOW,
  since = LONG_AGO,
) => detectActivity(activity, settings, now, since).map(({ detector }) => detector);
const steady = (hours: number, events: number) => new Array<number>(hours).fill(events);

describe('rate spike', () => {
  it('is an hour far above the usual ones', () => {
    expect(found(source([...steady(48, 1000), 5000]))).toEqual(['rate_spike']);
    expect(found(source([...steady(48, 1000), 4999]))).toEqual([]);
  });

  it('needs a day of past, and a thousand events', () => {
    expect(found(source([...steady(23, 1000), 50_000]))).toEqual([]);
    expect(found(source([...steady(24, 1000), 50_000]))).toEqual(['rate_spike']);
    expect(found(source([...steady(48, 10), 999]))).toEqual([]);
    expect(found(source([...steady(48, 10), 1000]))).toEqual(['rate_spike']);
  });

  it('is not what a restless source does by itself, and one odd hour changes little', () => {
    const restless = Array.from({ length: 72 }, (_, n) => (n % 3 === 0 ? 8000 : 500 + (n % 7) * 300));
    expect(found(source([...restless, 5500]))).toEqual([]);
    const once = [...steady(60, 1000)];
    once[20] = 1_000_000;
    expect(found(source([...once, 6000]))).toEqual(['rate_spike']);
  });

  it('is seen in the hour that has just ended too', () => {
    expect(found(source([...steady(48, 1000), 9000, 10]))).toEqual(['rate_spike']);
    expect(found(source([...steady(48, 1000), 9000, 10, 10]))).toEqual([]);
  });
});

describe('silent source', () => {
  const stopped = (hours: number, silence: number, more: Partial<SourceActivity> = {}) =>
    source([...steady(hours, 50), ...steady(silence, 0)], more);

  it('is one that sent every hour and then nothing for longer than the window', () => {
    expect(found(stopped(48, 2))).toEqual(['silent_source']);
    expect(found(stopped(48, 1, { lastEventAt: NOW - HOUR }))).toEqual([]);
    expect(found(stopped(48, 1, { lastEventAt: NOW - HOUR - 1 }))).toEqual(['silent_source']);
  });

  it('is not one that was hardly there, or whose pauses are as long', () => {
    expect(found(stopped(23, 5))).toEqual([]);
    const nights = Array.from({ length: 96 }, (_, n) => (n % 24 < 12 ? 40 : 0));
    expect(found(source([...nights, ...steady(2, 40), ...steady(10, 0)]))).toEqual([]);
    expect(found(source([...nights, ...steady(2, 40), ...steady(15, 0)]))).toEqual(['silent_source']);
  });

  it('is judged only while somebody was looking', () => {
    expect(found(stopped(48, 5), {}, NOW, NOW - HOUR / 2)).toEqual([]);
    expect(found(stopped(48, 5), {}, NOW, NOW - HOUR - 1)).toEqual(['silent_source']);
  });

  it('says since when', () => {
    const [finding] = detectActivity(stopped(48, 3), {}, NOW, LONG_AGO);
    expect(finding).toMatchObject({
      group: { 'parapet.source_id': 's' },
      title: 'Silent source: Firewall',
      from: RUNNING - 2 * HOUR - 1,
      ownEvents: [],
      historical: false,
    });
    expect(finding?.description).toContain(new Date(RUNNING - 2 * HOUR - 1).toISOString());
  });
});

it('settings switch them off, and except sources by prefix or name', () => {
  const { defaults } = detectorOf('silent_source');
  const activity = source([...steady(48, 50), ...steady(3, 0)]);
  const withExceptions = (...exceptions: DetectorSettings['exceptions']) =>
    found(activity, { silent_source: { ...defaults, exceptions } });
  expect(found(activity, { silent_source: { ...defaults, enabled: false } })).toEqual([]);
  expect(withExceptions('10.0.0.0/8')).toEqual([]);
  expect(withExceptions({ kind: 'host', value: 'firewall' })).toEqual([]);
  expect(withExceptions({ kind: 'host', value: 'firewall', expiresAt: '2026-01-01T00:00:00Z' })).toEqual([
    'silent_source',
  ]);
  expect(withExceptions('10.0.1.7', { kind: 'user', value: 'firewall' })).toEqual(['silent_source']);
});
