import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { hashPassword } from '@parapet/auth';
import { loadSettings } from '@parapet/config';
import { demoSeedSchema, seedDemo, serviceUrl, TenantDatabase } from '@parapet/db';
import { DemoSeedRefusedError } from '@parapet/errors';
import type { Command } from './index.js';

const DEMO = new URL('../../../../seeds/demo.json', import.meta.url);

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Makes the demo tenants and users that are missing; one line each tenant made. What exists stays as it is.
 * Without `demo` the setting SEED decides.
 */
export const seedCommand: Command = {
  name: 'seed',
  summary: 'Make the demo tenants and users',
  usage:
    'parapet seed [demo]    (SEED decides when `demo` is left out; refused unless HOST is a loopback address)',
  async run(args, io) {
    const settings = loadSettings(['DATABASE_URL']);
    if ((args[0] ?? settings.SEED) !== 'demo') return 0;
    if (!isLoopback(settings.HOST)) throw new DemoSeedRefusedError();
    const db = new TenantDatabase({
      url: serviceUrl(settings.DATABASE_URL, 'parapet_app'),
      poolSize: 2,
      name: 'parapet seed',
      onError: (error) => io.stderr.write(`parapet seed: ${error.message}\n`),
    });
    try {
      const seed = demoSeedSchema.parse(JSON.parse(await readFile(DEMO, 'utf8')));
      for (const slug of await seedDemo(db, seed, hashPassword)) {
        io.stdout.write(`${JSON.stringify({ seeded: slug })}\n`);
      }
    } finally {
      await db.close();
    }
    return 0;
  },
};
