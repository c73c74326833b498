import { createHash } from 'node:crypto';
import { newId, violatedUnique } from '@parapet/db';
import { aSource, aTenant, createTestDatabase, type TestDatabase, type TestTenant } from '@parapet/testing';

let database: TestDatabase;
let acme: TestTenant;
let beta: TestTenant;

const versionOf = async (kind: string) =>
  Number(
    (
      await database.sql<{ version: string }>('SELECT version FROM config_versions WHERE kind = $1', [kind])
    )[0]?.version,
  );

beforeAll(async () => {
  database = await createTestDatabase();
  acme = await aTenant(database.tenants);
  beta = await aTenant(database.tenants);
});
afterAll(() => database.drop());

describe('prefixes', () => {
  it('R18 the same prefix for two tenants is refused by the constraint', async () => {
    await aSource(database.tenants, acme.id, { cidr: '192.0.2.0/24' });
    for (const tenant of [acme, beta]) {
      const error: unknown = await aSource(database.tenants, tenant.id, { cidr: '192.0.2.0/24' }).catch(
        (e: unknown) => e,
      );
      expect(violatedUnique(error)).toBe('sources_cidr_key');
    }
  });

  it('a prefix inside or around another tenant’s waits for the operator; inside one’s own it does not', async () => {
    await aSource(database.tenants, acme.id, { cidr: '198.51.100.0/24' });
    expect((await aSource(database.tenants, beta.id, { cidr: '198.51.100.8/29' })).status).toBe(
      'pending_approval',
    );
    expect((await aSource(database.tenants, beta.id, { cidr: '198.51.0.0/16' })).status).toBe(
      'pending_approval',
    );
    expect((await aSource(database.tenants, acme.id, { cidr: '198.51.100.64/26' })).status).toBe(
      'pending_approval',
    );
    expect((await aSource(database.tenants, acme.id, { cidr: '203.0.113.0/24' })).status).toBe('active');
    expect((await aSource(database.tenants, acme.id, { cidr: '203.0.113.64/26' })).status).toBe('active');
    expect((await aSource(database.tenants, beta.id, { cidr: '2001:db8::/32' })).status).toBe('active');
  });

  it('two overlapping claims at the same moment don’t both become active', async () => {
    for (let round = 0; round < 10; round += 1) {
      const claims = await Promise.all([
        aSource(database.tenants, acme.id, { cidr: `172.16.${round}.0/24` }),
        aSource(database.tenants, beta.id, { cidr: `172.16.${round}.128/25` }),
      ]);
      expect(claims.map((claim) => claim.status).sort()).toEqual(['active', 'pending_approval']);
    }
  });

  it('a tenant can’t approve its own claim, by status or by moving an approved source', async () => {
    const held = await aSource(database.tenants, beta.id, { cidr: '198.51.100.128/25' });
    const update = (data: string, id: string) =>
      database.tenants.queryTenant<{ status: string }>(
        beta.id,
        `UPDATE sources SET ${data} WHERE id = $1 RETURNING status`,
        [id],
      );
    await expect(update(`status = 'active'`, held.id)).rejects.toMatchObject({ code: '42501' });
    const own = await aSource(database.tenants, beta.id);
    expect(await update(`cidr = '198.51.100.192/26'`, own.id)).toEqual([{ status: 'pending_approval' }]);
    expect(await update(`name = 'renamed'`, own.id)).toEqual([{ status: 'pending_approval' }]);
  });

  it('a prefix with host bits is refused', async () => {
    await expect(
      database.tenants.queryTenant(
        acme.id,
        `INSERT INTO sources (id, tenant_id, name, cidr) VALUES ($1, $2, 'x', '10.9.9.9/24')`,
        [newId(), acme.id],
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });

  it('every change of configuration is seen in its version', async () => {
    const [routing, detectors] = [await versionOf('routing'), await versionOf('detectors')];
    const source = await aSource(database.tenants, acme.id);
    expect(await versionOf('routing')).toBe(routing + 1);
    await database.tenants.queryTenant(acme.id, 'DELETE FROM sources WHERE id = $1', [source.id]);
    expect(await versionOf('routing')).toBe(routing + 2);
    expect(await versionOf('detectors')).toBe(detectors);
    await database.tenants.withTenant(acme.id, (tx) => tx.detector.updateMany({ data: { threshold: 7 } }));
    expect(await versionOf('detectors')).toBe(detectors + 1);
  });
});

describe('the audit log', () => {
  const write = (tenant: TestTenant, action: string) =>
    database.tenants.withTenant(tenant.id, (tx) =>
      tx.auditEntry.create({
        data: { tenantId: tenant.id, actor: 'admin@test.test', action, details: { n: 1 }, ip: '192.0.2.1' },
      }),
    );

  interface Entry {
    seq: string;
    covered: string;
    prev_hash: Buffer;
    hash: Buffer;
  }
  const chainOf = (tenant: TestTenant) =>
    database.sql<Entry>(
      `SELECT seq, prev_hash, hash, jsonb_build_array(tenant_id, seq, extract(epoch FROM at), actor_id, actor, action, target, details, ip)::text AS covered
       FROM audit_log WHERE tenant_id = $1 ORDER BY seq`,
      [tenant.id],
    );

  it('R44 links each entry to the one before, by tenant, also when many are written at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => write(n % 2 === 0 ? acme : beta, `action-${n}`)));
    for (const tenant of [acme, beta]) {
      const chain = await chainOf(tenant);
      expect(chain.map((entry) => Number(entry.seq))).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
      let previous: Buffer = Buffer.alloc(0);
      for (const entry of chain) {
        expect(entry.prev_hash.equals(previous)).toBe(true);
        expect(createHash('sha256').update(previous).update(entry.covered).digest().equals(entry.hash)).toBe(
          true,
        );
        previous = entry.hash;
      }
    }
  });

  it('R44 keeps its own count, time and hash whatever a writer says', async () => {
    const [entry] = await database.tenants.queryTenant<{ seq: string; at: Date; hash: Buffer }>(
      acme.id,
      `INSERT INTO audit_log (tenant_id, seq, at, actor, action, prev_hash, hash) VALUES ($1, 999, '2000-01-01', 'x', 'forged', '\\x00', '\\x00')
       RETURNING seq, at, hash`,
      [acme.id],
    );
    expect(Number(entry?.seq)).toBe(11);
    expect(Math.abs(Date.now() - Number(entry?.at))).toBeLessThan(60_000);
    expect(entry?.hash).toHaveLength(32);
  });

  it('R44 is insert-only for every service', async () => {
    for (const sql of [`UPDATE audit_log SET action = 'x'`, 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
      await expect(database.tenants.queryTenant(acme.id, sql)).rejects.toMatchObject({ code: '42501' });
      await expect(database.pool('parapet_writer').query(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
