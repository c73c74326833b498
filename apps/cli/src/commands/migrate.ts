import { fileURLToPath } from 'node:url';
import { loadSettings } from '@parapet/config';
import { migrate } from '@parapet/db';
import type { Command } from './index.js';

const MIGRATIONS = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

/** Brings the database of DATABASE_URL to this version. One line a migration applied; none when it is up to date. */
export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Make the database roles, apply missing migrations, make event partitions',
  usage: 'parapet migrate        (DATABASE_URL names the database)',
  async run(_args, io) {
    const settings = loadSettings(['DATABASE_URL']);
    const { applied } = await migrate({ databaseUrl: settings.DATABASE_URL, dir: MIGRATIONS });
    for (const migration of applied) io.stdout.write(`${JSON.stringify({ applied: migration })}\n`);
    return 0;
  },
};
