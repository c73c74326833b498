import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const progressSchema = z.object({
  /** Lines that Redis has, from the start of the file. */
  lines: z.int().min(0),
  /** Bytes of the file that were read for them. */
  bytes: z.int().min(0),
  /** Size of the file when it was last looked at. */
  size: z.int().min(0),
  /** Last modification, epoch ms, and inode: another file of the same name begins anew. */
  modified: z.number(),
  inode: z.number(),
});
export type DropProgress = z.infer<typeof progressSchema>;

/** How far the reading of a file has come, kept beside it; undefined when it has not begun or can't be read. */
export async function loadProgress(path: string): Promise<DropProgress | undefined> {
  try {
    return progressSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined; // begin anew; what Redis has already is recognised by its fingerprints for an hour
  }
}

/** Written beside and renamed, so that it is always whole. */
export async function saveProgress(path: string, progress: DropProgress): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, JSON.stringify(progress));
  await rename(`${path}.tmp`, path);
}

export const forgetProgress = (path: string): Promise<void> => rm(path, { force: true });
