import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { EventBatch } from '@parapet/contracts';
import { createLogger } from '@parapet/telemetry';
import { waitFor } from '@parapet/testing';
import { Backpressure } from './backpressure.js';
import type { Batch } from './batcher.js';
import { Publisher } from './publisher.js';
import { Mark } from './receipt.js';
import { Spool } from './spool.js';

class FakeQueue {
  readonly asked: string[] = [];
  readonly had: string[] = [];
  down = false;
  hold: Promise<void> = Promise.resolve();
  async add(jobId: string, _message: EventBatch): Promise<void> {
    this.asked.push(jobId);
    await this.hold;
    if (this.down) throw new Error('OOM command not allowed when used memory > maxmemory');
    this.had.push(jobId);
  }
}

const batch = (tenant: string): Batch => ({
  lane: tenant,
  sections: [
    {
      tenantId: '0190a000-0000-7000-8000-000000000001',
      tenantSlug: tenant,
      bytes: 10,
      marks: [],
      events: [
        {
          id: '0190a000-0000-7000-8000-000000000002',
          tenantId: '0190a000-0000-7000-8000-000000000001',
          '@timestamp': 1,
          'event.ingested': 1,
          'event.original': 'x',
          message: 'x',
        },
      ],
    },
  ],
  events: 1,
  bytes: 10,
});

function publisher(spool?: Spool) {
  const queue = new FakeQueue();
  const backpressure = new Backpressure({ events: 1000, bytes: 1e9, waitingBatches: 10 });
  let minted = 0;
  const under = new Publisher({
    queues: { events: queue, overflow: queue },
    backpressure,
    inDoubt: { opened: () => undefined },
    newId: () => `0190a000-0000-7000-8000-${String(++minted).padStart(12, '0')}`,
    spool,
    logger: createLogger('test', 'silent'),
  });
  const publish = (tenant = 'a') => {
    backpressure.hold(1, 10);
    under.publish(batch(tenant));
  };
  return { queue, backpressure, under, publish };
}

afterEach(() => jest.useRealTimers());

test('R6 what Redis refuses is tried again under the same id until Redis has it', async () => {
  jest.useFakeTimers();
  const { queue, backpressure, under, publish } = publisher();
  queue.down = true;
  publish();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(new Set(queue.asked).size).toBe(1);
  expect(queue.asked.length).toBeGreaterThan(10);
  expect([under.pending, backpressure.buffered]).toEqual([1, 1]);
  queue.down = false;
  await jest.advanceTimersByTimeAsync(5000);
  expect(queue.had).toHaveLength(1);
  expect([under.pending, backpressure.buffered]).toEqual([0, 0]);
});

test('R6 while Redis hangs only a few adds wait in its client', async () => {
  const { queue, under, publish } = publisher();
  let go = () => undefined as void;
  queue.hold = new Promise((resolve) => (go = resolve));
  for (let i = 0; i < 100; i++) publish(`tenant ${i}`);
  expect(queue.asked).toHaveLength(8);
  expect(under.pending).toBe(100);
  go();
  expect(await under.drained(1000)).toBe(true);
  expect(new Set(queue.had).size).toBe(100);
});

test('a drain that Redis does not let end says so', async () => {
  const { queue, under, publish } = publisher();
  queue.hold = new Promise(() => undefined);
  publish();
  expect(await under.drained(20)).toBe(false);
});

describe('with a spool', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'parapet-spool-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const spooling = async (maxBytes = 1e9) =>
    publisher(await Spool.open(dir, maxBytes, createLogger('test', 'silent')));

  test('what a silent Redis does not take goes to disk, and to Redis when it is back', async () => {
    const { queue, backpressure, under, publish } = await spooling();
    under.start();
    queue.down = true;
    for (let i = 0; i < 20; i++) publish(`tenant ${i}`);
    await waitFor(() => backpressure.buffered === 0, { timeoutMs: 10_000 });
    expect([under.pending, under.stalled]).toEqual([0, true]);
    publish('late');
    await waitFor(() => backpressure.buffered === 0, { timeoutMs: 10_000 });
    queue.down = false;
    await waitFor(() => new Set(queue.had).size === 21, { timeoutMs: 10_000 });
    expect(await under.drained(1000)).toBe(true);
    expect(await readdir(dir)).toEqual([]);
  }, 40_000);

  test('another process brings what the last one left, in its order', async () => {
    const first = await spooling();
    first.queue.down = true;
    for (let i = 0; i < 20; i++) first.publish('a');
    expect(await first.under.drained(50)).toBe(true);
    const second = await spooling();
    second.under.start();
    await waitFor(() => second.queue.had.length === 20, { timeoutMs: 10_000 });
    expect(second.queue.had).toEqual([...second.queue.had].sort());
    expect(await second.under.drained(1000)).toBe(true);
  }, 40_000);

  test('batches whose senders wait are not spooled: those senders keep their events', async () => {
    const { queue, backpressure, under } = await spooling();
    queue.down = true;
    const mark = new Mark('f');
    backpressure.hold(1, 10);
    const { sections, ...rest } = batch('a');
    under.publish({ ...rest, sections: sections.map((section) => ({ ...section, marks: [mark] })) });
    expect(await under.drained(50)).toBe(false);
    expect([mark.stored, await readdir(dir)]).toEqual([false, []]);
  });

  test('a full spool leaves the rest in memory, where it slows the senders', async () => {
    const { queue, backpressure, under, publish } = await spooling(2000);
    queue.down = true;
    for (let i = 0; i < 20; i++) publish('a');
    expect(await under.drained(50)).toBe(false);
    expect(backpressure.buffered).toBeGreaterThan(0);
    expect(backpressure.buffered).toBeLessThan(20);
  });
});
