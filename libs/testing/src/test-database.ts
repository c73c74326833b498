import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import pg from 'pg';
import { testServers } from '@parapet/config';
import { createPool, migrate, serviceUrl, TenantDatabase, type ServiceRole } from '@parapet/db';
import { migrationsStamp } from './migrations-stamp.js';

/** Tests run from the root of the repository. */
const MIGRATIONS = resolve('prisma/migrations');
/** "PARAPET" folded into a number: one template is made at a time. */
const TEMPLATE_LOCK = 727_072_383;

/** A migrated database of its own, for one test file. */
export interface TestDatabase {
  /** What DATABASE_URL would be: a superuser's. */
  readonly databaseUrl: string;
  /** As parapet_app, through the product's own door. */
  readonly tenants: TenantDatabase;
  /** The URL of a service role. */
  urlOf(role: ServiceRole): string;
  /** A small pool as a service role; ended by `drop`. */
  pool(role: ServiceRole, options?: { max?: number; pipeline?: boolean }): pg.Pool;
  /** One statement as superuser, past every policy: for arranging and for looking. */
  sql<R extends pg.QueryResultRow>(text: string, params?: readonly unknown[]): Promise<R[]>;
  /** Ends every connection and drops the database. */
  drop(): Promise<void>;
}

function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer<T>(serverUrl: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOfDatabase(serverUrl, 'postgres') });
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

/** Migrates once per content of prisma/migrations and day (partitions belong to days); later databases are copies. */
async function ensureTemplate(serverUrl: string): Promise<string> {
  const stamp = `${await migrationsStamp(MIGRATIONS)}${new Date().toISOString().slice(0, 10)}`;
  const name = `parapet_template_${createHash('sha256').update(stamp).digest('hex').slice(0, 16)}`;
  await onServer(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount !== 0) return;
    // Renamed when it is whole, so that a run that was killed leaves no half-made template.
    const draft = `${name}_draft`;
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${draft}`);
    await migrate({ databaseUrl: urlOfDatabase(serverUrl, draft), dir: MIGRATIONS });
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  });
  return name;
}

/** A new database without anything in it; for tests of the migrations themselves. */
export async function createEmptyDatabase(
  template?: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const { databaseUrl: serverUrl } = testServers();
  const name = `parapet_test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, (client) =>
    client.query(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`),
  );
  return {
    url: urlOfDatabase(serverUrl, name),
    drop: async () => {
      await onServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** A new database with all migrations applied, and the service roles. Costs about 0.2 s after the first. */
export async function createTestDatabase(options: { poolSize?: number } = {}): Promise<TestDatabase> {
  const { databaseUrl: serverUrl } = testServers();
  const database = await createEmptyDatabase(await ensureTemplate(serverUrl));
  // A copy has the template's tables, but not the rights on the database.
  await migrate({ databaseUrl: database.url, dir: MIGRATIONS });
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  const superuser = createPool({ url: database.url, max: 3, name: 'test superuser', onError });
  const pools = [superuser];
  const urlOf = (role: ServiceRole) => serviceUrl(database.url, role);
  const tenants = new TenantDatabase({
    url: urlOf('parapet_app'),
    poolSize: options.poolSize ?? 5,
    name: 'test app',
    onError,
  });
  return {
    databaseUrl: database.url,
    tenants,
    urlOf,
    pool(role, { max = 3, pipeline = false } = {}) {
      const pool = createPool({ url: urlOf(role), max, name: `test ${role}`, onError, pipeline });
      pools.push(pool);
      return pool;
    },
    async sql<R extends pg.QueryResultRow>(text: string, params: readonly unknown[] = []) {
      return (await superuser.query<R>(text, [...params])).rows;
    },
    async drop() {
      await Promise.all([tenants.close(), ...pools.map((pool) => pool.end())]);
      await database.drop();
      if (errors.length > 0) throw new AggregateError(errors, 'connections broke during the test');
    },
  };
}
