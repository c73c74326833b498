import type { NormalizedEvent } from '@parapet/contracts';
import { sortOut } from './sort-out.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 20, 12);
const event = (tenantId: string, time: number): NormalizedEvent => ({
  id: `${tenantId}-${time}`,
  tenantId,
  '@timestamp': time,
  'event.ingested': NOW,
  'event.original': 'line',
  message: 'line',
});
const section = (tenantId: string, ...times: number[]) => ({
  tenantId,
  events: times.map((time) => event(tenantId, time)),
});
const retention = (tenantId: string) => ({ short: 1, long: 30 })[tenantId];

describe('sortOut', () => {
  it('leaves sections alone that can be stored whole', () => {
    const sections = [section('long', NOW, NOW - 29 * DAY_MS), section('short', NOW)];
    const sorted = sortOut('b', sections, retention, NOW);
    expect(sorted).toEqual({ sections, setAside: [], homeless: 0 });
    expect(sorted.sections[0]).toBe(sections[0]);
  });

  it('judges age by each tenant’s own retention', () => {
    const time = NOW - DAY_MS - 1;
    const sorted = sortOut('b', [section('long', time), section('short', time, NOW)], retention, NOW);
    expect(sorted.sections.map(({ events }) => events.length)).toEqual([1, 1]);
    expect(sorted.setAside).toMatchObject([
      { batchId: 'b', reason: 'older_than_retention', event: { tenantId: 'short' } },
    ]);
  });

  it.each([NaN, Infinity, NOW + 9 * DAY_MS])('sets the time %p aside as poison', (time) => {
    const sorted = sortOut('b', [section('long', time)], retention, NOW);
    expect(sorted).toMatchObject({ sections: [], setAside: [{ reason: 'poison' }] });
  });

  it('counts the events of tenants that do not exist', () => {
    expect(sortOut('b', [section('gone', NOW, NOW)], retention, NOW)).toEqual({
      sections: [],
      setAside: [],
      homeless: 2,
    });
  });
});
