// Where things lie: the repository's root, and the folders under DATA_DIR.
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** DATA_DIR as an absolute path; a relative one is relative to the repository, wherever npm was called. */
export const dataDirOf = (env) => resolve(root, env.DATA_DIR || '.data');

/** Makes DATA_DIR and its folders; 0711 lets the database's own user pass through without listing. */
export function makeFolders(dataDir) {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const folders = { logs: join(dataDir, 'logs'), run: join(dataDir, 'run') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folders;
}
