import { newId } from '@parapet/db';
import {
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
  type TestTenant,
} from '@parapet/testing';
import {
  connectFrom,
  metric,
  queuedEvents,
  startIngestor,
  twoTenants,
  type RunningIngestor,
} from './support/ingestor.js';

let database: TestDatabase;
let redis: TestRedis;
let acme: TestTenant;
let ingestor: RunningIngestor;

const addParser = (tenantId: string, name: string, pattern: string, programs: string[]) =>
  database.tenants.queryTenant(
    tenantId,
    `insert into parsers (id, tenant_id, name, kind, patterns, programs) values ($1, $2, $3, 'regex', $4, $5)`,
    [newId(), tenantId, name, [pattern], programs],
  );
const addAsset = (tenantId: string, kind: string, value: string, criticality: string) =>
  database.tenants.queryTenant(
    tenantId,
    `insert into assets (id, tenant_id, kind, value, name, criticality) values ($1, $2, $3, $4, 'the ' || $4, $5)`,
    [newId(), tenantId, kind, value, criticality],
  );

/** Sends the line again until an event of it shows that; the ingestor may take 2 s to know of a change. */
async function until(from: string, line: string, shows: object, timeoutMs = 2500): Promise<void> {
  const socket = await connectFrom(from, ingestor.ports.tcp);
  try {
    await waitFor(
      async () => {
        socket.write(`${Buffer.byteLength(line)} ${line}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
        const wanted = Object.entries(shows);
        const events = await queuedEvents(redis.client);
        return events.some((event) => wanted.every(([name, value]) => event[name] === value)) || undefined;
      },
      { what: `an event with ${JSON.stringify(shows)}`, timeoutMs },
    );
  } finally {
    socket.destroy();
    await redis.client.flushdb();
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  ({ acme } = await twoTenants(database));
  await addParser(acme.id, 'broken', '(a', ['broken']);
  await addParser(acme.id, 'gate', '^deny (?<source.ip>\\S+) as (?<user.name>\\S+)$', ['gated']);
  await addAsset(acme.id, 'address', '198.51.100.0/24', 'low');
  ingestor = await startIngestor(database.databaseUrl, redis.url);
});
afterAll(async () => {
  await ingestor?.stop();
  await redis?.drop();
  await database?.drop();
});

const LINE = '<34>Oct 11 22:14:15 gw gated: deny 198.51.100.9 as eve';

test('a tenant’s parsers and assets are there from the start; a broken parser costs the others nothing', async () => {
  await until('127.0.1.10', LINE, {
    'labels.decoder': 'gate',
    'source.ip': '198.51.100.9',
    'source.asset.name': 'the 198.51.100.0/24',
    'source.asset.criticality': 'low',
  });
  expect(await metric('parapet_failures_total', { component: 'parsers' })).toBe(1);
});

test('they are of their tenant alone', async () => {
  await until('127.0.2.10', LINE, { 'labels.decoder': 'generic' });
});

test('changes count within 2 s', async () => {
  await addAsset(acme.id, 'user', 'eve', 'critical');
  await until('127.0.1.10', LINE, { 'user.asset.criticality': 'critical' });
  await database.tenants.queryTenant(acme.id, `update parsers set patterns = $1 where name = 'gate'`, [
    ['^deny (?<destination.ip>\\S+) as'],
  ]);
  await until('127.0.1.10', LINE, { 'destination.ip': '198.51.100.9' });
  await database.tenants.queryTenant(acme.id, `update parsers set enabled = false where name = 'gate'`);
  await until('127.0.1.10', LINE, { 'labels.decoder': 'generic' });
  await database.tenants.queryTenant(acme.id, `update parsers set enabled = true where name = 'gate'`);
  await database.tenants.queryTenant(acme.id, `update sources set type = 'gate'`);
  await until('127.0.1.10', '<34>Oct 11 22:14:15 gw other: deny 198.51.100.9 as eve', {
    'labels.decoder': 'gate',
  });
});
