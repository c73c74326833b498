import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface MigrationFile {
  name: string;
  sql: string;
  /** sha256 of the file in hex, as Prisma Migrate computes it. */
  checksum: string;
  /** False for a file that says `-- parapet: no-transaction`, as CREATE INDEX CONCURRENTLY needs. */
  inTransaction: boolean;
}

/** The migrations of a folder laid out as Prisma's (`<name>/migration.sql`), in the order in which they apply. */
export async function readMigrations(dir: string): Promise<MigrationFile[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(dir, name, 'migration.sql'));
      const sql = bytes.toString('utf8');
      return {
        name,
        sql,
        checksum: createHash('sha256').update(bytes).digest('hex'),
        inTransaction: !/^-- parapet: no-transaction\s*$/m.test(sql),
      };
    }),
  );
}
