import { jest } from '@jest/globals';
import { createLogger } from '@parapet/telemetry';
import { Placement } from './placement.js';
import { Quotas } from './quota.js';
import type { RoutingTable } from './routing-store.js';
import { RoutingWatch } from './routing-watch.js';
import { newSender } from './sender.js';

const table = {
  down: false,
  at: '1',
  reads: 0,
  owner: 'a',
  version: () => (table.down ? Promise.reject(new Error('down')) : Promise.resolve(table.at)),
  table: (): Promise<RoutingTable> => {
    table.reads++;
    return Promise.resolve({
      rows: [
        {
          cidr: '10.0.0.0/8',
          route: {
            sourceId: 's',
            tenantId: table.owner,
            tenantSlug: table.owner,
            sourceType: 'auto',
            timeZone: 'UTC',
            identity: 'address',
          },
        },
      ],
      quotas: [],
    });
  },
};

test('a change counts within 2 s, no change reads no table, and an outage keeps the last one', async () => {
  jest.useFakeTimers();
  const placement = new Placement();
  const watch = new RoutingWatch(table, placement, new Quotas(), createLogger('test', 'silent'));
  const owner = () => placement.place(newSender('10.0.0.1', 'udp'))?.tenantId;
  table.down = true;
  const started = watch.start();
  await jest.advanceTimersByTimeAsync(3000);
  expect(watch.loaded).toBe(false);
  table.down = false;
  await jest.advanceTimersByTimeAsync(1000);
  await started;
  expect(owner()).toBe('a');
  await jest.advanceTimersByTimeAsync(5000);
  expect(table.reads).toBe(1);
  table.down = true;
  await jest.advanceTimersByTimeAsync(5000);
  expect(owner()).toBe('a');
  Object.assign(table, { down: false, at: '2', owner: 'b' });
  await jest.advanceTimersByTimeAsync(2000);
  expect(owner()).toBe('b');
  await watch.stop();
  jest.useRealTimers();
});
