import { setTimeout as sleep } from 'node:timers/promises';
import { toWireEvent, type NormalizedEvent } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { MemoryWindowStore } from '@parapet/detection';
import { EVENT_SELECT, rowToWireEvent, type EventRow } from '@parapet/eventstore';
import { metrics } from '@parapet/telemetry';
import { anEvent, aSource, aTenant, createTestDatabase, waitFor, type TestDatabase } from '@parapet/testing';
import pg from 'pg';
import type { StoreStep } from '../../apps/processor/src/stages/store/batch-store.js';
import {
  batchOf,
  countsOf,
  cutConnections,
  failedLogins,
  quietEvents,
  testProcessor,
  type TestProcessor,
  type TestProcessorOptions,
} from './processor-fixture.js';

let database: TestDatabase;
let acme: string;
let beta: string;
const open: TestProcessor[] = [];

const aProcessor = async (options?: TestProcessorOptions) => {
  const processor = await testProcessor(database, options);
  open.push(processor);
  return processor;
};

beforeEach(async () => {
  database = await createTestDatabase();
  acme = (await aTenant(database.tenants)).id;
  beta = (await aTenant(database.tenants)).id;
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((processor) => processor.close()));
  await database.drop();
});

const rowsOf = (tenantId: string) =>
  database.sql<EventRow>(`select ${EVENT_SELECT.join(', ')} from events where tenant_id = $1 order by id`, [
    tenantId,
  ]);

describe('storing events', () => {
  it('gives back every event as it was', async () => {
    const source = await aSource(database.tenants, acme);
    const events = [
      anEvent(acme, { 'parapet.source_id': source.id, 'event.severity': 'high', 'source.port': 22 }),
      anEvent(acme, { 'source.ip': '2001:db8::1', 'destination.ip': '::1:2', 'event.severity': 'low' }),
      anEvent(acme, { 'source.ip': 'not an address', 'source.port': 'ssh', 'event.severity': 'info' }),
      anEvent(acme, { 'event.category': ['authentication', 'network'], 'event.severity': 'critical' }),
      anEvent(acme, {
        'event.severity': 'medium',
        own_field: 'ü "quoted" \\u0000 \\ 💥',
        n: 1.5,
        flag: false,
      }),
      anEvent(acme, { 'event.severity': 'info', message: 'x'.repeat(300_000), long: 'é'.repeat(70_000) }),
    ].sort((a, b) => (a.id < b.id ? -1 : 1));
    const { handler } = await aProcessor();
    await handler.handle(batchOf([{ tenantId: acme, events }]));
    expect((await rowsOf(acme)).map(rowToWireEvent)).toEqual(events.map(toWireEvent));
    const [columns] = await database.sql(`select * from events where source_id is not null`);
    expect(columns).toMatchObject({
      severity: 4,
      source_port: 22,
      source_ip: '203.0.113.7',
      action: 'ssh_login',
    });
  });

  it('stores what PostgreSQL has no characters for, and says so', async () => {
    const event = anEvent(acme, {
      message: 'a\u0000b',
      'user.name': 'c\u0000',
      tail: '\ud800',
      'event.severity': 'info',
    });
    const { handler } = await aProcessor();
    await handler.handle(batchOf([{ tenantId: acme, events: [event] }]));
    const [row] = await rowsOf(acme);
    expect(row).toMatchObject({
      message: 'a\u2400b',
      user_name: 'c\u2400',
      fields: { tail: expect.stringMatching(/^\ufffd+$/), 'labels.nul_replaced': true },
    });
  });

  it('counts events by source and hour of receipt', async () => {
    const source = await aSource(database.tenants, acme);
    const { handler } = await aProcessor();
    for (const count of [3, 4]) {
      const events = quietEvents(acme, count).map((event) => ({ ...event, 'parapet.source_id': source.id }));
      await handler.handle(batchOf([{ tenantId: acme, events }]));
    }
    expect(await countsOf(database)).toMatchObject({ events: 7, activity: 7 });
  });
});

