import { readFile, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RuleFile } from '@parapet/sigma';

const RULE_FILE = /\.ya?ml$/i;
/** Events that rules are tried on, kept beside them. */
const TEST_FILE = /\.test\.ya?ml$/i;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 10_000;

/**
 * The rule files below a folder, in order of their names, with paths relative to it. Links and names that begin with a dot are left
 * out. Throws what the file system throws, and RangeError for a file or a number of files beyond all reason.
 */
export async function readRuleFolder(folder: string): Promise<RuleFile[]> {
  const names = await listFiles(folder);
  if (names.length > MAX_FILES) throw new RangeError(`${names.length} rule files; ${MAX_FILES} are allowed`);
  const files: RuleFile[] = [];
  for (const name of names) {
    const { size } = await stat(name);
    if (size > MAX_BYTES) throw new RangeError(`${name} has ${size} bytes; ${MAX_BYTES} are allowed`);
    files.push({ path: relative(folder, name), text: await readFile(name, 'utf8') });
  }
  return files;
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) found.push(...(await listFiles(join(folder, entry.name))));
    else if (entry.isFile() && RULE_FILE.test(entry.name) && !TEST_FILE.test(entry.name))
      found.push(join(folder, entry.name));
  }
  return found;
}
