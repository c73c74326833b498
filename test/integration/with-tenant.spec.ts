import { TenantDatabase } from '@parapet/db';
import { NestedTransactionError, TenantIdError, TenantLeakError } from '@parapet/errors';
import { aTenant, aUser, createTestDatabase, type TestDatabase, type TestTenant } from '@parapet/testing';

const TENANTS = 20;
const REQUESTS = 2000;

let database: TestDatabase;
let db: TenantDatabase;
let tenants: TestTenant[];

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 5 });
  db = database.tenants;
  tenants = [];
  for (let n = 0; n < TENANTS; n += 1) {
    const tenant = await aTenant(db);
    for (let user = 0; user < 3; user += 1) await aUser(db, tenant.id);
    tenants.push(tenant);
  }
});
afterAll(() => database.drop());

const tenantOf = (n: number): TestTenant => {
  const tenant = tenants[n % TENANTS];
  if (tenant === undefined) throw new RangeError('no such tenant');
  return tenant;
};

/** Requests under way at a time: ten for each connection. */
const LANES = 50;

/** Runs mixed-tenant requests and returns the ids of tenants whose rows came to somebody else. */
async function strangersSeen(ask: (tenant: TestTenant, n: number) => Promise<string[]>): Promise<string[]> {
  const strangers: string[] = [];
  let next = 0;
  const lane = async () => {
    while (next < REQUESTS) {
      const n = next++;
      const tenant = tenantOf(n * 7);
      const seen = await ask(tenant, n);
      expect(seen).toHaveLength(3);
      strangers.push(...seen.filter((id) => id !== tenant.id));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return strangers;
}

const failEach = 10;
/** Every tenth request also fails once, so that rollbacks are in the mix. */
const sometimes = (n: number) => n % failEach === 0;

describe('R23 2,000 mixed-tenant requests over five connections see 0 foreign rows', () => {
  afterEach(() => {
    expect(db.poolState().total).toBeLessThanOrEqual(5);
    expect(db.poolState().waiting).toBe(0);
  });

  it('with queryTenant, failures among them', async () => {
    const strangers = await strangersSeen(async (tenant, n) => {
      if (sometimes(n))
        await expect(db.queryTenant(tenant.id, 'SELECT 1 / $1::int', [0])).rejects.toMatchObject({
          code: '22012',
        });
      const users = await db.queryTenant<{ tenant_id: string }>(
        tenant.id,
        'SELECT tenant_id FROM users WHERE status = $1',
        ['active'],
      );
      return users.map((user) => user.tenant_id);
    });
    expect(strangers).toEqual([]);
  });

  it('with withTenant, readTenant and withTenantSql mixed, failures among them', async () => {
    const strangers = await strangersSeen(async (tenant, n) => {
      if (sometimes(n)) {
        await expect(db.withTenant(tenant.id, (tx) => tx.$executeRaw`SELECT 1 / 0`)).rejects.toThrow();
      }
      if (n % 3 === 0) {
        return db.withTenantSql(tenant.id, async (query) => {
          await query('SELECT pg_sleep(0.001)');
          const { rows } = await query<{ tenant_id: string }>('SELECT tenant_id FROM users');
          return rows.map((row) => row.tenant_id);
        });
      }
      if (n % 3 === 1) {
        const [users] = await db.readTenant(tenant.id, (q) => [
          q.user.findMany({ select: { tenantId: true } }),
        ]);
        return users.map((user) => user.tenantId);
      }
      return db.withTenant(tenant.id, async (tx) => {
        const ids = (await tx.user.findMany({ select: { id: true } })).map((user) => user.id);
        const users = await tx.user.findMany({ where: { id: { in: ids } }, include: { tenant: true } });
        return users.map((user) => user.tenant.id);
      });
    });
    expect(strangers).toEqual([]);
  });
});

describe('withTenant', () => {
  it('commits what it did, or nothing of it', async () => {
    const { id } = tenantOf(0);
    await db.withTenant(id, (tx) => tx.detector.updateMany({ data: { threshold: 9 } }));
    await expect(
      db.withTenant(id, async (tx) => {
        await tx.detector.updateMany({ data: { threshold: 11 } });
        throw new RangeError('changed my mind');
      }),
    ).rejects.toThrow(RangeError);
    const [detectors] = await db.readTenant(id, (q) => [
      q.detector.findMany({ select: { threshold: true } }),
    ]);
    expect(detectors).toEqual([{ threshold: 9 }, { threshold: 9 }]);
  });

  it('a tenant inside another’s work, on a connection of its own, keeps both apart', async () => {
    const [outer, inner] = [tenantOf(1), tenantOf(2)];
    const seen = await db.withTenant(outer.id, async (tx) => {
      const before = await tx.tenant.findMany();
      const other = await db.withTenant(inner.id, (innerTx) => innerTx.tenant.findMany());
      return [before, other, await tx.tenant.findMany()].map((rows) => rows.map((row) => row.id));
    });
    expect(seen).toEqual([[outer.id], [inner.id], [outer.id]]);
  });

  it('refuses to open a transaction inside a transaction, by type and at run time', async () => {
    await expect(
      db.withTenant(tenantOf(0).id, async (tx) => {
        // @ts-expect-error the type has no $transaction
        await tx.$transaction([]);
      }),
    ).rejects.toThrow(NestedTransactionError);
    await expect(
      db.readTenant(tenantOf(0).id, (q) => {
        // @ts-expect-error the type has no $extends
        q.$extends({});
        return [q.user.count()];
      }),
    ).rejects.toThrow(NestedTransactionError);
  });

  it('refuses a tenant that is no uuid before it asks the database', async () => {
    for (const bad of ['', 'acme-corp', `${tenantOf(0).id}'; --`]) {
      await expect(db.withTenant(bad, (tx) => tx.user.count())).rejects.toThrow(TenantIdError);
      await expect(db.readTenant(bad, (q) => [q.user.count()])).rejects.toThrow(TenantIdError);
      await expect(db.queryTenant(bad, 'SELECT 1')).rejects.toThrow(TenantIdError);
    }
  });

  it('works the same for a tenant’s id in capitals', async () => {
    expect(await db.queryTenant(tenantOf(0).id.toUpperCase(), 'SELECT FROM users')).toHaveLength(3);
  });
});

describe('readTenant', () => {
  it('answers several queries in one go, each with its own type', async () => {
    const { id, slug } = tenantOf(3);
    const [tenant, users] = await db.readTenant(id, (q) => [q.tenant.findFirstOrThrow(), q.user.count()]);
    expect(tenant.slug.toUpperCase()).toBe(slug.toUpperCase());
    expect(users + 1).toBe(4);
  });

  it('a query that is run without it finds nothing', async () => {
    const [, count] = await db.readTenant(tenantOf(3).id, (q) => [q.user.count(), q.tenant.count()]);
    expect(count).toBe(1);
    const outside: number[] = [];
    await db.readTenant(tenantOf(3).id, (q) => {
      outside.push(0);
      void q.user.count().then((n) => outside.push(n));
      return [q.user.count()];
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(outside).toEqual([0, 0]);
  });
});

describe('a connection that has a tenant already when it comes from the pool', () => {
  const [thief, owner] = [0, 4];

  async function poisoned(): Promise<TenantDatabase> {
    const alone = new TenantDatabase({
      url: database.urlOf('parapet_app'),
      poolSize: 1,
      name: 'test poisoned',
      onError: (error) => {
        throw error;
      },
    });
    await alone.queryTenant(tenantOf(owner).id, `SELECT set_config('app.tenant_id', $1, false)`, [
      tenantOf(owner).id,
    ]);
    return alone;
  }

  it('is refused by each door, runs nothing, and does not stay in the pool', async () => {
    const doors: ((alone: TenantDatabase) => Promise<unknown>)[] = [
      (alone) =>
        alone.withTenant(tenantOf(thief).id, (tx) => tx.detector.updateMany({ data: { threshold: 66 } })),
      (alone) => alone.readTenant(tenantOf(thief).id, (q) => [q.user.findMany()]),
      (alone) => alone.queryTenant(tenantOf(thief).id, 'UPDATE detectors SET threshold = 66'),
      (alone) =>
        alone.withTenantSql(tenantOf(thief).id, (query) => query('UPDATE detectors SET threshold = 66')),
    ];
    for (const door of doors) {
      const alone = await poisoned();
      await expect(door(alone)).rejects.toThrow(TenantLeakError);
      expect(await alone.queryTenant(tenantOf(thief).id, 'SELECT FROM users')).toHaveLength(3);
      await alone.close();
    }
    expect(await database.sql('SELECT FROM detectors WHERE threshold = 66')).toEqual([]);
  });
});

describe('a connection that breaks', () => {
  it('fails its request only; the next one has a new connection', async () => {
    const errors: Error[] = [];
    const alone = new TenantDatabase({
      url: database.urlOf('parapet_app'),
      poolSize: 1,
      name: 'test broken',
      onError: (error) => errors.push(error),
    });
    const { id } = tenantOf(0);
    const kill = `SELECT pg_terminate_backend(pg_backend_pid())`;
    await expect(alone.queryTenant(id, kill)).rejects.toMatchObject({ code: '57P01' });
    expect(await alone.queryTenant(id, 'SELECT FROM users')).toHaveLength(3);
    await expect(alone.withTenant(id, (tx) => tx.$queryRawUnsafe(kill))).rejects.toThrow();
    const [count] = await alone.readTenant(id, (q) => [q.user.count()]);
    expect(count).toBe(3);
    await alone.close();
  });
});
