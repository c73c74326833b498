import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from './say.mjs';

const GIB = 1024 ** 3;

/** Free bytes for an ordinary user on the file system that holds `path` (or will hold it). */
export function freeBytes(path) {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

/** Throws when `path` has less than `needed` bytes left. A database on a full disk stops in the middle of work. */
export function checkDisk(path, what, needed = GIB) {
  const free = freeBytes(path);
  if (free >= needed) return free;
  throw new StartError(
    `Too little disk space for ${what}: ${path} has ${(free / GIB).toFixed(2)} GiB free, ${(needed / GIB).toFixed(2)} GiB are needed. ` +
      'Make room, or set DATA_DIR to a folder on another disk.',
  );
}

export const gib = (bytes) => `${(bytes / GIB).toFixed(bytes < 10 * GIB ? 1 : 0)} GiB`;
