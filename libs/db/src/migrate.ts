import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { MigrationError } from '@parapet/errors';
import { readMigrations, type MigrationFile } from './migrations-on-disk.js';
import { ensureRoles, OWNER_ROLE } from './roles.js';

/** Prisma Migrate's own lock, so that the two never run at once. */
const LOCK = 72_707_369;

/** Prisma Migrate's own table, to the letter. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

export interface MigrateOptions {
  /** The owner's (or an administrator's) URL; the service roles are derived from it. */
  databaseUrl: string;
  /** Folder with `<name>/migration.sql`. */
  dir: string;
}

export interface MigrateResult {
  /** Migrations applied now, in order. */
  applied: string[];
  /** Partitions of `events` made now, as days (YYYY-MM-DD). */
  partitions: string[];
}

/**
 * Makes the roles, applies what is missing of the migrations as parapet_owner, and makes the partitions of the next days.
 * Safe to run at every start and from several processes at once.
 * @throws MigrationError, DatabaseRolesError, DatabasePasswordError; each says what to do.
 */
export async function migrate({ databaseUrl, dir }: MigrateOptions): Promise<MigrateResult> {
  const files = await readMigrations(dir);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'parapet migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await ensureRoles(client, databaseUrl);
    await client.query(`SET ROLE ${OWNER_ROLE}`);
    await client.query("SET TIME ZONE 'UTC'");
    const applied = await applyMissing(client, files);
    const partitions = files.length === 0 ? [] : await ensureEventPartitions(client);
    return { applied, partitions };
  } finally {
    await client.end();
  }
}

async function applyMissing(client: pg.ClientBase, files: readonly MigrationFile[]): Promise<string[]> {
  await client.query(TABLE);
  const done = await checkHistory(client, files);
  const missing = files.filter((file) => !done.has(file.name));
  for (const file of missing) {
    if (file.inTransaction) await applyInTransaction(client, file);
    else await applyBare(client, file);
  }
  return missing.map((file) => file.name);
}

interface HistoryRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

async function checkHistory(client: pg.ClientBase, files: readonly MigrationFile[]): Promise<Set<string>> {
  const { rows } = await client.query<HistoryRow>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name',
  );
  const onDisk = new Map(files.map((file) => [file.name, file]));
  for (const row of rows) {
    const file = onDisk.get(row.migration_name);
    if (row.finished_at === null) {
      throw new MigrationError(
        row.migration_name,
        'it failed half-way earlier. Undo by hand what it did (its error is in the column logs of _prisma_migrations), ' +
          `then run: UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${row.migration_name}' AND finished_at IS NULL;`,
      );
    }
    if (file === undefined) {
      throw new MigrationError(
        row.migration_name,
        'the database has it, this version of Parapet has not. Start the version that made it, or a newer one.',
      );
    }
    if (file.checksum !== row.checksum) {
      throw new MigrationError(
        row.migration_name,
        'its file was changed after it was applied. Restore the file, and put the change in a new migration.',
      );
    }
  }
  return new Set(rows.map((row) => row.migration_name));
}

async function applyInTransaction(client: pg.ClientBase, file: MigrationFile): Promise<void> {
  await client.query('BEGIN');
  try {
    const startedAt = new Date();
    await client.query(file.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), file.checksum, file.name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw failed(file, error, 'Nothing of it was applied.');
  }
}

/** One statement that PostgreSQL refuses inside a transaction. It may leave traces, so its failure stays on record. */
async function applyBare(client: pg.ClientBase, file: MigrationFile): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    file.checksum,
    file.name,
  ]);
  try {
    await client.query(file.sql);
  } catch (error) {
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String(error)]);
    throw failed(
      file,
      error,
      'It runs outside a transaction, so part of it may be applied; look before you start again.',
    );
  }
  await client.query(
    'UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1',
    [id],
  );
}

function failed(file: MigrationFile, error: unknown, what: string): MigrationError {
  const position = error instanceof pg.DatabaseError ? Number(error.position ?? 0) : 0;
  const line = position > 0 ? ` at line ${file.sql.slice(0, position).split('\n').length}` : '';
  const reason = error instanceof Error ? error.message : String(error);
  return new MigrationError(file.name, `${reason}${line}. ${what}`, { cause: error });
}

/** Days before and after today (UTC) whose partitions always exist. */
const AHEAD = { from: -1, to: 3 };

/** Makes the partitions of yesterday to three days ahead. Also parapet_writer may. Returns the days that are new. */
export async function ensureEventPartitions(client: { query: pg.ClientBase['query'] }): Promise<string[]> {
  const { rows } = await client.query<{ day: string }>(
    `WITH days AS MATERIALIZED (SELECT ((now() AT TIME ZONE 'UTC')::date + n) AS day FROM generate_series($1::int, $2::int) AS n),
       made AS MATERIALIZED (SELECT day, ensure_events_partition(day) AS is_new FROM days)
     SELECT to_char(day, 'YYYY-MM-DD') AS day FROM made WHERE is_new ORDER BY day`,
    [AHEAD.from, AHEAD.to],
  );
  return rows.map((row) => row.day);
}
