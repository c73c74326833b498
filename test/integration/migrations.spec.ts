import { createHash } from 'node:crypto';
import { cp, mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, serviceUrl, SERVICE_ROLES } from '@parapet/db';
import { DatabasePasswordError, DatabaseRolesError, MigrationError } from '@parapet/errors';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '@parapet/testing';

const FIRST = '20261120000000_main_job';
const names = (await readdir('prisma/migrations', { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** A folder of migrations that a test may change, and an empty database. */
async function bench() {
  const dir = await mkdtemp(join(tmpdir(), 'migrations-'));
  const database = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return {
    dir,
    url: database.url,
    sql: async (text: string) => (await client.query<Record<string, unknown>>(text)).rows,
    async add(name: string, sql: string) {
      await mkdir(join(dir, name), { recursive: true });
      await writeFile(join(dir, name, 'migration.sql'), sql);
    },
    run: () => migrate({ databaseUrl: database.url, dir }),
    async clean() {
      await client.end();
      await database.drop();
      await rm(dir, { recursive: true });
    },
  };
}
type Bench = Awaited<ReturnType<typeof bench>>;

describe('migrate, with the real migrations', () => {
  let place: Bench;
  beforeEach(async () => {
    place = await bench();
    await cp('prisma/migrations', place.dir, { recursive: true });
  });
  afterEach(() => place.clean());

  it('applies them once, and records them as Prisma would', async () => {
    expect((await place.run()).applied).toEqual(names);
    expect(await place.run()).toEqual({ applied: [], partitions: [] });
    const rows = await place.sql('SELECT * FROM _prisma_migrations ORDER BY migration_name');
    const bytes = await readFile(`prisma/migrations/${FIRST}/migration.sql`);
    expect(rows.map((row) => row.migration_name)).toEqual(names);
    expect(rows.slice(0, 1)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash('sha256').update(bytes).digest('hex'),
        migration_name: FIRST,
        started_at: expect.any(Date),
        finished_at: expect.any(Date),
        applied_steps_count: 1,
        logs: null,
        rolled_back_at: null,
      },
    ]);
  });

  it('several at once apply each migration once', async () => {
    const results = await Promise.all([place.run(), place.run(), place.run()]);
    expect(results.flatMap((result) => result.applied)).toEqual(names);
    expect(results.flatMap((result) => result.partitions)).toHaveLength(5);
  });

  it('leaves everything to parapet_owner, whoever DATABASE_URL’s user is', async () => {
    await place.run();
    const owners = await place.sql(
      `SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
    );
    expect(owners).toEqual([{ owner: 'parapet_owner' }]);
  });

  it('lets each service sign in with its derived password and with no other', async () => {
    await place.run();
    for (const role of SERVICE_ROLES) {
      const client = new pg.Client({ connectionString: serviceUrl(place.url, role) });
      await client.connect();
      expect((await client.query('SELECT current_user AS me')).rows).toEqual([{ me: role }]);
      await client.end();
      const wrong = new URL(serviceUrl(place.url, role));
      wrong.password = 'guessed';
      const stranger = new pg.Client({ connectionString: wrong.href });
      await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
      await stranger.end();
    }
  });

  it('refuses a file that was changed after it was applied', async () => {
    await place.run();
    await writeFile(join(place.dir, FIRST, 'migration.sql'), '-- other');
    await expect(place.run()).rejects.toThrow(/main_job: its file was changed.*new migration/);
  });

  it('refuses a database that is newer than the files', async () => {
    await place.run();
    await rm(join(place.dir, FIRST), { recursive: true });
    await expect(place.run()).rejects.toThrow(/main_job: the database has it/);
  });
});

describe('migrate, with made-up migrations', () => {
  let place: Bench;
  beforeEach(async () => {
    place = await bench();
    // `migrate` ends with the partitions of the next days.
    await place.add(
      '1_base',
      'CREATE FUNCTION ensure_events_partition(day date) RETURNS boolean LANGUAGE sql RETURN false',
    );
  });
  afterEach(() => place.clean());

  it('applies in the order of names', async () => {
    await place.add('3_c', 'ALTER TABLE t ADD b int');
    await place.add('2_b', 'CREATE TABLE t (a int)');
    expect((await place.run()).applied).toEqual(['1_base', '2_b', '3_c']);
  });

  it('applies a failing one not at all, says where it failed, and goes on once it is mended', async () => {
    await place.add('2_b', 'CREATE TABLE t (a int);\n\nSELECT nonsense;');
    const error: unknown = await place.run().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MigrationError);
    expect(String(error)).toMatch(/2_b: .*nonsense.* at line 3\. Nothing of it was applied/);
    expect(await place.sql(`SELECT to_regclass('t') AS t`)).toEqual([{ t: null }]);
    await place.add('2_b', 'CREATE TABLE t (a int)');
    expect((await place.run()).applied).toEqual(['2_b']);
  });

  it('runs a marked one outside a transaction, and remembers its failure until somebody looked', async () => {
    await place.add('2_b', 'CREATE TABLE t (a int)');
    await place.add('3_index', '-- parapet: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);');
    expect((await place.run()).applied).toEqual(['1_base', '2_b', '3_index']);
    await place.add('4_index', '-- parapet: no-transaction\nCREATE INDEX CONCURRENTLY j ON t (missing);');
    await expect(place.run()).rejects.toThrow(MigrationError);
    const error: unknown = await place.run().catch((e: unknown) => e);
    expect(String(error)).toContain('it failed half-way earlier');
    // The message holds the statement that says "I looked".
    await place.sql(/run: (UPDATE .*;)/.exec(String(error))?.[1] ?? '');
    await place.add('4_index', '-- parapet: no-transaction\nCREATE INDEX CONCURRENTLY j ON t (a);');
    expect((await place.run()).applied).toEqual(['4_index']);
  });
});

describe('migrate, when DATABASE_URL’s user may not make roles', () => {
  it('prints SQL that an administrator can run as it is, after which it works', async () => {
    const place = await bench();
    const user = `limited_${Math.random().toString(36).slice(2, 10)}`;
    // With the superuser's password, so that the derived ones, which are the whole cluster's, stay the same.
    const password = decodeURIComponent(new URL(place.url).password);
    await place.sql(`CREATE ROLE ${user} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    const database = new URL(place.url).pathname.slice(1);
    try {
      const url = new URL(place.url);
      url.username = user;
      await cp('prisma/migrations', place.dir, { recursive: true });
      const run = () => migrate({ databaseUrl: url.href, dir: place.dir });
      const error: unknown = await run().catch((e: unknown) => e);
      if (!(error instanceof DatabaseRolesError)) throw error;
      expect(error.message).toContain(user);
      await place.sql(error.sql);
      expect((await run()).applied).toEqual(names);
    } finally {
      await place.sql(
        `REVOKE ALL ON DATABASE ${database} FROM ${user}; DROP OWNED BY ${user}; DROP ROLE ${user}`,
      );
      await place.clean();
    }
  });

  it('refuses a DATABASE_URL without a password, from which anybody could derive the others', () => {
    expect(() => serviceUrl('postgresql://postgres@127.0.0.1/x', 'parapet_app')).toThrow(
      DatabasePasswordError,
    );
  });
});

describe('event partitions', () => {
  let database: TestDatabase;
  let writer: pg.Pool;
  const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const ensure = async (day: string) =>
    (await writer.query<{ made: boolean }>('SELECT ensure_events_partition($1) AS made', [day])).rows[0]
      ?.made;
  const partitions = async () =>
    (
      await database.sql<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1`,
      )
    ).map((r) => r.name);

  beforeAll(async () => {
    database = await createTestDatabase();
    writer = database.pool('parapet_writer', { max: 6 });
  });
  afterAll(() => database.drop());

  it('exist from yesterday to three days ahead after migrating', async () => {
    const days = [-1, 0, 1, 2, 3].map((n) => `events_${dayFromNow(n).replaceAll('-', '')}`);
    expect(await partitions()).toEqual(days);
  });

  it('are made once a day, by the writer, with the policy', async () => {
    const day = dayFromNow(-20);
    expect(await ensure(day)).toBe(true);
    expect(await ensure(day)).toBe(false);
    const name = `events_${day.replaceAll('-', '')}`;
    expect(
      await database.sql('SELECT polname FROM pg_policy WHERE polrelid = $1::regclass ORDER BY 1', [name]),
    ).toEqual([{ polname: 'sre_read' }, { polname: 'tenant_isolation' }]);
  });

  it('hold exactly the day of UTC, whatever the session’s time zone', async () => {
    const day = dayFromNow(-30);
    const client = await writer.connect();
    await client.query(`SET TIME ZONE 'Pacific/Auckland'`);
    await client.query('SELECT ensure_events_partition($1::date)', [day]);
    const insert = (ts: string) =>
      client.query(
        `INSERT INTO events (tenant_id, id, ts, ingested_at, severity, message, original, fields) VALUES (gen_random_uuid(), gen_random_uuid(), $1, now(), 1, '', '', '{}')`,
        [ts],
      );
    await insert(`${day}T00:00:00.000Z`);
    await insert(`${day}T23:59:59.999Z`);
    await expect(insert(`${dayFromNow(-29)}T00:00:00Z`)).rejects.toMatchObject({ code: '23514' });
    await expect(insert(`${dayFromNow(-31)}T23:59:59.999Z`)).rejects.toMatchObject({ code: '23514' });
    client.release();
  });

  it('asked for by many at once are made once, while events are stored', async () => {
    const days = Array.from({ length: 4 }, (_, n) => dayFromNow(-60 - n));
    const made = await Promise.all(days.flatMap((day) => Array.from({ length: 6 }, () => ensure(day))));
    expect(made.filter(Boolean)).toHaveLength(4);
  });

  it('are refused for days that no event can be about', async () => {
    for (const day of [dayFromNow(16), dayFromNow(-3700), '9999-01-01']) {
      await expect(ensure(day)).rejects.toMatchObject({ code: '22023' });
    }
  });

  it('are dropped when older than the longest retention of all tenants, never younger', async () => {
    await ensure(dayFromNow(-45));
    await database.sql(
      `INSERT INTO tenants (id, slug, name, retention_days) VALUES (gen_random_uuid(), 'short', 's', 7), (gen_random_uuid(), 'long', 'l', 30)`,
    );
    const { rows } = await writer.query<{ dropped: number }>(
      'SELECT drop_events_partitions(current_date + 100) AS dropped',
    );
    expect(rows[0]?.dropped).toBe(5);
    const left = await partitions();
    expect(left).toContain(`events_${dayFromNow(-30).replaceAll('-', '')}`);
    expect(left).not.toContain(`events_${dayFromNow(-45).replaceAll('-', '')}`);
  });
});
