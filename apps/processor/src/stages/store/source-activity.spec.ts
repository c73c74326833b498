import type { NormalizedEvent } from '@parapet/contracts';
import { countActivity } from './source-activity.js';

const HOUR_MS = 3_600_000;
const A = '0194b3a0-0000-7000-8000-00000000000a';
const B = '0194b3a0-0000-7000-8000-00000000000b';
const event = (sourceId: string | undefined, received: number): NormalizedEvent => ({
  id: 'id',
  tenantId: 't',
  '@timestamp': 0,
  'event.ingested': received,
  'event.original': '',
  message: '',
  'parapet.source_id': sourceId,
});

describe('countActivity', () => {
  it('counts by source and hour of receipt, in one order whatever came first', () => {
    const sections = [
      { tenantId: 't2', events: [event(A, 5), event(B, 6)] },
      { tenantId: 't1', events: [event(B, HOUR_MS + 1), event(A, 7), event(B, HOUR_MS + 9), event(A, 3)] },
    ];
    expect(countActivity(sections)).toEqual([
      { tenantId: 't1', sourceId: A, hour: 0, events: 2, last: 7 },
      { tenantId: 't1', sourceId: B, hour: HOUR_MS, events: 2, last: HOUR_MS + 9 },
      { tenantId: 't2', sourceId: A, hour: 0, events: 1, last: 5 },
      { tenantId: 't2', sourceId: B, hour: 0, events: 1, last: 6 },
    ]);
  });

  it('leaves out events of no source', () => {
    expect(countActivity([{ tenantId: 't', events: [event(undefined, 1), event('odd', 2)] }])).toEqual([]);
  });
});
