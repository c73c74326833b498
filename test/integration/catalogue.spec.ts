import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '@parapet/testing';
import { findCatalogueProblems } from './support/catalogue.js';
import { prismaColumns } from './support/prisma-columns.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the catalogue', () => {
  it('R21 holds every promise about tenants, roles and functions', async () => {
    expect(await findCatalogueProblems((text) => database.sql(text))).toEqual([]);
  });

  it('R21 the walk sees the tables that exist, partitions included', async () => {
    const tables = await database.sql<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relrowsecurity`,
    );
    const names = tables.map((t) => t.name);
    expect(names).toEqual(
      expect.arrayContaining(['tenants', 'users', 'events', 'alerts', 'audit_log', 'outbox']),
    );
    expect(names.filter((name) => /^events_\d{8}$/.test(name))).toHaveLength(5);
  });

  // Each makes one hole in a transaction that is rolled back (roles belong to the whole cluster); the walk must name it.
  it.each([
    ['a tenant table without RLS', 'CREATE TABLE made_up (tenant_id uuid)', 'made_up'],
    [
      'a table whose policy is not ours',
      `CREATE TABLE made_up (tenant_id uuid); ALTER TABLE made_up ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
       CREATE POLICY tenant_isolation ON made_up USING (true) WITH CHECK (true)`,
      'made_up',
    ],
    ['RLS that is not forced', 'ALTER TABLE alerts NO FORCE ROW LEVEL SECURITY', 'alerts'],
    [
      'a policy without WITH CHECK',
      'DROP POLICY tenant_isolation ON alerts; CREATE POLICY tenant_isolation ON alerts USING (tenant_id = current_tenant())',
      'alerts',
    ],
    [
      'one more policy that lets everything through',
      'CREATE POLICY hole ON users FOR SELECT TO parapet_app USING (true)',
      'users.hole',
    ],
    [
      'a partition that may be asked by itself',
      `DO $$ BEGIN EXECUTE format('GRANT SELECT ON events_%s TO parapet_app', to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')); END $$`,
      'parapet_app events_',
    ],
    ['a platform table in the tenants’ reach', 'GRANT SELECT ON quarantine TO parapet_app', 'quarantine'],
    ['a view that runs as its owner', 'CREATE VIEW peek AS SELECT * FROM users', 'peek'],
    ['an app role that bypasses RLS', 'ALTER ROLE parapet_app BYPASSRLS', 'parapet_app'],
    ['an app role that is a superuser', 'ALTER ROLE parapet_app SUPERUSER', 'parapet_app'],
    ['an app role that may become the owner', 'GRANT parapet_owner TO parapet_app', 'parapet_app'],
    [
      'an app role that owns a table',
      'GRANT CREATE ON SCHEMA public TO parapet_app; ALTER TABLE batch_ledger OWNER TO parapet_app',
      'batch_ledger',
    ],
    [
      'a definer function without a search path',
      'ALTER FUNCTION auth_find_user(text) RESET search_path',
      'auth_find_user',
    ],
    [
      'a function that everybody may call',
      'GRANT EXECUTE ON FUNCTION ingest_routing() TO PUBLIC',
      'ingest_routing',
    ],
    ['a service role that may make tables', 'GRANT CREATE ON SCHEMA public TO parapet_app', 'parapet_app'],
    ['a writer that reads events', 'GRANT SELECT (message) ON events TO parapet_writer', 'parapet_writer'],
    ['an SRE that writes', 'GRANT DELETE ON alerts TO parapet_sre', 'parapet_sre alerts'],
  ])('R21 finds %s', async (_what, hole, name) => {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    try {
      await client.query(`BEGIN; ${hole}`);
      const problems = await findCatalogueProblems(async (text) => (await client.query(text)).rows);
      expect(problems.join('\n')).toContain(name);
      await client.query('ROLLBACK');
    } finally {
      await client.end();
    }
  });

  it('prisma/schema.prisma has the columns that the migrations make, with their nullability and types', async () => {
    const columns = await database.sql<{ column: string }>(
      `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN '' ELSE '?' END AS column
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
         AND c.relname !~ '^events(_\\d{8})?$' AND c.relname <> '_prisma_migrations'`,
    );
    const inDatabase = columns.map((row) => row.column).sort();
    expect(inDatabase.length).toBeGreaterThan(100);
    expect(await prismaColumns()).toEqual(inDatabase);
  });
});
