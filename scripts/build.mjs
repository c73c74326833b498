// Builds every lib and service: TypeScript → ES modules with swc, file by file, skipping files that did not
// change. `--watch` keeps going; `--no-dashboard` leaves Vite out. Type errors are `npm run typecheck`'s job.
import { transformFile } from '@swc/core';
import { readdir, mkdir, writeFile, stat, rm, readFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatePrismaClient } from './generate.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function listFiles(dir) {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
}

async function packages() {
  const found = [];
  for (const group of ['libs', 'apps']) {
    for (const name of await readdir(join(root, group))) {
      if (name !== 'dashboard') found.push(join(root, group, name));
    }
  }
  return found;
}

const isBuilt = (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts');
const outputOf = (pkg, file) => join(pkg, 'dist', relative(join(pkg, 'src'), file).replace(/\.ts$/, '.js'));

async function compile(file, out) {
  const { code, map } = await transformFile(file, { configFile: join(root, '.swcrc'), filename: file, sourceFileName: relative(dirname(out), file) });
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${code}\n//# sourceMappingURL=${out.split('/').at(-1)}.map\n`);
  await writeFile(`${out}.map`, map);
}

async function buildPackage(pkg) {
  const src = join(pkg, 'src');
  const sources = (await listFiles(src).catch(() => [])).filter(isBuilt);
  const wanted = new Set(sources.map((f) => outputOf(pkg, f)));
  for (const old of await listFiles(join(pkg, 'dist')).catch(() => [])) {
    if (!wanted.has(old.replace(/\.map$/, ''))) await rm(old);
  }
  let compiled = 0;
  for (const file of sources) {
    const out = outputOf(pkg, file);
    const [from, to] = await Promise.all([stat(file), stat(out).catch(() => null)]);
    if (to && to.mtimeMs > from.mtimeMs) continue;
    await compile(file, out);
    compiled += 1;
  }
  return compiled;
}

export async function buildServices() {
  await generatePrismaClient();
  let compiled = 0;
  for (const pkg of await packages()) compiled += await buildPackage(pkg);
  return compiled;
}

/** Builds the dashboard with Vite unless no file of it (or of the contracts) is newer than the last build. */
export async function buildDashboard() {
  const app = join(root, 'apps/dashboard');
  const stamp = await stat(join(app, 'dist/index.html')).catch(() => null);
  const inputs = [...(await listFiles(join(app, 'src'))), ...(await listFiles(join(app, 'public')).catch(() => [])), ...(await listFiles(join(root, 'libs/contracts/src'))), join(app, 'index.html'), join(app, 'vite.config.ts'), join(root, 'package-lock.json')];
  const newest = Math.max(...(await Promise.all(inputs.map(async (f) => (await stat(f).catch(() => ({ mtimeMs: 0 }))).mtimeMs))));
  if (stamp && stamp.mtimeMs > newest) return false;
  const { build } = await import('vite');
  await build({ root: app, configFile: join(app, 'vite.config.ts'), logLevel: 'warn' });
  return true;
}

async function watchSources() {
  for (const pkg of await packages()) {
    watch(join(pkg, 'src'), { recursive: true }, () => {
      buildPackage(pkg).catch((error) => process.stderr.write(`build: ${error.message}\n`));
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const compiled = await buildServices();
  process.stdout.write(`build: ${compiled} files compiled\n`);
  if (!process.argv.includes('--no-dashboard')) process.stdout.write((await buildDashboard()) ? 'build: dashboard built\n' : 'build: dashboard unchanged\n');
  if (process.argv.includes('--watch')) await watchSources();
}
