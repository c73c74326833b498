import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { RuleFile } from '@parapet/sigma';
import { UsageError } from '../usage-error.js';

const RULE_FILE = /\.ya?ml$/i;
const TEST_FILE = /\.test\.ya?ml$/i;
const MAX_BYTES = 16 * 1024 * 1024;

/** What a command line of `rules` says. */
export interface RuleArguments {
  paths: string[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
}

export function ruleArguments(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
): RuleArguments {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    return {
      paths: positionals,
      text: (name) => {
        const value = values[name];
        return typeof value === 'string' ? value : undefined;
      },
      flag: (name) => values[name] === true,
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The rule files below the paths, in order of their names; links are not followed. */
export async function readRuleFiles(paths: readonly string[]): Promise<RuleFile[]> {
  const files: RuleFile[] = [];
  for (const path of paths) {
    for (const file of await listFiles(path)) {
      if (file !== path && (!RULE_FILE.test(file) || TEST_FILE.test(file))) continue;
      files.push({ path: file, text: await readBounded(file) });
    }
  }
  return files;
}

/** The text of the test file beside a rule file, if there is one. */
export async function readTestFile(rulePath: string): Promise<RuleFile | undefined> {
  for (const ending of ['.test.yaml', '.test.yml']) {
    const path = rulePath.replace(RULE_FILE, ending);
    if (await stat(path).catch(() => undefined)) return { path, text: await readBounded(path) };
  }
  return undefined;
}

async function listFiles(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) found.push(...(await listFiles(join(path, entry.name))));
    else if (entry.isFile()) found.push(join(path, entry.name));
  }
  return found;
}

async function readBounded(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw new UsageError(`${path} has ${size} bytes; ${MAX_BYTES} are allowed.`);
  return readFile(path, 'utf8');
}

const placeholderSchema = z.record(z.string(), z.array(z.union([z.string(), z.number()]).transform(String)));

/** `--placeholders FILE`: values for `|expand`, by name without the percent signs. */
export async function readPlaceholders(path: string | undefined): Promise<Record<string, string[]>> {
  if (path === undefined) return {};
  const parsed = placeholderSchema.safeParse(parseYaml(await readBounded(path)));
  if (!parsed.success) throw new UsageError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