describe('a batch that is delivered twice', () => {
  it('is stored once and makes one alert', async () => {
    const windows = new MemoryWindowStore();
    const { handler } = await aProcessor({ windows });
    const batch = batchOf([
      { tenantId: acme, events: failedLogins(acme, 8) },
      { tenantId: beta, events: quietEvents(beta, 2) },
    ]);
    await handler.handle(batch);
    const first = await countsOf(database);
    expect(first).toMatchObject({
      events: 10,
      alerts: 1,
      alert_events_counted: 8,
      evidence: 8,
      created_messages: 1,
    });
    await handler.handle(batch);
    await Promise.all([handler.handle(batch), handler.handle(batch)]);
    expect(await countsOf(database)).toEqual(first);
  });

  it.each<StoreStep>(['begun', 'ledger', 'events', 'dead-letters', 'alerts', 'activity', 'committed'])(
    'because of a crash after "%s" loses nothing and doubles nothing',
    async (step) => {
      const windows = new MemoryWindowStore();
      const source = await aSource(database.tenants, acme);
      const events = [
        ...failedLogins(acme, 6, { 'parapet.source_id': source.id }),
        anEvent(acme, { '@timestamp': Date.now() - 4000 * 86_400_000, 'parapet.source_id': source.id }),
      ];
      const batch = batchOf([{ tenantId: acme, events }]);
      const dying = await aProcessor({
        windows,
        reached: async (now) => {
          if (now !== step) return;
          dying.coalescer.stop();
          await cutConnections(database);
          throw new Error('killed');
        },
      });
      void dying.handler.handle(batch);
      await waitFor(() => dying.coalescer.problem === 'killed');

      const next = await aProcessor({ windows });
      await next.handler.handle(batch);
      expect(await countsOf(database)).toMatchObject({
        events: 6,
        distinct_events: 6,
        batches: 1,
        alerts: 1,
        alert_events_counted: 6,
        evidence: 6,
        history: 1,
        created_messages: 1,
        dead_letters: 1,
        activity: 7,
      });
    },
  );

  it('under another id (a replay) adds no event twice', async () => {
    const { handler } = await aProcessor();
    const events = quietEvents(acme, 20);
    await handler.handle(batchOf([{ tenantId: acme, events: events.slice(5, 9) }]));
    await handler.handle(batchOf([{ tenantId: acme, events }]));
    expect(await countsOf(database)).toMatchObject({ events: 20, distinct_events: 20, dead_letters: 0 });
  });
});

describe('what can’t be stored', () => {
  it('R8 one poison event in 1,000: 999 stored, 1 dead letter', async () => {
    await database.sql("alter table events add constraint no_poison check (message <> 'poison')");
    const { handler } = await aProcessor();
    const events = quietEvents(acme, 500);
    const others = quietEvents(beta, 500);
    events[250] = anEvent(acme, { message: 'poison', 'event.category': 'process' });
    const batches = [batchOf([{ tenantId: acme, events }]), batchOf([{ tenantId: beta, events: others }])];
    await Promise.all(batches.map((batch) => handler.handle(batch)));
    expect(await countsOf(database)).toMatchObject({ events: 999, batches: 2, dead_letters: 1 });
    const [letter] = await database.sql('select * from dead_letters');
    expect(letter).toMatchObject({
      tenant_id: acme,
      event_id: events[250]?.id,
      reason: 'poison',
      stage: 'store',
    });
    expect(letter?.detail).toContain('no_poison');
    await Promise.all(batches.map((batch) => handler.handle(batch)));
    expect(await countsOf(database)).toMatchObject({ events: 999, dead_letters: 1 });
  });

  it('keeps what is older than the tenant’s retention as a dead letter and counts it', async () => {
    await database.sql('update tenants set retention_days = 7 where id = $1', [acme]);
    const { handler } = await aProcessor();
    const old = anEvent(acme, { '@timestamp': Date.now() - 8 * 86_400_000 });
    const late = anEvent(acme, { '@timestamp': Date.now() - 6 * 86_400_000 });
    const before = await dropped('older_than_retention');
    await handler.handle(batchOf([{ tenantId: acme, events: [old, late] }]));
    expect((await rowsOf(acme)).map((row) => row.id)).toEqual([late.id]);
    expect(await database.sql('select event_id, reason from dead_letters')).toEqual([
      { event_id: old.id, reason: 'older_than_retention' },
    ]);
    expect((await dropped('older_than_retention')) - before).toBe(1);
  });

  it('sets aside times that are no day, and goes on', async () => {
    const { handler } = await aProcessor();
    const events: NormalizedEvent[] = [
      anEvent(acme, { '@timestamp': NaN }),
      anEvent(acme, { '@timestamp': 9e15 }),
      anEvent(acme),
    ];
    await handler.handle(batchOf([{ tenantId: acme, events }]));
    expect(await countsOf(database)).toMatchObject({ events: 1, dead_letters: 2 });
  });

  it('drops the events of a tenant that was removed, counted, and stores the others', async () => {
    const { handler, config } = await aProcessor();
    await database.sql('delete from tenants where id = $1', [beta]);
    expect(config.has(beta)).toBe(true);
    const source = newId();
    const events = quietEvents(beta, 3).map((event) => ({ ...event, 'parapet.source_id': source }));
    const before = await dropped('unknown_tenant');
    await handler.handle(
      batchOf([
        { tenantId: acme, events: quietEvents(acme, 2) },
        { tenantId: beta, events },
      ]),
    );
    expect(await rowsOf(acme)).toHaveLength(2);
    expect(await rowsOf(beta)).toHaveLength(0);
    expect((await dropped('unknown_tenant')) - before).toBe(3);
  });
});

