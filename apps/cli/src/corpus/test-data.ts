import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../../../shared/testdata/', import.meta.url);

/** Path of a file of ../shared/testdata, or undefined (with a word on why tests are skipped) where it is absent. */
export function testDataPath(path: string): string | undefined {
  const file = fileURLToPath(new URL(path, ROOT));
  if (existsSync(file)) return file;
  process.stderr.write(`skipped: ../shared/testdata/${path} is not here\n`);
  return undefined;
}

/** The rows of a JSON Lines file of ../shared/testdata; empty where it is absent. */
export function testDataRows(path: string): Record<string, unknown>[] {
  const file = testDataPath(path);
  if (!file) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Record<string, unknown> => JSON.parse(line));
}
