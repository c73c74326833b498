// bench/fairness: one tenant sends ten times its quota; what the others feel of it. See README.md beside this file.
// Usage: node bench/fairness/run.mjs [--quota 1000] [--rate 10000] [--seconds 40] [--by tcp,udp,http] [--lines sshd|plain]
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { io } from 'socket.io-client';
import { percentile } from '../lib/cpu.mjs';
import { scrape, signIn, startProduct } from '../lib/product.mjs';

const { values: options } = parseArgs({
  options: {
    quota: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '40' },
    by: { type: 'string', default: 'tcp,udp,http' },
    lines: { type: 'string', default: 'sshd' },
  },
});
const QUOTA = Number(options.quota);
const SECONDS = Number(options.seconds);
/** What each of the others sends beside its probes. */
const QUIET_RATE = 200;
const PROBES_A_SECOND = 4;
/** The offender begins so much before the first probe, and ends after the last one. */
const LEAD_MS = 5000;
const OFFENDER = { slug: 'acme-corp', address: '127.0.1.10' };
const OTHERS = [
  { slug: 'beta-industries', address: '127.0.2.10', email: 'analyst@beta-industries.test' },
  { slug: 'cisco-systems', address: '127.0.3.10', email: 'analyst@cisco-systems.test' },
];
const SENDER = join(dirname(fileURLToPath(import.meta.url)), '../lib/send.mjs');

const product = await startProduct();
const { ports } = product;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => product.stop().then(() => process.exit(130)));
const db = new pg.Client({ connectionString: product.databaseUrl });
db.on('error', () => undefined); // the server is stopped with the product
await db.connect();
const PORTS = { tcp: ports.SYSLOG_TCP_PORT, udp: ports.SYSLOG_UDP_PORT, http: ports.INGEST_HTTP_PORT };

async function anApiKey(slug) {
  const key = `pk_${randomBytes(32).toString('base64url')}`;
  await db.query(
    `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes)
     SELECT $1, id, 'bench', $2, $3, '{ingest}' FROM tenants WHERE slug = $4`,
    [randomUUID(), key.slice(0, 11), createHash('sha256').update(key).digest(), slug],
  );
  return key;
}

function send(transport, address, rate, seconds, run, key = '', lines = 'plain') {
  const args = [SENDER, transport, PORTS[transport], address, rate, seconds, run, key, lines].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const done = once(child, 'exit').then(([code]) => (code === 0 ? JSON.parse(output) : undefined));
  return { done, end: () => child.kill('SIGTERM') };
}

/** One of the others: its own traffic, and brute force that must become alerts. */
class Quiet {
  #sentAt = new Map();
  #took = [];
  #asked = 0;

  constructor(tenant, number) {
    this.tenant = tenant;
    this.number = number;
  }

  async open() {
    const { accessToken } = await signIn(product.origin, this.tenant.email);
    this.socket = io(product.origin, {
      path: '/ws',
      auth: { token: accessToken },
      transports: ['websocket'],
    });
    await once(this.socket, 'connect');
    this.socket.on('alert.created', ({ alert }) => {
      const address = alert.group['source.ip'];
      const began = this.#sentAt.get(address);
      if (began === undefined) return;
      this.#sentAt.delete(address);
      this.#took.push(performance.now() - began);
    });
    this.probe = connect({ host: '127.0.0.1', port: Number(PORTS.tcp), localAddress: this.tenant.address });
    await once(this.probe, 'connect');
  }

