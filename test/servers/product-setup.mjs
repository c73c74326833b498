// Global set-up of the browser tests: the whole product, started as a user would (scripts/start.mjs), with a data
// folder and ports of its own, and a Chromium. The specs read E2E_* and CHROMIUM_PATH. A product that is named by
// E2E_BASE_URL is used as it is.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideChromium } from '../../scripts/lib/chromium.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { freePort } from '../../scripts/lib/ports.mjs';
import { sleep } from '../../scripts/lib/processes.mjs';
import { makeTestFolder, sweepTestFolders } from '../../scripts/lib/test-servers.mjs';

const START_MS = 300_000;
const PORTS = [
  'HTTP_PORT',
  'SYSLOG_UDP_PORT',
  'SYSLOG_TCP_PORT',
  'INGEST_HTTP_PORT',
  'RELP_PORT',
  'SYSLOG_TLS_PORT',
  'MAIL_HTTP_PORT',
  'MAIL_SMTP_PORT',
  'INGESTOR_METRICS_PORT',
  'PROCESSOR_METRICS_PORT',
];
/** Settings of the person who runs the tests must not turn them on their own servers. */
const NOT_INHERITED = [
  'DATABASE_URL',
  'REDIS_URL',
  'SMTP_URL',
  'SEED',
  'HOST',
  'INGEST_HOST',
  'PUBLIC_URL',
  'NODE_ENV',
  'NODE_OPTIONS',
];

async function chooseEnv(dataDir) {
  // The push service of the browser tests is on loopback, which the egress guard refuses otherwise.
  const env = { ...process.env, DATA_DIR: dataDir, EGRESS_ALLOW_HOSTS: '127.0.0.1' };
  for (const name of NOT_INHERITED) delete env[name];
  for (const name of PORTS) env[name] = String(await freePort());
  return env;
}

function isReady(dataDir) {
  const file = join(dataDir, 'run/launcher.json');
  if (!existsSync(file)) return false;
  try {
    return JSON.parse(readFileSync(file, 'utf8')).ready === true;
  } catch {
    return false; // being written at this moment
  }
}

export default async function setUp() {
  process.env.CHROMIUM_PATH = await provideChromium();
  if (process.env.E2E_BASE_URL) return;
  await sweepTestFolders();
  const dataDir = makeTestFolder();
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const env = await chooseEnv(dataDir);
  const logFile = join(dataDir, 'logs/start.log');
  const log = openSync(logFile, 'a');
  const launcher = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise((resolve) => launcher.once('exit', resolve));
  globalThis.parapetProduct = { launcher, exited, dataDir };

  const deadline = Date.now() + START_MS;
  while (!isReady(dataDir)) {
    if (launcher.exitCode !== null || Date.now() > deadline)
      throw new Error(`Parapet did not start:\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
    await sleep(200);
  }
  process.env.E2E_DATA_DIR = dataDir;
  process.env.E2E_BASE_URL = `http://127.0.0.1:${env.HTTP_PORT}`;
  process.env.E2E_MAIL_URL = `http://127.0.0.1:${env.MAIL_HTTP_PORT}`;
  for (const name of [
    'SYSLOG_UDP_PORT',
    'SYSLOG_TCP_PORT',
    'SYSLOG_TLS_PORT',
    'RELP_PORT',
    'INGESTOR_METRICS_PORT',
    'PROCESSOR_METRICS_PORT',
  ])
    process.env[`E2E_${name}`] = env[name];
}
