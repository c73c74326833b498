import type { FieldValue, NormalizedEvent } from '@parapet/contracts';
import { detect } from '../detect.js';
import { MemoryWindowStore } from '../windows/memory-window-store.js';
import { threatIntel } from './threat-intel.js';

const T = Date.parse('2026-03-01T00:00:00Z');
let minted = 0;
const event = (fields: Record<string, FieldValue>, seconds = 0): NormalizedEvent => ({
  id: `e${(minted += 1)}`,
  tenantId: 't',
  '@timestamp': T + seconds * 1000,
  'event.ingested': T + seconds * 1000,
  'event.original': '',
  message: '',
  'host.name': 'gw',
  ...fields,
});
const MATCH = {
  'parapet.intel_feed_id': 'f',
  'threat.indicator.name': '45.9.1.2',
  'threat.indicator.confidence': 'High',
  'threat.enrichments.matched.field': 'destination.ip',
};
const run = async (events: NormalizedEvent[], settings = threatIntel.defaults) =>
  (await detect({ tenantId: 't', events }, { threat_intel: settings }, new MemoryWindowStore())).filter(
    ({ detector }) => detector === 'threat_intel',
  );

describe('threat intelligence', () => {
  it('alerts at the first event, once for an indicator and whom it is about within the window', async () => {
    const found = await run([
      event({ ...MATCH, 'source.ip': '10.0.0.5' }),
      event({ ...MATCH, 'source.ip': '10.0.0.5' }, 3000),
      event({ ...MATCH, 'source.ip': '10.0.0.6' }, 3001),
      event({ ...MATCH, 'threat.enrichments.matched.field': 'source.ip', 'source.ip': '45.9.1.2' }),
      event({ 'source.ip': '10.0.0.5' }),
    ]);
    expect(found.map(({ group, ownEvents, severity }) => [group, ownEvents.length, severity])).toEqual([
      [{ 'threat.indicator.name': '45.9.1.2', 'source.ip': '10.0.0.5' }, 2, 'high'],
      [{ 'threat.indicator.name': '45.9.1.2', 'source.ip': '10.0.0.6' }, 1, 'high'],
      [{ 'threat.indicator.name': '45.9.1.2', 'host.name': 'gw' }, 1, 'high'],
    ]);
  });

  it.each([
    ['High', 'high'],
    ['Medium', 'medium'],
    ['Low', 'low'],
    ['None', 'info'],
  ])('confidence %s gives severity %s', async (confidence, severity) => {
    const [found] = await run([event({ ...MATCH, 'threat.indicator.confidence': confidence })]);
    expect(found?.severity).toBe(severity);
  });

  it('has a threshold, exceptions, and a group of bounded size', async () => {
    const settings = { ...threatIntel.defaults, threshold: 2 };
    expect(await run([event(MATCH)], settings)).toEqual([]);
    expect(await run([event(MATCH), event(MATCH, 1)], settings)).toHaveLength(1);
    const excepted = { ...threatIntel.defaults, exceptions: ['10.0.0.0/8'] };
    expect(await run([event({ ...MATCH, 'source.ip': '10.0.0.5' })], excepted)).toEqual([]);
    const [long] = await run([
      event({ ...MATCH, 'threat.indicator.name': 'x'.repeat(5000), 'host.name': 'y'.repeat(5000) }),
    ]);
    expect(long?.groupKey.length).toBeLessThan(700);
  });

  it('does not believe a sender that says so itself', async () => {
    expect(await run([event({ 'threat.indicator.name': '45.9.1.2', 'threat.feed.name': 'x' })])).toEqual([]);
  });
});
