import { createPool, newId } from '@parapet/db';
import { aTenant, createTestDatabase, type TestDatabase } from '@parapet/testing';
import type pg from 'pg';
import { ActivityWatch } from '../../apps/processor/src/jobs/activity-watch.js';

const HOUR = 3_600_000;
const START = Math.floor(Date.now() / HOUR) * HOUR + HOUR / 2;

let database: TestDatabase;
let pool: pg.Pool;
let tenantId: string;
let sourceId: string;
let clock = START;
let caughtUp = true;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({
    url: database.urlOf('parapet_writer'),
    max: 3,
    name: 'test',
    onError: () => undefined,
  });
  tenantId = (await aTenant(database.tenants)).id;
  sourceId = newId();
  clock = START;
  caughtUp = true;
  await database.tenants.withTenant(tenantId, async (tx) => {
    await tx.source.create({
      data: { id: sourceId, tenantId, name: 'Office', cidr: '10.9.0.0/24', type: 'auto', timeZone: 'UTC' },
    });
  });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** Two days of a hundred events an hour, until `hoursAgo`. */
async function sent(hoursAgo: number, events = 100): Promise<void> {
  for (let n = hoursAgo; n < 48; n += 1) {
    const hour = Math.floor(START / HOUR) * HOUR - n * HOUR;
    await add(hour, events);
  }
}
const add = (hour: number, events: number, last = hour + HOUR / 3) =>
  database.sql(
    `insert into source_activity (tenant_id, source_id, hour, events, last_event_at) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, source_id, hour) do update set events = excluded.events, last_event_at = excluded.last_event_at`,
    [tenantId, sourceId, new Date(hour), events, new Date(last)],
  );
const alerts = () =>
  database.sql<{ id: string; detector: string; status: string; event_count: string }>(
    'select id, detector, status, event_count, title, source_ip from alerts order by created_at',
  );
const outbox = async () =>
  (await database.sql<{ kind: string }>('select kind from outbox order by id')).map(({ kind }) => kind);
function aWatch(): ActivityWatch {
  const watch = new ActivityWatch(
    { pool, detectors: () => ({}), caughtUp: () => Promise.resolve(caughtUp), committed: () => undefined },
    () => clock,
  );
  // Made when the processor starts; two hours of looking later.
  clock += 2 * HOUR;
  return watch;
}

describe('a silent source', () => {
  it('is told once, and resolved when it sends again, and told anew', async () => {
    await sent(1);
    const watch = aWatch();
    await watch.run();
    expect(await alerts()).toMatchObject([
      { detector: 'silent_source', status: 'new', title: 'Silent source: Office', source_ip: null },
    ]);
    await watch.run();
    await aWatch().run();
    expect(await outbox()).toEqual(['alert.created']);
    expect(await alerts()).toHaveLength(1);

    await add(Math.floor(clock / HOUR) * HOUR, 7, clock - 1000);
    await watch.run();
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
    expect(await outbox()).toEqual(['alert.created', 'alert.updated']);
    expect(
      await database.sql('select actor_name, action, from_value, to_value from alert_history'),
    ).toContainEqual({
      actor_name: 'system',
      action: 'status',
      from_value: 'new',
      to_value: 'resolved',
    });

    clock += 20 * HOUR;
    await watch.run();
    expect(await alerts()).toMatchObject([{ status: 'resolved' }, { status: 'new' }]);
  });

  it('is resolved by a processor that did not tell it', async () => {
    await sent(1);
    await aWatch().run();
    const other = aWatch();
    await add(Math.floor(clock / HOUR) * HOUR, 7, clock - 1000);
    await other.run();
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it('is none while batches wait, or when its source is switched off', async () => {
    await sent(1);
    const watch = aWatch();
    caughtUp = false;
    await watch.run();
    expect(await alerts()).toEqual([]);
    caughtUp = true;
    await database.sql('update sources set enabled = false');
    await watch.run();
    expect(await alerts()).toEqual([]);
  });
});

describe('a rate spike', () => {
  it('is told once for an hour, and joins the next', async () => {
    await sent(0);
    await add(Math.floor(START / HOUR) * HOUR, 5000);
    const watch = aWatch();
    clock = START;
    await watch.run();
    await watch.run();
    expect(await alerts()).toMatchObject([{ detector: 'rate_spike', title: 'Rate spike: Office' }]);
    clock += HOUR;
    await add(Math.floor(clock / HOUR) * HOUR, 6000);
    await watch.run();
    expect(await alerts()).toHaveLength(1);
  });
});
