// Builds every lib and service: TypeScript → ES modules with swc, file by file, skipping files that did not
// change. `--watch` keeps going; `--no-dashboard` leaves Vite out. Type errors are `npm run typecheck`'s job.
import { readdir, mkdir, writeFile, stat, rm } from 'node:fs/promises';
import { existsSync, watch } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatePrismaClient } from './generate.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const CONFIG = join(root, '.swcrc');
const AT_ONCE = 16;

async function listFiles(dir) {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
}

async function packages() {
  const found = [];
  for (const group of ['libs', 'apps']) {
    for (const entry of await readdir(join(root, group), { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== 'dashboard') found.push(join(root, group, entry.name));
    }
  }
  return found;
}

const isBuilt = (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts');
const outputOf = (pkg, file) => join(pkg, 'dist', relative(join(pkg, 'src'), file).replace(/\.ts$/, '.js'));
const changedAt = async (file) => (await stat(file).catch(() => ({ mtimeMs: 0 }))).mtimeMs;

async function compile(file, out) {
  const { transformFile } = await import('@swc/core'); // only when something changed: it takes a while to load
  const options = { configFile: CONFIG, filename: file, sourceFileName: relative(dirname(out), file) };
  const { code, map } = await transformFile(file, options);
  await mkdir(dirname(out), { recursive: true });
  await writeFile(`${out}.map`, map);
  // Last, because its time says that the pair is whole.
  await writeFile(out, `${code}\n//# sourceMappingURL=${out.split('/').at(-1)}.map\n`);
}

async function buildPackage(pkg) {
  const src = join(pkg, 'src');
  const sources = (await listFiles(src).catch(() => [])).filter(isBuilt);
  const wanted = new Set(sources.map((f) => outputOf(pkg, f)));
  for (const old of await listFiles(join(pkg, 'dist')).catch(() => [])) {
    if (!wanted.has(old.replace(/\.map$/, ''))) await rm(old);
  }
  const configChanged = await changedAt(CONFIG);
  const stale = [];
  for (const file of sources) {
    const out = outputOf(pkg, file);
    const [from, to] = await Promise.all([changedAt(file), changedAt(out)]);
    if (to <= Math.max(from, configChanged)) stale.push([file, out]);
  }
  for (let i = 0; i < stale.length; i += AT_ONCE) {
    await Promise.all(stale.slice(i, i + AT_ONCE).map(([file, out]) => compile(file, out)));
  }
  return stale.length;
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
  const inputs = [
    ...(await listFiles(join(app, 'src'))),
    ...(await listFiles(join(app, 'public')).catch(() => [])),
    ...(await listFiles(join(root, 'libs/contracts/src'))),
    join(app, 'index.html'),
    join(app, 'vite.config.ts'),
    join(root, 'package-lock.json'),
  ];
  const newest = Math.max(...(await Promise.all(inputs.map(changedAt))));
  if ((await changedAt(join(app, 'dist/index.html'))) > newest) return false;
  const { build } = await import('vite');
  await build({ root: app, configFile: join(app, 'vite.config.ts'), logLevel: 'warn' });
  return true;
}

async function watchSources() {
  for (const pkg of await packages()) {
    if (!existsSync(join(pkg, 'src'))) continue;
    let queued;
    watch(join(pkg, 'src'), { recursive: true }, () => {
      clearTimeout(queued); // an editor's save is several events
      queued = setTimeout(() => {
        buildPackage(pkg).catch((error) => process.stderr.write(`build: ${error.message}\n`));
      }, 50);
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const compiled = await buildServices();
  process.stdout.write(`build: ${compiled} files compiled\n`);
  if (!process.argv.includes('--no-dashboard')) {
    process.stdout.write(
      (await buildDashboard()) ? 'build: dashboard built\n' : 'build: dashboard unchanged\n',
    );
  }
  if (process.argv.includes('--watch')) await watchSources();
}
