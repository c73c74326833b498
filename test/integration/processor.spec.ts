import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@parapet/db';
import { createRedis, packEvents, Producer } from '@parapet/queue';
import {
  aTenant,
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
} from '@parapet/testing';
import { countsOf, failedLogins, quietEvents } from './processor-fixture.js';
import { startProcessor, untilReady, type RunningProcessor } from './processor-process.js';

/** Long enough for a killed processor's batches to be delivered again. */
const REDELIVERY_MS = 150_000;

let database: TestDatabase;
let redis: TestRedis;
let connection: ReturnType<typeof createRedis>;
let producer: Producer<'events'>;
let env: Record<string, string>;
const running: RunningProcessor[] = [];

const start = async (more: Record<string, string> = {}) => {
  const processor = await startProcessor({ ...env, ...more });
  running.push(processor);
  return processor;
};

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--no-dashboard']);
});

beforeEach(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  connection = createRedis(redis.url);
  producer = new Producer('events', connection);
  env = { DATABASE_URL: database.databaseUrl, REDIS_URL: redis.url, REDIS_ALLOW_VOLATILE: 'true' };
});

afterEach(async () => {
  for (const { child } of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  }
  await producer.close();
  connection.disconnect();
  await redis.drop();
  await database.drop();
});

async function send(sections: { tenantId: string; events: ReturnType<typeof quietEvents> }[]): Promise<void> {
  const id = newId();
  await producer.add(id, packEvents(id, sections));
}

const drained = () =>
  waitFor(
    async () => {
      const { waiting, active, delayed } = await producer.depth();
      return waiting + active + delayed === 0;
    },
    { timeoutMs: REDELIVERY_MS, what: 'an empty queue' },
  );

/** `batches` batches of 60 events: 40 quiet ones, and 20 failed logins from one of five addresses. */
async function sendAttack(tenants: readonly string[], batches: number, pauseMs: number): Promise<void> {
  const begin = Date.now() - 200_000;
  for (let n = 0; n < batches; n++) {
    await send(
      tenants.map((tenantId) => ({
        tenantId,
        events: [
          ...quietEvents(tenantId, 40),
          ...failedLogins(tenantId, 20, { 'source.ip': `198.51.100.${n % 5}` }, begin + n * 100),
        ],
      })),
    );
    await sleep(pauseMs);
  }
}

describe('the processor', () => {
  it('R1 killed three times under load stores every event once and counts each in one alert', async () => {
    const tenants = [(await aTenant(database.tenants)).id, (await aTenant(database.tenants)).id];
    const batches = 150;
    let processor = await start();
    await untilReady(processor);
    const sending = sendAttack(tenants, batches, 15);
    for (let kill = 0; kill < 3; kill++) {
      await sleep(300 + kill * 150);
      processor.signal('SIGKILL');
      await processor.exited;
      processor = await start();
      await untilReady(processor);
    }
    await sending;
    await drained();
    const events = batches * 60 * tenants.length;
    const attack = batches * 20 * tenants.length;
    expect(await countsOf(database)).toMatchObject({
      events,
      distinct_events: events,
      batches,
      alerts: 10,
      alert_events_counted: attack,
      evidence: 1000,
      history: 10,
      created_messages: 10,
      dead_letters: 0,
    });
    expect((await producer.depth()).failed).toBe(0);
  }, 120_000);

  it('R9 standing still until its batches are given to another doubles nothing', async () => {
    const tenant = (await aTenant(database.tenants)).id;
    const slow = await start();
    await untilReady(slow);
    const sending = sendAttack([tenant], 40, 10);
    await sleep(150);
    slow.signal('SIGSTOP');
    const other = await start();
    await untilReady(other);
    await sending;
    await drained();
    slow.signal('SIGCONT');
    await sendAttack([tenant], 10, 20);
    await drained();
    await sleep(500);
    expect(await countsOf(database)).toMatchObject({
      events: 3000,
      distinct_events: 3000,
      batches: 50,
      alerts: 5,
      alert_events_counted: 1000,
      created_messages: 5,
    });
    expect((await producer.depth()).failed).toBe(0);
  }, 400_000);

  it('R11 stopped by SIGTERM finishes what it holds and exits with 0', async () => {
    const tenant = (await aTenant(database.tenants)).id;
    const processor = await start();
    await untilReady(processor);
    const sending = sendAttack([tenant], 30, 5);
    await sleep(100);
    processor.signal('SIGTERM');
    expect(await processor.exited).toBe(0);
    await sending;
    expect((await producer.depth()).active).toBe(0);
    const { events, batches } = await countsOf(database);
    expect(events).toBe((batches ?? 0) * 60);
    await start();
    await drained();
    expect(await countsOf(database)).toMatchObject({ events: 1800, distinct_events: 1800 });
  }, 60_000);

  it('ends with a message when a setting is wrong', async () => {
    const processor = await start({ DATABASE_URL: 'mysql://nowhere', PROCESSOR_CONCURRENCY: 'many' });
    expect(await processor.exited).toBe(1);
    expect(processor.output()).toMatch(
      /DATABASE_URL[\s\S]*PROCESSOR_CONCURRENCY|PROCESSOR_CONCURRENCY[\s\S]*DATABASE_URL/,
    );
  });

  it('keeps a batch that it can’t read as a failed job, and stores the next', async () => {
    const tenant = (await aTenant(database.tenants)).id;
    const processor = await start();
    const id = newId();
    const message = {
      ...packEvents(id, [{ tenantId: tenant, events: quietEvents(tenant, 3) }]),
      payload: '????',
    };
    await producer.queue.add('events', message, { jobId: id, attempts: 1 });
    await send([{ tenantId: tenant, events: quietEvents(tenant, 2) }]);
    await waitFor(async () => (await producer.depth()).failed === 1, { timeoutMs: 30_000 });
    await drained();
    expect(await countsOf(database)).toMatchObject({ events: 2 });
    const page = await (await fetch(`http://127.0.0.1:${processor.port}/metrics`)).text();
    expect(page).toContain('parapet_events_dropped_total{tenant="unknown",reason="unreadable_batch"} 3');
  });
});
