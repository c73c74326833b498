// Starts the whole product in a data directory and on ports of its own, and finds its processes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/ports.mjs';
import { Product } from '../../scripts/lib/product.mjs';
import { recorded } from '../../scripts/lib/processes.mjs';
import { makeFolders } from '../../scripts/lib/paths.mjs';
import { quiet } from '../../scripts/lib/say.mjs';

export const DEMO_PASSWORD = 'Parapet-Demo-2026!';

/** `more`: further settings; `nodeArgs`: for every service, such as --cpu-prof. */
export async function startProduct(more = {}, { nodeArgs = [] } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'parapet-bench-'));
  const names = [
    'HTTP_PORT',
    'SYSLOG_UDP_PORT',
    'SYSLOG_TCP_PORT',
    'INGEST_HTTP_PORT',
    'RELP_PORT',
    'SYSLOG_TLS_PORT',
    'RELP_PORT',
    'INGESTOR_METRICS_PORT',
    'PROCESSOR_METRICS_PORT',
    'MAIL_HTTP_PORT',
    'MAIL_SMTP_PORT',
    'EMBEDDED_PG_PORT',
    'EMBEDDED_REDIS_PORT',
  ];
  const ports = {};
  for (const name of names) ports[name] = String(await freePort());
  const env = { ...process.env, ...ports, DATA_DIR: dataDir, SEED: 'demo', ...more };
  const product = new Product({
    env,
    reporter: { ...quiet, problem: (text) => process.stderr.write(`${text}\n`) },
  });
  const running = await product.start({ nodeArgs });
  const { run: runDir } = makeFolders(dataDir);
  return {
    ...running,
    ports,
    dataDir,
    origin: `http://127.0.0.1:${ports.HTTP_PORT}`,
    pids: () => Object.fromEntries(recorded(runDir).map((entry) => [entry.name, entry.pid])),
    async stop() {
      await product.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A metric's samples: [{labels, value}]. */
export async function scrape(port, name) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const samples = [];
  for (const line of text.split('\n')) {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match?.[1] === name)
      samples.push({
        labels: Object.fromEntries(
          [...(match[2] ?? '').matchAll(/([a-z_]+)="([^"]*)"/g)].map((m) => [m[1], m[2]]),
        ),
        value: Number(match[3]),
      });
  }
  return samples;
}

export const total = (samples) => samples.reduce((sum, s) => sum + s.value, 0);

export async function signIn(origin, email) {
  const response = await fetch(`${origin}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: DEMO_PASSWORD }),
  });
  if (!response.ok) throw new Error(`sign-in failed: ${response.status} ${await response.text()}`);
  return response.json();
}