describe('PostgreSQL away', () => {
  it('keeps the batch until it is back, and says that it is not ready', async () => {
    const { handler, coalescer } = await aProcessor();
    await allowConnections(false);
    let done = false;
    const storing = handler
      .handle(batchOf([{ tenantId: acme, events: failedLogins(acme, 6) }]))
      .then(() => (done = true));
    await waitFor(() => coalescer.problem !== null);
    expect(done).toBe(false);
    await allowConnections(true);
    await storing;
    expect(coalescer.problem).toBeNull();
    expect(await countsOf(database)).toMatchObject({ events: 6, alerts: 1 });
  });

  it('makes a partition again that was dropped meanwhile', async () => {
    const { handler } = await aProcessor();
    const day = Date.now() - 20 * 86_400_000;
    const batch = () => batchOf([{ tenantId: acme, events: [anEvent(acme, { '@timestamp': day })] }]);
    await handler.handle(batch());
    const [partition] = await database.sql<{ name: string }>(
      "select to_char($1::timestamptz at time zone 'UTC', '\"events_\"YYYYMMDD') as name",
      [new Date(day)],
    );
    await database.sql(`drop table ${partition?.name}`);
    await handler.handle(batch());
    expect(await rowsOf(acme)).toHaveLength(1);
  });
});

describe('two processors', () => {
  it('at the same group make one alert that counts every event once', async () => {
    const windows = new MemoryWindowStore();
    const [one, two] = await Promise.all([aProcessor({ windows }), aProcessor({ windows })]);
    const start = Date.now() - 120_000;
    const batches = Array.from({ length: 30 }, (_, n) =>
      batchOf(
        [acme, beta].map((tenantId) => ({
          tenantId,
          events: ['198.51.100.1', '198.51.100.2'].flatMap((ip) =>
            failedLogins(tenantId, 4, { 'source.ip': ip }, start + n * 1000),
          ),
        })),
      ),
    );
    await Promise.all(
      batches.map(async (batch, n) => {
        await sleep(n * 3);
        await (n % 2 === 0 ? one : two).handler.handle(batch);
        if (n % 5 === 0) await (n % 2 === 0 ? two : one).handler.handle(batch);
      }),
    );
    const alerts = await database.sql('select event_count from alerts');
    expect(alerts.map((alert) => Number(alert.event_count))).toEqual([120, 120, 120, 120]);
    expect(await countsOf(database)).toMatchObject({ events: 480, evidence: 400, created_messages: 4 });
  });
});

async function dropped(reason: string): Promise<number> {
  const { values } = await metrics.dropped.get();
  return values.filter(({ labels }) => labels.reason === reason).reduce((sum, { value }) => sum + value, 0);
}

/** A database that takes no connections is, for its clients, a server that starts or stops. */
async function allowConnections(allowed: boolean): Promise<void> {
  const url = new URL(database.databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`alter database ${name} allow_connections ${allowed}`);
  if (!allowed) {
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'test processor'",
      [name],
    );
  }
  await client.end();
}
