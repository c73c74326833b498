import { readFile } from 'node:fs/promises';
import { hashPassword, verifyPassword } from '@parapet/auth';
import { demoSeedSchema, demoTenantId, demoUserId, seedDemo, type DemoSeed } from '@parapet/db';
import { DETECTOR_KINDS } from '@parapet/contracts';
import { createTestDatabase, type TestDatabase } from '@parapet/testing';

let database: TestDatabase;
let seed: DemoSeed;
let made: string[];
let hashes = 0;
const hash = (plain: string) => {
  hashes += 1;
  return hashPassword(plain);
};

beforeAll(async () => {
  database = await createTestDatabase();
  seed = demoSeedSchema.parse(JSON.parse(await readFile('seeds/demo.json', 'utf8')));
  made = await seedDemo(database.tenants, seed, hash);
});
afterAll(() => database.drop());

describe('the demo seed', () => {
  it('makes the tenants with the prefixes that the documents name, each active', async () => {
    expect(made).toEqual(['acme-corp', 'beta-industries', 'cisco-systems', 'platform']);
    const sources = await database.sql<{ source: string }>(
      `SELECT t.slug || ' ' || s.cidr || ' ' || s.status AS source FROM sources s JOIN tenants t ON t.id = s.tenant_id ORDER BY t.slug, s.cidr`,
    );
    expect(sources.map((row) => row.source)).toEqual([
      'acme-corp 10.0.1.0/24 active',
      // What this machine sends about itself.
      'acme-corp 127.0.0.1/32 active',
      'acme-corp 127.0.1.0/24 active',
      'beta-industries 10.0.2.0/24 active',
      'beta-industries 127.0.2.0/24 active',
      'cisco-systems 10.0.3.0/24 active',
      'cisco-systems 127.0.3.0/24 active',
    ]);
  });

  it('makes users of each role who sign in with the published password', async () => {
    const users = await database.sql<{ email: string; role: string; kind: string; password_hash: string }>(
      'SELECT u.email, u.role, u.password_hash, t.kind FROM users u JOIN tenants t ON t.id = u.tenant_id ORDER BY u.email',
    );
    expect(users.map(({ email, role, kind }) => `${email} ${role} ${kind}`)).toEqual([
      ...['admin', 'analyst'].flatMap((role) =>
        ['acme-corp', 'beta-industries', 'cisco-systems'].map(
          (slug) => `${role}@${slug}.test ${role} customer`,
        ),
      ),
      'sre@parapet.test sre platform',
      ...['acme-corp', 'beta-industries', 'cisco-systems'].map(
        (slug) => `viewer@${slug}.test viewer customer`,
      ),
    ]);
    expect(new Set(users.map((user) => user.password_hash)).size).toBe(10);
    for (const user of users)
      expect(await verifyPassword(user.password_hash, 'Parapet-Demo-2026!')).toBe(true);
  });

  it('gives each customer its detectors and a channel to its admin and analyst; the platform none', async () => {
    const id = demoTenantId('beta-industries');
    const [detectors, channels] = await database.tenants.readTenant(id, (q) => [
      q.detector.findMany({
        where: { kind: { in: ['brute_force', 'port_scan'] } },
        orderBy: { kind: 'asc' },
      }),
      q.notificationChannel.findMany(),
    ]);
    expect(detectors).toMatchObject([
      { kind: 'brute_force', enabled: true, threshold: 5, windowSeconds: 300, severity: 'high' },
      { kind: 'port_scan', enabled: true, threshold: 10, windowSeconds: 600, severity: 'medium' },
    ]);
    const all = await database.tenants.queryTenant<{ kind: string }>(id, 'SELECT kind FROM detectors');
    expect(all.map(({ kind }) => kind).sort()).toEqual([...DETECTOR_KINDS].sort());
    expect(channels.map((channel) => channel.recipients)).toEqual([
      ['admin@beta-industries.test', 'analyst@beta-industries.test'],
    ]);
    expect(await database.tenants.queryTenant(demoTenantId('platform'), 'SELECT FROM detectors')).toEqual([]);
  });

  it('has ids that are the same on every machine', async () => {
    const [row] = await database.sql<{ id: string; tenant_id: string }>(
      `SELECT id, tenant_id FROM users WHERE email = 'admin@acme-corp.test'`,
    );
    expect(row).toEqual({ id: demoUserId('admin@acme-corp.test'), tenant_id: demoTenantId('acme-corp') });
    expect(demoTenantId('acme-corp')).toBe('00fd9fa6-6f21-5e4f-8a03-b642aad09aca');
  });

  it('a second time makes nothing and keeps what people changed, deletions too', async () => {
    const id = demoTenantId('acme-corp');
    await database.tenants.withTenant(id, async (tx) => {
      await tx.detector.updateMany({ where: { kind: 'brute_force' }, data: { threshold: 8 } });
      await tx.source.deleteMany({ where: { cidr: '10.0.1.0/24' } });
    });
    const before = hashes;
    expect(await seedDemo(database.tenants, seed, hash)).toEqual([]);
    expect(hashes).toBe(before);
    const [thresholds, sources] = await database.tenants.readTenant(id, (q) => [
      q.detector.findMany({
        where: { kind: { in: ['brute_force', 'port_scan'] } },
        select: { threshold: true },
        orderBy: { kind: 'asc' },
      }),
      q.source.count(),
    ]);
    expect([thresholds, sources]).toEqual([[{ threshold: 8 }, { threshold: 10 }], 2]);
  });

  it('two first starts at once make each tenant once', async () => {
    const other = await createTestDatabase();
    const results = await Promise.all([
      seedDemo(other.tenants, seed, hash),
      seedDemo(other.tenants, seed, hash),
    ]);
    expect(results.flat().sort()).toEqual(['acme-corp', 'beta-industries', 'cisco-systems', 'platform']);
    await other.drop();
  });
});
