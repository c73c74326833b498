// What an earlier launcher left running when it was killed. It is stopped in order before anything new starts.
import { dirname } from 'node:path';
import { endProcess, forget, recorded } from './processes.mjs';
import { StartError } from './say.mjs';

/** Senders first, databases last, so that everything accepted still reaches its place. */
export const STOP_ORDER = [
  'dashboard dev',
  'build watch',
  'ingestor',
  'processor',
  'api',
  'mail catcher',
  'Redis',
  'PostgreSQL',
];

/** Refuses when a launcher of this DATA_DIR is alive; else stops its orphans. Resolves to their names. */
export async function clearLeftovers(runDir) {
  const alive = recorded(runDir);
  const launcher = alive.find((entry) => entry.name === 'launcher');
  if (launcher) {
    throw new StartError(
      `Parapet already runs from ${dirname(runDir)} (process ${launcher.pid}). Stop it with Ctrl-C there or \`kill ${launcher.pid}\`, or set another DATA_DIR and other ports.`,
    );
  }
  const orphans = alive.toSorted((a, b) => STOP_ORDER.indexOf(a.name) - STOP_ORDER.indexOf(b.name));
  for (const orphan of orphans) {
    await endProcess(orphan);
    forget(runDir, orphan.name);
  }
  return orphans.map((orphan) => orphan.name);
}
