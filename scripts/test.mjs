// `npm test`: everything that must hold, on a machine with only Node and npm. All steps run, whatever fails; the
// last line is `N passed, N failed` (and `, N skipped`), the exit code says the same.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNodeVersion } from './lib/node-version.mjs';
import { root } from './lib/paths.mjs';
import { prepare } from './lib/product.mjs';
import { ignoreClosedTerminal, line, problem, seconds, terminal } from './lib/say.mjs';
import { startTestServers } from './lib/test-servers.mjs';

ignoreClosedTerminal();
const bin = (path) => join(root, 'node_modules', path);
const reports = mkdtempSync(join(tmpdir(), 'parapet-reports-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const outcomes = [];
let child;
let servers;

function add(name, result, since) {
  for (const key of Object.keys(total)) total[key] += result[key] ?? 0;
  const counts = `${result.passed} passed, ${result.failed} failed${result.skipped ? `, ${result.skipped} skipped` : ''}`;
  outcomes.push(`  ${name.padEnd(12)} ${counts} (${seconds(since)})${result.note ? `: ${result.note}` : ''}`);
}

/** Runs a Node program with the terminal's own output; resolves to its exit code. */
function node(args, env = {}) {
  return new Promise((resolve, reject) => {
    child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

/** One step that counts as one test: passed when every command of it ends with 0. */
async function check(name, ...commands) {
  const since = Date.now();
  line(`\n── ${name}`);
  let failed = 0;
  for (const args of commands) failed ||= (await node(args)) === 0 ? 0 : 1;
  add(name, { passed: 1 - failed, failed }, since);
}

/** One Jest project; its tests are counted from Jest's own report. */
async function jest(name, { env = {}, args = [] } = {}) {
  const since = Date.now();
  line(`\n── ${name}`);
  const report = join(reports, `${name}.json`);
  const program = ['--experimental-vm-modules', '--no-warnings', bin('jest/bin/jest.js')];
  const code = await node(
    [...program, '--selectProjects', name, '--json', `--outputFile=${report}`, ...args],
    env,
  );
  add(name, { ...countsOf(report, code) }, since);
}

function countsOf(report, code) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, note: `it ended (${code}) without a report` };
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const counts = {
    passed: result.numPassedTests,
    failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
  if (result.numTotalTests === 0 && failed === 0) return { ...counts, failed: 1, note: 'no test was found' };
  // For instance a leak that Jest reports, or a global set-up that failed: no test failed, and yet it isn't well.
  if (code !== 0 && failed === 0) return { ...counts, failed: 1, note: `Jest ended with ${code}` };
  return counts;
}

async function withServers(work) {
  const since = Date.now();
  let env;
  try {
    if (!process.env.TEST_DATABASE_URL || !process.env.TEST_REDIS_URL) {
      line('\n── servers');
      servers = await startTestServers({ reporter: terminal });
      env = { TEST_DATABASE_URL: servers.databaseUrl, TEST_REDIS_URL: servers.redisUrl };
    }
  } catch (error) {
    problem(error.message);
    add('servers', { passed: 0, failed: 1, note: 'integration and behaviour could not run' }, since);
    return;
  }
  await work(env);
  await servers?.stop();
  servers = undefined;
}

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    if (interrupted) return;
    interrupted = true;
    child?.kill('SIGTERM');
    await servers?.stop();
    rmSync(reports, { recursive: true, force: true });
    process.exit(130);
  });
}

async function install() {
  const since = Date.now();
  try {
    terminal.step('Node.js', checkNodeVersion());
    await prepare({ reporter: terminal });
    return true;
  } catch (error) {
    problem(error.message);
    add('install', { passed: 0, failed: 1 }, since);
    return false;
  }
}

if (await install()) {
  await check('build', ['scripts/build.mjs']); // first, because it generates the Prisma client that the rest imports
  await check(
    'lint',
    [bin('eslint/bin/eslint.js'), '.'],
    [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  );
  await check(
    'types',
    [bin('typescript7/bin/tsc'), '-p', 'tsconfig.json', '--noEmit'],
    [bin('vue-tsc/bin/vue-tsc.js'), '-p', 'apps/dashboard/tsconfig.json', '--noEmit'],
  );
  await jest('unit');
  await check('fuzz', ['bench/fuzz/run.mjs', '--frames', '200000']); // the full million by hand: bench/fuzz
  await withServers(async (env) => {
    await jest('integration', { env, args: ['--runInBand'] });
    await jest('behavior', { env, args: ['--runInBand'] });
  });
  await jest('e2e', { args: ['--runInBand'] });
}

rmSync(reports, { recursive: true, force: true });
line(`\n${outcomes.join('\n')}\n`);
line(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed > 0 ? 1 : 0;
