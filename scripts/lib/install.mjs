// Installs the npm packages of the lock file, when they aren't there yet.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
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

/**
 * `npm ci`, development packages included whatever NODE_ENV says: the build needs them. When npm finds the lock
 * file incomplete, `npm install` does what the lock file holds and adds the rest; `onFallback` is told.
 */
export async function install({ signal, onFallback = () => {} } = {}) {
  let result = await npm(['ci'], signal);
  if (result.code !== 0 && result.output.includes('EUSAGE')) {
    onFallback();
    result = await npm(['install', '--no-save'], signal);
  }
  if (result.code !== 0) {
    throw new StartError(
      `npm could not install the packages (exit ${result.code}). It needs the network, or an npm cache that holds them.\n${firstProblems(result.output)}`,
    );
  }
  writeFileSync(stampFile, stampOf());
}

async function npm(args, signal) {
  const path = process.env.npm_execpath;
  const [command, ...before] = path?.endsWith('npm-cli.js') ? [process.execPath, path] : ['npm'];
  const env = { ...process.env };
  delete env.NODE_ENV;
  const options = ['--include=dev', '--no-fund', '--no-audit', '--loglevel=error'];
  return run(command, [...before, ...args, ...options], { cwd: root, env, signal }).catch((error) => {
    if (error.code === 'ENOENT')
      throw new StartError('npm was not found on PATH. Install npm and start again.');
    throw error;
  });
}

/** npm says what is wrong first and prints its usage after it. */
const firstProblems = (output) =>
  output
    .split('\n')
    .filter((text) => /\S/.test(text.replace(/^npm error/, '')))
    .slice(0, 15)
    .join('\n');