  /** Plays the load and the probes of one phase. Resolves with latencies and what was stored. */
  async play(phase, seconds) {
    this.#took = [];
    this.#sentAt.clear();
    const run = `quiet-${this.number}-${phase}`;
    const load = send('tcp', this.tenant.address, QUIET_RATE, seconds, run);
    const probes = seconds * PROBES_A_SECOND;
    const began = performance.now();
    for (let n = 0; n < probes; n++) {
      await sleep(Math.max(0, began + (n * 1000) / PROBES_A_SECOND - performance.now()));
      const at = this.#asked++;
      const address = `198.${18 + this.number}.${Math.floor(at / 250)}.${(at % 250) + 1}`;
      let lines = '';
      for (let i = 0; i < 5; i++)
        lines += `<38>1 ${new Date().toISOString()} probe sshd ${at} - - Failed password for root from ${address} port ${20000 + i} ssh2\n`;
      this.#sentAt.set(address, performance.now());
      this.probe.write(lines);
    }
    const { sent } = await load.done;
    for (const until = Date.now() + 30_000; this.#sentAt.size > 0 && Date.now() < until; await sleep(100));
    let stored = 0;
    for (const until = Date.now() + 30_000; stored < sent && Date.now() < until; await sleep(500)) {
      const { rows } = await db.query('SELECT count(*)::int AS n FROM events WHERE message LIKE $1', [
        `${run} %`,
      ]);
      stored = rows[0].n;
    }
    const [p50, p95] = [50, 95].map((p) => Math.round(percentile(this.#took, p)));
    return { p50, p95, alertsMissing: this.#sentAt.size, sent, stored };
  }

  close() {
    this.probe.end();
    this.socket.close();
  }
}

/** What of the offender's became what, since `before`. */
async function offenderFigures() {
  const figures = {};
  for (const name of ['accepted', 'over_quota']) {
    const samples = await scrape(ports.INGESTOR_METRICS_PORT, `parapet_events_${name}_total`);
    figures[name] = samples
      .filter(({ labels }) => labels.tenant === OFFENDER.slug)
      .reduce((sum, { value }) => sum + value, 0);
  }
  const drops = await scrape(ports.INGESTOR_METRICS_PORT, 'parapet_events_dropped_total');
  for (const { labels, value } of drops)
    if (labels.tenant === OFFENDER.slug) figures[`dropped_${labels.reason}`] = value;
  return figures;
}
const difference = (after, before) =>
  Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));

const others = OTHERS.map((tenant, number) => new Quiet(tenant, number));
const worst = (figures) => Math.max(...figures.map(({ p95 }) => p95));
let ok = true;
const print = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);

/** The queue of what is over quota is empty again, so that phases don't add up. */
async function calm() {
  for (const until = Date.now() + 600_000; Date.now() < until; await sleep(1000)) {
    const depth = await scrape(ports.INGESTOR_METRICS_PORT, 'parapet_queue_batches');
    if (depth.every(({ labels, value }) => value === 0 || labels.state === 'failed')) break;
  }
  await sleep(3000);
}

try {
  await db.query('UPDATE tenants SET quota_eps = $1, quota_burst = $2 WHERE slug = $3', [
    QUOTA,
    QUOTA * 2,
    OFFENDER.slug,
  ]);
  const key = await anApiKey(OFFENDER.slug);
  for (const other of others) await other.open();
  await sleep(3000); // the ingestor reads quotas and keys every other second
  await Promise.all(others.map((other) => other.play('warm', 8)));
  const baselines = await Promise.all(others.map((other) => other.play('alone', SECONDS)));
  const baseline = worst(baselines);
  print({ phase: 'nobody else', others: baselines, load: loadavg()[0].toFixed(1) });
  for (const by of options.by.split(',')) {
    const before = await offenderFigures();
    const offender = send(
      by,
      OFFENDER.address,
      Number(options.rate),
      SECONDS + 12,
      `offender-${by}`,
      key,
      options.lines,
    );
    await sleep(LEAD_MS);
    const figures = await Promise.all(others.map((other) => other.play(by, SECONDS)));
    offender.end();
    const result = {
      phase: `${OFFENDER.slug} sends ${options.rate} events/s by ${by}, quota ${QUOTA}`,
      others: figures,
      p95ToBaseline: (worst(figures) / baseline).toFixed(2),
      offender: difference(await offenderFigures(), before),
      load: loadavg()[0].toFixed(1),
    };
    result.ok =
      worst(figures) < 2 * baseline &&
      figures.every(({ sent, stored, alertsMissing }) => sent === stored && alertsMissing === 0);
    ok &&= result.ok;
    print(result);
    await calm();
  }
} finally {
  for (const other of others) other.close();
  await db.end();
  await product.stop();
}
process.exitCode = ok ? 0 : 1;
