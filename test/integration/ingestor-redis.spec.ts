import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NormalizedEvent } from '@parapet/contracts';
import { RedisNotDurableError } from '@parapet/errors';
import { createTestDatabase, waitFor, type TestDatabase } from '@parapet/testing';
import {
  connectFrom,
  metric,
  queuedEvents,
  startIngestor,
  twoTenants,
  type RunningIngestor,
} from './support/ingestor.js';
import { OwnRedis } from './support/own-redis.js';

const LINE = (n: number) => `<38>Nov 20 21:10:00 web-01 app: line ${n} ${'x'.repeat(100)}\n`;

let database: TestDatabase;
let redis: OwnRedis;
let ingestor: RunningIngestor | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  await twoTenants(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  redis = await OwnRedis.start();
});
afterEach(async () => {
  redis.thaw();
  await ingestor?.stop();
  ingestor = undefined;
  await redis.drop();
});

const start = (given: Record<string, string> = {}) =>
  startIngestor(database.databaseUrl, redis.url, { REDIS_ALLOW_VOLATILE: 'false', ...given });

/** Sends lines numbered from 0 as fast as the ingestor takes them. */
function sender(port: number) {
  let stop = false;
  let sent = 0;
  const run = (async () => {
    const socket = await connectFrom('127.0.1.10', port);
    while (!stop) {
      let chunk = '';
      for (let i = 0; i < 100; i++) chunk += LINE(sent++);
      if (!socket.write(chunk)) await Promise.race([new Promise((r) => socket.once('drain', r)), sleep(50)]);
      else await sleep(2);
    }
    socket.end();
  })();
  return {
    sent: () => sent,
    async stop() {
      stop = true;
      await run;
      return sent;
    },
  };
}

async function allQueued(count: number): Promise<NormalizedEvent[]> {
  await waitFor(async () => (await metric('parapet_buffered_events')) === 0, {
    timeoutMs: 20_000,
    what: 'an empty buffer',
  });
  const events = await waitFor(
    () =>
      redis.ask(async (client) => {
        client.options.maxRetriesPerRequest = null;
        const found = await queuedEvents(client);
        return found.length >= count && found;
      }),
    { timeoutMs: 20_000, what: `${count} events` },
  );
  const numbers = new Set(events.map((e) => /line (\d+) /.exec(e.message)?.[1]));
  expect(numbers.size).toBe(count);
  return events;
}

test('R5 a Redis that may forget is refused', async () => {
  await redis.ask((client) => client.config('SET', 'appendonly', 'no'));
  await expect(start()).rejects.toThrow(RedisNotDurableError);
});

test('R6 Redis killed and back: the sender is slowed, and every line is in the queue once', async () => {
  ingestor = await start({ INGEST_BUFFER_EVENTS: '5000' });
  const accepted = await metric('parapet_events_accepted_total');
  const lines = sender(ingestor.ports.tcp);
  await waitFor(() => lines.sent() > 2000);
  await redis.kill();
  await waitFor(async () => (await metric('parapet_backpressure')) === 1, { what: 'backpressure' });
  const then = lines.sent();
  await sleep(1500);
  expect(lines.sent() - then).toBeLessThan(60_000);
  await redis.launch();
  const sent = await lines.stop();
  const events = await allQueued(sent);
  expect(events).toHaveLength(sent);
  expect((await metric('parapet_events_accepted_total')) - accepted).toBe(sent);
});

test('R6 Redis frozen: memory is bounded, UDP drops are counted, and nothing is lost of what was taken', async () => {
  ingestor = await start({ INGEST_BUFFER_EVENTS: '1000' });
  const before = {
    dropped: await metric('parapet_events_dropped_total', {
      reason: 'udp_buffer_full',
      tenant: 'beta-industries',
    }),
    received: await metric('parapet_events_received_total', { transport: 'udp' }),
    accepted: await metric('parapet_events_accepted_total', { tenant: 'beta-industries' }),
  };
  redis.freeze();
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.2.10', resolve));
  for (let i = 0; i < 3000; i++) {
    await new Promise((resolve) => socket.send(LINE(i), ingestor?.ports.udp, '127.0.0.1', resolve));
  }
  socket.close();
  const since = async (name: 'dropped' | 'received' | 'accepted') =>
    ({
      dropped: await metric('parapet_events_dropped_total', {
        reason: 'udp_buffer_full',
        tenant: 'beta-industries',
      }),
      received: await metric('parapet_events_received_total', { transport: 'udp' }),
      accepted: await metric('parapet_events_accepted_total', { tenant: 'beta-industries' }),
    })[name] - before[name];
  await waitFor(async () => (await since('received')) === 3000, { what: 'all datagrams' });
  expect(await since('dropped')).toBe(2000);
  expect(await since('accepted')).toBe(0);
  redis.thaw();
  await waitFor(async () => (await since('accepted')) === 1000, { what: 'the buffered events' });
});

test('R6 Redis full: senders are slowed, the process goes on, and all arrives once there is room', async () => {
  ingestor = await start({ INGEST_BUFFER_EVENTS: '2000' });
  const failures = await metric('parapet_failures_total', { component: 'publisher' });
  await redis.maxMemory(1_000_000);
  const lines = sender(ingestor.ports.tcp);
  await waitFor(async () => (await metric('parapet_backpressure')) === 1, { what: 'backpressure' });
  await waitFor(async () => (await metric('parapet_failures_total', { component: 'publisher' })) > failures);
  await redis.maxMemory(0);
  const sent = await lines.stop();
  await allQueued(sent);
});

test('a long queue slows the senders before Redis is full', async () => {
  ingestor = await start({ QUEUE_HIGH_WATER_BATCHES: '10', BATCH_EVENTS: '100' });
  const lines = sender(ingestor.ports.tcp);
  await waitFor(async () => (await metric('parapet_backpressure')) === 1, { what: 'backpressure' });
  await redis.ask(async (client) => client.del('parapet:events:wait'));
  await waitFor(async () => (await metric('parapet_backpressure')) === 0, {
    what: 'an end of the backpressure',
  });
  await lines.stop();
});

test('R11 a stop under load puts everything it has read into the queue', async () => {
  ingestor = await start();
  const before = await metric('parapet_events_received_total', { transport: 'tcp' });
  const socket = await connectFrom('127.0.1.10', ingestor.ports.tcp);
  let sent = 0;
  for (let i = 0; i < 200; i++) {
    let chunk = '';
    for (let n = 0; n < 100; n++) chunk += LINE(sent++);
    socket.write(chunk);
  }
  await sleep(5);
  expect(await ingestor.stop()).toBe(true);
  ingestor = undefined;
  const received = (await metric('parapet_events_received_total', { transport: 'tcp' })) - before;
  expect(received).toBe(sent);
  const events = await redis.ask((client) => {
    client.options.maxRetriesPerRequest = null;
    return queuedEvents(client);
  });
  expect(events).toHaveLength(sent);
});
