import { createSocket } from 'node:dgram';
import { newId } from '@parapet/db';
import { anEvent, waitFor } from '@parapet/testing';
import { toWireEvent, type DeadLetter, type NormalizedEvent } from '@parapet/contracts';
import { createRedis } from '@parapet/queue';
import type { Redis } from 'ioredis';
import { startApi, type ApiServer, type Member } from './support/api-server.js';
import { queuedEvents, startIngestor, waitForEvents, type RunningIngestor } from './support/ingestor.js';
import { batchOf, testProcessor, type TestProcessor } from './processor-fixture.js';

const DAY_MS = 86_400_000;

let api: ApiServer;
let redis: Redis;
let acme: Awaited<ReturnType<ApiServer['customer']>>;
let beta: Awaited<ReturnType<ApiServer['customer']>>;
let operator: Member & { tenantId: string };

beforeAll(async () => {
  api = await startApi();
  redis = createRedis(api.redisUrl);
  acme = await api.customer('acme-corp');
  beta = await api.customer('beta-industries');
  operator = await api.operator();
});
afterAll(async () => {
  redis.disconnect();
  await api.stop();
});

describe('dead letters', () => {
  let processor: TestProcessor;
  beforeAll(async () => {
    processor = await testProcessor(api.database);
  });
  afterAll(() => processor.close());
  beforeEach(async () => {
    await redis.flushdb();
    await api.database.sql('delete from dead_letters');
  });

  const list = async (member: Member, query = '') =>
    (await api.call('GET', `/dead-letters${query}`, { token: member.token })).body as {
      items: DeadLetter[];
      nextCursor: string | null;
      open: { reason: string; letters: number }[];
    };
  const replay = (member: Member, body: object) =>
    api.call('POST', '/dead-letters/replay', { token: member.token, body });
  const handle = (events: NormalizedEvent[]) =>
    processor.handler.handle({ ...batchOf([{ tenantId: acme.id, events }]), last: true });
  const stored = async (id: string) =>
    Number(
      (await api.database.sql<{ n: string }>('select count(*) as n from events where id = $1', [id]))[0]?.n,
    );

  test('too old for the tenant: kept with its reason, and stored once after the retention was raised', async () => {
    const event = anEvent(acme.id, { '@timestamp': Date.now() - 400 * DAY_MS });
    await handle([event, anEvent(acme.id)]);
    const { admin, analyst } = acme.members;
    const before = await list(analyst);
    expect(before).toMatchObject({
      items: [{ reason: 'older_than_retention', replayedAt: null, event: { id: event.id } }],
      nextCursor: null,
      open: [{ reason: 'older_than_retention', letters: 1 }],
    });
    expect((await list(beta.members.admin)).items).toEqual([]);

    // Nothing was mended: it comes back as a letter of its own, and the first one is answered.
    expect((await replay(admin, {})).body).toEqual({ replayed: 1, unreadable: 0, more: false });
    await handle(await waitForEvents(redis, 1));
    expect((await list(admin)).items).toHaveLength(1);
    expect((await list(admin, '?state=all')).items).toHaveLength(2);

    await api.database.sql('update tenants set retention_days = 500 where id = $1', [acme.id]);
    await processor.config.load();
    await redis.flushdb();
    await replay(admin, { reason: 'older_than_retention' });
    const [job] = await waitFor(async () => {
      const jobs = await jobsOf();
      return jobs.length > 0 && jobs;
    });
    await processor.handler.handle({ data: job, last: true });
    await processor.handler.handle({ data: job, last: true });
    expect(await stored(event.id)).toBe(1);
    expect((await list(admin)).open).toEqual([]);
    expect((await replay(admin, {})).body).toEqual({ replayed: 0, unreadable: 0, more: false });
  });

  test('many at once, by their ids, only one’s own, and only an admin', async () => {
    const letters = async (tenantId: string, count: number) => {
      const events = Array.from({ length: count }, () => anEvent(tenantId));
      await api.database.sql(
        `insert into dead_letters (id, tenant_id, event_id, batch_id, stage, reason, event)
         select * from jsonb_to_recordset($1::jsonb) as d(id uuid, tenant_id uuid, event_id uuid, batch_id uuid, stage text, reason text, event jsonb)`,
        [
          JSON.stringify(
            events.map((event) => ({
              id: newId(),
              tenant_id: tenantId,
              event_id: event.id,
              batch_id: newId(),
              stage: 'store',
              reason: 'poison',
              event: toWireEvent(event),
            })),
          ),
        ],
      );
    };
    await letters(acme.id, 1200);
    await letters(beta.id, 1);
    const { admin, analyst, viewer } = acme.members;
    for (const member of [analyst, viewer]) expect((await replay(member, {})).status).toBe(403);
    const [theirs] = (await list(beta.members.admin)).items;
    expect((await replay(admin, { ids: [theirs?.id] })).body).toMatchObject({ replayed: 0 });
    const page = await list(admin, '?limit=500');
    expect([page.items.length, page.nextCursor === null]).toEqual([500, false]);
    expect((await replay(admin, { ids: page.items.slice(0, 3).map(({ id }) => id) })).body).toMatchObject({
      replayed: 3,
    });
    // Two people at once: each letter goes once.
    const both = await Promise.all([replay(admin, {}), replay(admin, {})]);
    expect(both.reduce((sum, { body }) => sum + (body as { replayed: number }).replayed, 0)).toBe(1197);
    const events = await waitForEvents(redis, 1200, 20_000);
    expect([events.length, new Set(events.map(({ id }) => id)).size]).toEqual([1200, 1200]);
    expect(new Set(events.map(({ tenantId }) => tenantId))).toEqual(new Set([acme.id]));
    const audit = await api.database.sql<{ details: unknown }>(
      `select details from audit_log where tenant_id = $1 and action = 'dead_letters.replayed' order by seq desc limit 1`,
      [acme.id],
    );
    expect(audit).toHaveLength(1);
  });

  test('a letter whose event has no valid form stays open and is told', async () => {
    await api.database.sql(
      `insert into dead_letters (id, tenant_id, stage, reason, event) values ($1, $2, 'store', 'poison', '{"id": 1}')`,
      [newId(), acme.id],
    );
    expect((await replay(acme.members.admin, {})).body).toEqual({ replayed: 0, unreadable: 1, more: false });
    expect((await list(acme.members.admin)).open).toEqual([{ reason: 'poison', letters: 1 }]);
  });

  async function jobsOf(): Promise<unknown[]> {
    const keys = await redis.keys('parapet:events:*-*-*-*-*');
    return Promise.all(
      keys.map(async (key) => JSON.parse((await redis.hget(key, 'data')) ?? 'null') as unknown),
    );
  }
});

