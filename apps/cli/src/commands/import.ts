import {
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { dataPath, loadSettings } from '@parapet/config';
import { DECODER_NAMES } from '@parapet/normalize';
import type { Command, CommandIo } from './command.js';
import { isTimeZone } from './time-zone.js';
import { UsageError } from './usage-error.js';

const LOOK_EVERY_MS = 250;
/** The ingestor looks every second at files that have been quiet for two. */
const NO_READER_MS = 15_000;
const BAR = 30;

const progressSchema = z.object({ lines: z.number(), bytes: z.number(), size: z.number() });

interface Options {
  tenant: string;
  type?: string;
  timeZone?: string;
  paths: string[];
}

function options(args: readonly string[]): Options {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        tenant: { type: 'string' },
        type: { type: 'string' },
        'time-zone': { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { tenant, type, 'time-zone': timeZone } = parsed.values;
  if (tenant === undefined || !/^[a-z0-9][a-z0-9-]{1,62}$/.test(tenant))
    throw new UsageError('--tenant SLUG says whose the lines are, such as acme-corp.');
  if (parsed.positionals.length === 0) throw new UsageError('Name the file or folder to import.');
  if (type !== undefined && !['auto', ...DECODER_NAMES].includes(type))
    throw new UsageError(`There is no type “${type}”.`);
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new UsageError(`“${timeZone}” is no IANA time zone such as Europe/Berlin.`);
  return { tenant, type, timeZone, paths: parsed.positionals };
}

/** Regular files at or below a path, with the names that they get in the drop directory. */
async function filesAt(path: string): Promise<{ path: string; name: string }[]> {
  const root = resolve(path);
  if ((await stat(root)).isFile()) return [{ path: root, name: basename(root) }];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file, name: relative(root, file).split(sep).join('__') }));
}

/** A hard link where the file system allows it, else a copy; under a name that is free. */
async function put(file: { path: string; name: string }, dir: string, given: Options): Promise<string> {
  let name = file.name;
  for (let n = 1; await exists(join(dir, name)); n++) name = `${n}-${file.name}`;
  const text = JSON.stringify({ type: given.type, timeZone: given.timeZone, report: true });
  await writeFile(join(dir, `.${name}.options.json`), text);
  try {
    await link(file.path, join(dir, name));
  } catch {
    // Another file system, or no links there: a copy, whole before it gets its name, with the time of the original.
    const partial = join(dir, `.${name}.part`);
    await copyFile(file.path, partial);
    const { atime, mtime } = await stat(file.path);
    await utimes(partial, atime, mtime);
    await rename(partial, join(dir, name));
  }
  return name;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined; // not begun yet, or just being moved
  }
}

const resultSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('done'), lines: z.number() }),
  z.object({ outcome: z.literal('failed'), reason: z.string() }),
]);

type Outcome = z.infer<typeof resultSchema> | { outcome: 'unread'; reason: string };

/** Waits until the ingestor has read a file, and shows how far it is. */
async function follow(dir: string, name: string, io: CommandIo): Promise<Outcome> {
  const show = bar(io, name);
  const progressPath = join(dir, '.progress', name);
  let began = false;
  const startedAt = Date.now();
  for (;;) {
    const progress = progressSchema.safeParse(await readJson(`${progressPath}.json`));
    if (progress.success) {
      began = true;
      const { bytes, size, lines } = progress.data;
      show(size === 0 ? 0 : Math.min(bytes / size, 0.99), lines);
    }
    const result = resultSchema.safeParse(await readJson(`${progressPath}.result.json`));
    if (result.success && !(await exists(join(dir, name)))) {
      await rm(`${progressPath}.result.json`);
      if (result.data.outcome === 'done') {
        show(1, result.data.lines);
        await rm(join(dir, 'done', name), { force: true });
      } else
        for (const left of [name, `${name}.reason.txt`]) await rm(join(dir, 'failed', left), { force: true });
      return result.data;
    }
    if (!began && Date.now() - startedAt > NO_READER_MS)
      return {
        outcome: 'unread',
        reason: `the ingestor has not begun to read it. Is it running, with the same DATA_DIR, and is the tenant active? The file waits in ${dir}`,
      };
    await sleep(LOOK_EVERY_MS);
  }
}

/** A bar on a terminal, nothing elsewhere. */
function bar(io: CommandIo, name: string): (share: number, lines: number) => void {
  if (!('isTTY' in io.stderr) || io.stderr.isTTY !== true) return () => undefined;
  return (share, lines) => {
    const full = Math.round(Math.min(share, 1) * BAR);
    const text = `${name.slice(0, 40)} [${'█'.repeat(full)}${'░'.repeat(BAR - full)}] ${Math.floor(share * 100)} % ${lines} lines`;
    io.stderr.write(`\r${text}\x1b[K${share >= 1 ? '\n' : ''}`);
  };
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const given = options(args);
  const settings = loadSettings([]);
  const drop = settings.INGEST_DROP_DIR ?? dataPath(settings, 'drop');
  if (drop === 'off') throw new UsageError('INGEST_DROP_DIR is off: the ingestor reads no files.');
  const dir = join(resolve(drop), given.tenant);
  await mkdir(dir, { recursive: true });
  let failures = 0;
  for (const path of given.paths) {
    let files: { path: string; name: string }[] = [];
    try {
      files = await filesAt(path);
    } catch (error) {
      failures++;
      io.stderr.write(`parapet import: ${path}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
    for (const file of files) {
      const result = await follow(dir, await put(file, dir, given), io);
      io.stdout.write(`${JSON.stringify({ file: file.path, tenant: given.tenant, ...result })}\n`);
      if (result.outcome === 'done') continue;
      failures++;
      io.stderr.write(`parapet import: ${file.path}: ${result.reason}\n`);
      if (result.outcome === 'unread') return 1;
    }
  }
  return failures > 0 ? 1 : 0;
}

export const importCommand: Command = {
  name: 'import',
  summary: 'Read log files (plain, gzip, zstd) into a tenant.',
  usage: `parapet import FILE|DIR… --tenant SLUG [--type TYPE] [--time-zone ZONE]

Puts the files into the drop directory of the ingestor that runs on this machine, and waits until it has read them.
Times without a year or zone are read by the file's date and by --time-zone (UTC). One line of JSON a file on stdout:
{"file","tenant","outcome":"done","lines"}. The files themselves stay where they are.`,
  run,
};
