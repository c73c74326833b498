import { jest } from '@jest/globals';
import type { EventBatch } from '@parapet/contracts';
import { createLogger } from '@parapet/telemetry';
import { Backpressure } from './backpressure.js';
import type { Batch } from './batcher.js';
import { Publisher } from './publisher.js';

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

function publisher() {
  const queue = new FakeQueue();
  const backpressure = new Backpressure({ events: 1000, bytes: 1e9, waitingBatches: 10 });
  let minted = 0;
  const under = new Publisher({
    queues: { events: queue, overflow: queue },
    backpressure,
    inDoubt: { opened: () => undefined },
    newId: () => `0190a000-0000-7000-8000-${String(++minted).padStart(12, '0')}`,
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