describe('quarantine', () => {
  let ingestor: RunningIngestor;
  beforeAll(async () => {
    await redis.flushdb();
    ingestor = await startIngestor(api.database.databaseUrl, api.redisUrl);
  });
  afterAll(() => ingestor.stop());

  const send = async (from: string, lines: string[]) => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, from, resolve));
    for (const line of lines)
      await new Promise((resolve) => socket.send(line, ingestor.ports.udp, '127.0.0.1', resolve));
    socket.close();
  };
  const assign = (body: object) =>
    api.call('POST', '/sre/quarantine/assign', {
      token: operator.token,
      body: { reason: 'ticket 4711', ...body },
    });

  test('a stranger’s lines go to the tenant that an operator gives it to, once, as of when they came', async () => {
    await send('127.0.9.9', ['<13>app: without a time', '<13>Nov 20 20:00:00 host app: with a time']);
    await send('127.0.9.10', ['<13>app: still a stranger']);
    await waitFor(async () => (await api.database.sql('select address from quarantine')).length === 2, {
      what: 'both strangers in quarantine',
    });
    const [row] = await api.database.sql<{ last_seen: Date }>(
      `select last_seen from quarantine where address = '127.0.9.9'`,
    );
    const answer = await assign({ tenantId: beta.id, cidr: '127.0.9.9/32', name: 'Router' });
    expect(answer).toMatchObject({
      status: 201,
      body: { samples: 2, source: { name: 'Router', cidr: '127.0.9.9/32', status: 'active' } },
    });
    const events = await waitForEvents(redis, 2, 30_000);
    await waitFor(async () => (await api.database.sql('select address from quarantine')).length === 1);
    expect(await queuedEvents(redis)).toHaveLength(2);
    expect(
      events.map((event) => [event.tenantId, event['log.source.address'], event['labels.transport']]),
    ).toEqual(Array.from({ length: 2 }, () => [beta.id, '127.0.9.9', 'udp']));
    expect(events.find(({ message }) => message === 'without a time')?.['@timestamp']).toBe(
      row?.last_seen.getTime(),
    );
    for (const tenantId of [beta.id, operator.tenantId]) {
      const rows = await api.database.sql(
        `select from audit_log where tenant_id = $1 and details::text like '%ticket 4711%'`,
        [tenantId],
      );
      expect([tenantId, rows.length]).toEqual([tenantId, 1]);
    }
  }, 60_000);

  test('the operator’s choice is also the approval of a prefix inside another customer’s', async () => {
    expect((await assign({ tenantId: acme.id, cidr: '127.0.77.0/24', name: 'Site' })).status).toBe(201);
    const inner = await assign({ tenantId: beta.id, cidr: '127.0.77.8/32', name: 'Their router' });
    expect(inner).toMatchObject({ status: 201, body: { source: { status: 'active' } } });
    const rows = await api.database.sql(`select status from sources where cidr = '127.0.77.8'`);
    expect(rows).toEqual([{ status: 'active' }]);
  });

  test('a prefix that is taken, a tenant that is none, a customer who asks', async () => {
    expect((await assign({ tenantId: acme.id, cidr: '127.0.9.9/32', name: 'x' })).status).toBe(409);
    expect((await assign({ tenantId: newId(), cidr: '127.0.9.11/32', name: 'x' })).status).toBe(404);
    const asCustomer = await api.call('POST', '/sre/quarantine/assign', {
      token: acme.members.admin.token,
      body: { tenantId: acme.id, cidr: '127.0.9.10/32', name: 'x', reason: 'mine' },
    });
    expect(asCustomer.status).toBe(403);
    const tenants = await api.call('GET', '/sre/tenants', { token: operator.token });
    expect(tenants.body).toMatchObject({ items: [{ slug: 'acme-corp' }, { slug: 'beta-industries' }] });
  });
});
