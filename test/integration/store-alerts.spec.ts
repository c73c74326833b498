import { MemoryWindowStore } from '@parapet/detection';
import { anEvent, aTenant, createTestDatabase, type TestDatabase } from '@parapet/testing';
import { QuietUpdateAnnouncer } from '../../apps/processor/src/jobs/announcer.js';
import { EvidenceFiller } from '../../apps/processor/src/jobs/evidence-filler.js';
import { dropExpiredDays, prune } from '../../apps/processor/src/jobs/retention.js';
import { batchOf, countsOf, failedLogins, testProcessor, type TestProcessor } from './processor-fixture.js';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let acme: string;
let processor: TestProcessor;
let windows: MemoryWindowStore;

beforeEach(async () => {
  database = await createTestDatabase();
  acme = (await aTenant(database.tenants)).id;
  windows = new MemoryWindowStore();
  processor = await testProcessor(database, { windows });
});

afterEach(async () => {
  await processor.close();
  await database.drop();
});

const store = (events: ReturnType<typeof failedLogins>) =>
  processor.handler.handle(batchOf([{ tenantId: acme, events }]));
const alerts = () => database.sql('select * from alerts order by created_at, first_seen');
const messages = async () =>
  (await database.sql<{ kind: string }>('select kind from outbox order by id')).map(({ kind }) => kind);

describe('an alert', () => {
  it('says who, what and where, and keeps the events of earlier batches too', async () => {
    const geo = {
      'source.geo.country_iso_code': 'NL',
      'source.geo.location.lat': 52.4,
      'source.geo.location.lon': 4.9,
    };
    const events = failedLogins(acme, 6, geo);
    await store(events.slice(0, 3));
    expect(await alerts()).toHaveLength(0);
    await store(events.slice(3));
    const [alert] = await alerts();
    expect(alert).toMatchObject({
      tenant_id: acme,
      detector: 'brute_force',
      severity: 4,
      status: 'new',
      group_fields: { 'source.ip': '203.0.113.7' },
      event_count: '6',
      first_seen: new Date(events[0]?.['@timestamp'] ?? 0),
      last_seen: new Date(events[5]?.['@timestamp'] ?? 0),
      source_ip: '203.0.113.7',
      source_geo: { countryCode: 'NL', country: null, city: null, lat: 52.4, lon: 4.9 },
      historical: false,
    });
    const evidence = await database.sql('select event_id, event from alert_events order by ts');
    expect(evidence.map((row) => row.event?.id)).toEqual(events.map(({ id }) => id));
    expect(await database.sql('select kind, payload from outbox')).toEqual([
      { kind: 'alert.created', payload: { kind: 'alert.created', v: 1, tenantId: acme, alertId: alert?.id } },
    ]);
  });

  it('goes on within its window, even when it was closed, and is a new one after that', async () => {
    const start = Date.now() - 3_600_000;
    await store(failedLogins(acme, 5, {}, start));
    await database.sql("update alerts set status = 'resolved'");
    await store(failedLogins(acme, 5, {}, start + 200_000));
    expect(await alerts()).toMatchObject([{ status: 'resolved', event_count: '10' }]);
    await store(failedLogins(acme, 5, {}, start + 1_200_000));
    expect(await alerts()).toMatchObject([
      { status: 'resolved', event_count: '10' },
      { status: 'new', event_count: '5' },
    ]);
  });

  it('counts on when its evidence is full', async () => {
    await store(failedLogins(acme, 80));
    await store(failedLogins(acme, 80));
    await store(failedLogins(acme, 80));
    expect(await countsOf(database)).toMatchObject({ alerts: 1, alert_events_counted: 240, evidence: 100 });
  });

  it('is announced once when made, about once a second when it changes, and its last change is not lost', async () => {
    const announcer = new QuietUpdateAnnouncer(processor.pool);
    await store(failedLogins(acme, 5));
    await store(failedLogins(acme, 5));
    await store(failedLogins(acme, 5));
    expect(await messages()).toEqual(['alert.created']);
    announcer.committed({ announced: [], quiet: processor.quiet });
    await announcer.run();
    await announcer.run();
    expect(await messages()).toEqual(['alert.created', 'alert.updated']);
    await database.sql("update alerts set updated_at = now() - interval '2 seconds'");
    await store(failedLogins(acme, 5));
    expect(await messages()).toEqual(['alert.created', 'alert.updated', 'alert.updated']);
  });

  it('about long ago is marked historical and notifies nobody', async () => {
    await store(failedLogins(acme, 6, {}, Date.now() - 3 * DAY_MS));
    expect(await alerts()).toMatchObject([{ historical: true, event_count: '6' }]);
    await store(failedLogins(acme, 6, {}, Date.now() - 3 * DAY_MS));
    expect(await messages()).toEqual([]);
  });

  it('gets the copies of events that are stored after it', async () => {
    const events = failedLogins(acme, 6);
    // The first batch moves the windows and is not stored yet; the second makes the alert.
    const first = batchOf([{ tenantId: acme, events: events.slice(0, 3) }]);
    const late = await testProcessor(database, {
      windows,
      reached: () => Promise.reject(new Error('later')),
    });
    void late.handler.handle(first);
    while (late.coalescer.problem === null) await new Promise((resolve) => setTimeout(resolve, 10));
    late.coalescer.stop();
    await store(events.slice(3));
    const missing = () => database.sql('select event_id from alert_events where event is null');
    expect(await missing()).toHaveLength(3);
    const filler = new EvidenceFiller(processor.pool);
    await filler.run();
    expect(await missing()).toHaveLength(3);

    await processor.handler.handle(first);
    await new EvidenceFiller(processor.pool).run();
    expect(await missing()).toHaveLength(0);
    expect(await countsOf(database)).toMatchObject({ alerts: 1, alert_events_counted: 6, evidence: 6 });
    await late.close();
  });
});

describe('housekeeping', () => {
  it('drops the days that nobody keeps, and only those', async () => {
    await database.sql('update tenants set retention_days = 10');
    const days = [8, 12].map((days) => anEvent(acme, { '@timestamp': Date.now() - days * DAY_MS }));
    await database.sql('update tenants set retention_days = 20');
    await processor.config.load();
    await store(days);
    expect(await countsOf(database)).toMatchObject({ events: 2 });
    await database.sql('update tenants set retention_days = 10');
    await dropExpiredDays(processor.pool, processor.partitions);
    expect((await database.sql('select id from events')).map((row) => row.id)).toEqual([days[0]?.id]);
  });

  it('deletes what has served its purpose', async () => {
    await store(failedLogins(acme, 5));
    await database.sql("insert into batch_ledger values (gen_random_uuid(), 1, now() - interval '9 days')");
    await database.sql(
      "insert into source_activity values ($1, gen_random_uuid(), date_trunc('hour', now()) - interval '91 days', 1, now())",
      [acme],
    );
    await database.sql(
      "insert into outbox (tenant_id, kind, payload, processed_at) values ($1, 'alert.updated', '{}', now() - interval '2 days')",
      [acme],
    );
    await prune(processor.pool);
    expect(await countsOf(database)).toMatchObject({ batches: 1, activity: 0 });
    expect(await messages()).toEqual(['alert.created']);
  });
});
