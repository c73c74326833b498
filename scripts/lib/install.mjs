// Installs the npm packages of the lock file, when they aren't there yet.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run } from './command.mjs';
import { root } from './paths.mjs';
import { StartError } from './say.mjs';

const lockFile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules/.package-lock.json');
const stampFile = join(root, 'node_modules/.parapet-install');

// Native packages are built for one Node ABI and platform: another one needs its own install.
const stampOf = () =>
  createHash('sha256')
    .update(readFileSync(lockFile))
    .update(`${process.platform}-${process.arch}-${process.versions.modules}`)
    .digest('hex');

export function needsInstall() {
  if (!existsSync(installed)) return true;
  if (existsSync(stampFile)) {
    if (readFileSync(stampFile, 'utf8') === stampOf()) return false;
  }
  return statSync(installed).mtimeMs < statSync(lockFile).mtimeMs;
}

/** `npm ci`, development packages included whatever NODE_ENV says: the build needs them. */
export async function install({ signal, onOutput } = {}) {
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const env = { ...process.env };
  delete env.NODE_ENV;
  const args = [...npm.slice(1), 'ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'];
  const { code, output } = await run(npm[0], args, { cwd: root, env, signal, onOutput }).catch((error) => {
    if (error.code === 'ENOENT')
      throw new StartError('npm was not found on PATH. Install npm and start again.');
    throw error;
  });
  if (code !== 0) {
    throw new StartError(
      `npm could not install the packages (exit ${code}). It needs the network, or an npm cache that holds them.\n${lastLines(output)}`,
    );
  }
  writeFileSync(stampFile, stampOf());
}
