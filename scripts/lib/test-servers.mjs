// Throw-away PostgreSQL and Redis for tests and benchmarks: random ports, a folder under the system's temporary
// one, gone when stopped. Those that a killed test run left behind are removed by the next one.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STOP_ORDER } from './leftovers.mjs';
import { endProcess, record, recorded } from './processes.mjs';
import { freePort } from './ports.mjs';
import { quiet } from './say.mjs';
import { startServers } from './servers.mjs';

const PREFIX = 'parapet-test-';

/** A folder that the servers' own user can pass through. */
export function makeTestFolder() {
  const dir = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(dir, 0o711);
  return dir;
}

/** Removes a test folder, and the place elsewhere where its servers' data had to go. */
export function removeTestFolder(dir) {
  const memory = join(dir, 'server-home');
  const home = existsSync(memory) ? readFileSync(memory, 'utf8').trim() : undefined;
  if (home && existsSync(join(home, 'BELONGS_TO'))) rmSync(home, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}

/** Ends and removes what killed test runs of this user left behind. */
export async function sweepTestFolders() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    const runDir = join(dir, 'run');
    try {
      if (!existsSync(runDir)) continue; // another run is making it at this moment
      const alive = recorded(runDir);
      if (alive.some((entry) => entry.name === 'launcher')) continue;
      const orphans = alive.toSorted((a, b) => STOP_ORDER.indexOf(a.name) - STOP_ORDER.indexOf(b.name));
      for (const orphan of orphans) await endProcess(orphan, 5000);
      removeTestFolder(dir);
    } catch (error) {
      if (!['EACCES', 'EPERM', 'ENOENT'].includes(error.code)) throw error; // another user's, or gone meanwhile
    }
  }
}

/**
 * Starts both. Resolves to { databaseUrl (superuser), redisUrl, stop() }.
 * PostgreSQL runs without fsync unless `durable`: right for tests, wrong for benchmarks.
 */
export async function startTestServers({ durable = false, reporter = quiet } = {}) {
  await sweepTestFolders();
  const dataDir = makeTestFolder();
  const [pgPort, redisPort] = [await freePort(), await freePort()];
  const settings = {
    dataDir,
    embeddedPg: { port: pgPort, fixed: false },
    embeddedRedis: { port: redisPort, fixed: false },
    redisMaxMemory: '1gb',
  };
  const processes = [];
  const stop = async () => {
    while (processes.length > 0) await processes.pop().stop();
    removeTestFolder(dataDir);
  };
  try {
    const onProcess = (managed) => {
      processes.push(managed);
      record(join(dataDir, 'run'), 'launcher', process.pid);
    };
    const { databaseUrl, redisUrl } = await startServers(settings, {
      reporter,
      throwAway: !durable,
      restart: false,
      onProcess,
    });
    return { databaseUrl, redisUrl, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
