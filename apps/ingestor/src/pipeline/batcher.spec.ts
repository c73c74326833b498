import { jest } from '@jest/globals';
import type { NormalizedEvent } from '@parapet/contracts';
import { Batcher, MAX_BATCH_BYTES, type Batch } from './batcher.js';
import type { Route } from './route.js';

const route = (tenant: string): Route => ({
  sourceId: `source of ${tenant}`,
  tenantId: tenant,
  tenantSlug: tenant,
  sourceType: 'auto',
  timeZone: 'UTC',
  identity: 'address',
});
const event = (tenantId: string): NormalizedEvent => ({
  id: 'x',
  tenantId,
  '@timestamp': 0,
  'event.ingested': 0,
  'event.original': '',
  message: '',
});

function batcher() {
  const batches: Batch[] = [];
  const under = new Batcher({ events: 10, lingerMs: 100 }, (batch) => batches.push(batch));
  const add = (tenant: string, events: number, bytes = 100) => {
    for (let i = 0; i < events; i++) under.add(event(tenant), route(tenant), bytes);
  };
  const shape = () =>
    batches.map(({ lane, sections }) => [
      lane,
      Object.fromEntries(sections.map((s) => [s.tenantId, s.events.length])),
    ]);
  return { under, add, shape, batches };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a busy tenant fills its own batches at once; the quiet ones wait for the linger and share', () => {
  const { add, shape } = batcher();
  add('quiet', 2);
  add('busy', 25);
  add('calm', 3);
  expect(shape()).toEqual([
    ['busy', { busy: 10 }],
    ['busy', { busy: 10 }],
  ]);
  jest.advanceTimersByTime(100);
  expect(shape().slice(2)).toEqual([['shared', { quiet: 2, busy: 5, calm: 3 }]]);
});

test('no event waits longer than the linger from the first one on', () => {
  const { add, shape } = batcher();
  add('a', 1);
  jest.advanceTimersByTime(99);
  add('a', 1);
  expect(shape()).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(shape()).toEqual([['shared', { a: 2 }]]);
  jest.advanceTimersByTime(1000);
  expect(shape()).toHaveLength(1);
});

test('a shared batch holds no more events than one may, and a section is not split', () => {
  const { add, under, shape } = batcher();
  add('a', 6);
  add('b', 6);
  add('c', 4);
  under.flush();
  expect(shape()).toEqual([
    ['shared', { a: 6 }],
    ['shared', { b: 6, c: 4 }],
  ]);
});

test('long frames end a batch by their bytes', () => {
  const { add, under, shape, batches } = batcher();
  add('a', 3, MAX_BATCH_BYTES / 2);
  add('b', 1, MAX_BATCH_BYTES * 0.9);
  under.flush();
  expect(shape()).toEqual([
    ['a', { a: 2 }],
    ['shared', { a: 1 }],
    ['shared', { b: 1 }],
  ]);
  expect(batches.map((b) => b.bytes)).toEqual([MAX_BATCH_BYTES, MAX_BATCH_BYTES / 2, MAX_BATCH_BYTES * 0.9]);
});
