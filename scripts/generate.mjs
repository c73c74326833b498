// Generates the Prisma client into libs/db/src/generated when the schema changed. Prisma's schema engine is a
// download that only Prisma Migrate needs; naming any existing program keeps `generate` from asking for it.
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export async function generatePrismaClient() {
  const output = join(root, 'libs/db/src/generated');
  const stampFile = join(output, '.schema-sha256');
  const version = JSON.parse(await readFile(join(root, 'node_modules/prisma/package.json'), 'utf8')).version;
  const stamp = createHash('sha256')
    .update(version)
    .update(await readFile(join(root, 'prisma/schema.prisma')))
    .digest('hex');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return false;
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), 'generate'], {
      cwd: root,
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`prisma generate failed (exit ${code}):\n${output}`)),
    );
  });
  await mkdir(output, { recursive: true });
  await writeFile(stampFile, stamp);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(
    (await generatePrismaClient()) ? 'prisma client generated\n' : 'prisma client unchanged\n',
  );
}
