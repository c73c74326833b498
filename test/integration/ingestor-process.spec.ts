import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
} from '@parapet/testing';
import { connectFrom, queuedEvents, twoTenants } from './support/ingestor.js';
import { IngestorProcess } from './support/ingestor-process.js';

/** R2 asks for 20; the full number is run by hand with PARAPET_KILLS=20. */
const KILLS = Number(process.env['PARAPET_KILLS'] ?? 4);

let database: TestDatabase;
let redis: TestRedis;
let ingestor: IngestorProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  await twoTenants(database);
});
afterAll(async () => {
  await redis.drop();
  await database.drop();
});
beforeEach(async () => {
  ingestor = await IngestorProcess.on(database.databaseUrl, redis.url);
});
afterEach(() => ingestor.end('SIGKILL'));

test('R2 killed under load: what it had counted as accepted is in the queue, once', async () => {
  let line = 0;
  let accepted = 0;
  for (let round = 0; round < KILLS; round++) {
    await ingestor.start();
    const socket = await connectFrom('127.0.1.10', ingestor.port);
    let stop = false;
    const sending = (async () => {
      while (!stop && !socket.destroyed) {
        let chunk = '';
        for (let i = 0; i < 50; i++) chunk += `<38>Nov 20 21:10:00 web-01 app: line ${line++}\n`;
        socket.write(chunk);
        await sleep(5);
      }
    })();
    const counted = await waitFor(
      async () => {
        const now = await ingestor.accepted();
        return now > 500 + round * 300 && now;
      },
      { what: 'accepted events', everyMs: 5 },
    );
    await ingestor.end('SIGKILL');
    stop = true;
    await sending;
    socket.destroy();
    accepted += counted;
    const events = await queuedEvents(redis.client);
    expect(events.length).toBeGreaterThanOrEqual(accepted);
    expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
    expect(new Set(events.map((e) => e.message)).size).toBe(events.length);
    accepted = events.length;
  }
}, 300_000);

test('R11 SIGTERM: exit code 0, and every line that was sent is in the queue', async () => {
  await redis.client.flushdb();
  await ingestor.start();
  const socket = await connectFrom('127.0.1.10', ingestor.port);
  socket.write('<38>Nov 20 21:10:00 web-01 app: line\n'.repeat(3000));
  await sleep(100);
  expect(await ingestor.end('SIGTERM')).toBe(0);
  expect(await queuedEvents(redis.client)).toHaveLength(3000);
});

test('a busy port ends the start with a message that names the setting', async () => {
  const holder = createServer().listen(ingestor.port, '127.0.0.1');
  await once(holder, 'listening');
  ingestor.spawn();
  expect(await ingestor.end()).toBe(1);
  expect(ingestor.output).toContain(`Port ${ingestor.port}/tcp is in use`);
  expect(ingestor.output).toContain('SYSLOG_TCP_PORT');
  holder.close();
});

test('bad settings and a damaged location database end the start, without values', async () => {
  const bad = await IngestorProcess.on(database.databaseUrl, redis.url, {
    BATCH_EVENTS: 'hunter2',
    GEOIP_CITY_DB: 'package.json',
  });
  bad.spawn();
  expect(await bad.end()).toBe(1);
  expect(bad.output).toContain('BATCH_EVENTS');
  expect(bad.output).not.toContain('hunter2');
  const damaged = await IngestorProcess.on(database.databaseUrl, redis.url, {
    GEOIP_CITY_DB: 'package.json',
  });
  damaged.spawn();
  expect(await damaged.end()).toBe(1);
  expect(damaged.output).toContain('package.json');
  expect(damaged.output).not.toContain('    at ');
});
