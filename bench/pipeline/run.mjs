// bench/pipeline: sshd lines over TCP until the last one is stored and detected. See README.md beside this file.
// Usage: node bench/pipeline/run.mjs [--events 2000000] [--senders 1] [--attackers 200] [--spread zipf|uniform] [--latency-seconds 30] [--profile DIR]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { io } from 'socket.io-client';
import { cpuSeconds, percentile, residentMiB } from '../lib/cpu.mjs';
import { scrape, signIn, startProduct, total } from '../lib/product.mjs';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '2000000' },
    senders: { type: 'string', default: '1' },
    attackers: { type: 'string', default: '200' },
    spread: { type: 'string', default: 'zipf' },
    'latency-seconds': { type: 'string', default: '30' },
    profile: { type: 'string' },
    // Only these built-in detectors, and no managed rules: to compare with figures from before there were others.
    detectors: { type: 'string' },
  },
});
const EVENTS = Number(options.events);
const SENDERS = Number(options.senders);
const SENDER = join(dirname(fileURLToPath(import.meta.url)), 'sender.mjs');
const print = (label, value) => process.stdout.write(`${label.padEnd(44)} ${value}\n`);
const fixed = (value, digits = 1) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function startSender(port, address, events, rate, seed) {
  const child = spawn(
    process.execPath,
    [SENDER, port, address, events, rate, seed, options.attackers, options.spread].map(String),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return {
    pid: child.pid,
    done: once(child, 'exit').then(([code]) =>
      code === 0 ? JSON.parse(output) : Promise.reject(new Error(`sender ended with ${code}`)),
    ),
  };
}

const nodeArgs = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];
const product = await startProduct(options.detectors === undefined ? {} : { RULES_DIR: 'off' }, { nodeArgs });
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => product.stop().then(() => process.exit(130)));
const { ports } = product;
const stored = async () => total(await scrape(ports.PROCESSOR_METRICS_PORT, 'parapet_events_stored_total'));
const db = new pg.Client({ connectionString: product.databaseUrl });
await db.connect();
if (options.detectors !== undefined)
  await db.query('update detectors set enabled = (kind = any($1))', [options.detectors.split(',')]);
const redis = new Redis(product.redisUrl);

async function waitForStored(target, timeoutSeconds) {
  const deadline = Date.now() + timeoutSeconds * 1000;
  while ((await stored()) < target) {
    if (Date.now() > deadline) throw new Error(`only ${await stored()} of ${target} events were stored`);
    await sleep(250);
  }
}

/** Mean bytes of an event in Redis, from the jobs that wait right now. */
async function sampleRedis() {
  const ids = await redis.lrange('parapet:events:wait', 0, 20);
  let bytes = 0;
  let events = 0;
  for (const id of ids) {
    const [usage, data] = await Promise.all([
      redis.call('MEMORY', 'USAGE', `parapet:events:${id}`),
      redis.hget(`parapet:events:${id}`, 'data'),
    ]);
    if (usage === null || data === null) continue;
    bytes += Number(usage);
    events += JSON.parse(data).count;
  }
  return events === 0 ? null : bytes / events;
}

async function throughput() {
  const before = Object.fromEntries(
    Object.entries(product.pids()).map(([name, pid]) => [name, cpuSeconds(pid)]),
  );
  const storedBefore = await stored();
  const began = performance.now();
  const each = Math.floor(EVENTS / SENDERS);
  const senders = Array.from({ length: SENDERS }, (_, n) =>
    startSender(ports.SYSLOG_TCP_PORT, `127.0.${(n % 3) + 1}.10`, each, 0, n + 1),
  );
  const redisSamples = [];
  const peaks = {};
  const sampler = setInterval(() => {
    for (const [name, pid] of Object.entries(product.pids()))
      peaks[name] = Math.max(peaks[name] ?? 0, residentMiB(pid));
    sampleRedis()
      .then((bytes) => bytes !== null && redisSamples.push(bytes))
      .catch(() => {});
  }, 500);
  const results = await Promise.all(senders.map((s) => s.done));
  await waitForStored(storedBefore + each * SENDERS, 600);
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampler);
  const events = each * SENDERS;
  print('events sent and stored', fixed(events, 0));
  print('senders took, s', results.map((r) => fixed(r.seconds)).join(', '));
  print('first byte to last event stored, s', fixed(seconds));
  print('events/s', fixed(events / seconds, 0));
  let sum = 0;
  for (const [name, pid] of Object.entries(product.pids())) {
    const used = cpuSeconds(pid) - (before[name] ?? 0);
    if (name === 'launcher' || used < 0.05) continue;
    sum += used;
    print(
      `CPU ${name}: s, µs an event, peak MiB`,
      `${fixed(used)}, ${fixed((used / events) * 1e6)}, ${fixed(peaks[name] ?? 0, 0)}`,
    );
  }
  print('CPU in all, µs an event', fixed((sum / events) * 1e6));
  if (redisSamples.length > 0)
    print('bytes an event in Redis', fixed(redisSamples.reduce((a, b) => a + b) / redisSamples.length, 0));
  return events / seconds;
}

async function countLost() {
  const { rows } = await db.query('SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM events');
  const accepted = total(await scrape(ports.INGESTOR_METRICS_PORT, 'parapet_events_accepted_total'));
  const received = total(await scrape(ports.INGESTOR_METRICS_PORT, 'parapet_events_received_total'));
  print(
    'received, accepted, rows, distinct ids',
    [received, accepted, rows[0].n, rows[0].ids].map((n) => fixed(n, 0)).join(', '),
  );
  if (rows[0].n !== received || rows[0].ids !== rows[0].n) throw new Error('events were lost or doubled');
}

async function sizes() {
  await db.query('CHECKPOINT');
  const { rows } =
    await db.query(`SELECT sum(pg_total_relation_size(inhrelid))::float8 AS bytes, sum(pg_indexes_size(inhrelid))::float8 AS indexes,
    (SELECT count(*) FROM events)::float8 AS n FROM pg_inherits WHERE inhparent = 'events'::regclass`);
  const { bytes, indexes, n } = rows[0];
  print('bytes an event in PostgreSQL (indexes)', `${fixed(bytes / n, 0)} (${fixed(indexes / n, 0)})`);
}

/** The same rows again, by text COPY alone into a table with the same indexes: what the database can take. */
async function copyAlone() {
  await db.query('CREATE UNLOGGED TABLE bench_rows AS SELECT * FROM events ORDER BY id LIMIT 500000');
  const { rows } = await db.query('SELECT count(*)::int AS n FROM bench_rows');
  await db.query('CREATE TABLE bench_copy (LIKE events INCLUDING ALL)');
  const file = join(product.dataDir, 'bench.copy');
  const { to, from } = await import('pg-copy-streams');
  const { createReadStream, createWriteStream, readFileSync } = await import('node:fs');
  const { pipeline } = await import('node:stream/promises');
  await pipeline(db.query(to('COPY bench_rows TO STDOUT (FORMAT binary)')), createWriteStream(file));
  readFileSync(file); // into the page cache
  const began = performance.now();
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 20 }),
    db.query(from('COPY bench_copy FROM STDIN (FORMAT binary)')),
  );
  const rate = rows[0].n / ((performance.now() - began) / 1000);
  await db.query('DROP TABLE bench_copy, bench_rows');
  return rate;
}

/** Alert latency at half load: five failures of a fresh address, from the fifth line's sending to the WebSocket message. */
async function latency(rate, seconds) {
  const session = await signIn(product.origin, 'analyst@cisco-systems.test');
  const socket = io(product.origin, {
    path: '/ws',
    auth: { token: session.accessToken },
    transports: ['websocket'],
  });
  await once(socket, 'connect');
  const sentAt = new Map();
  const took = [];
  socket.on('alert.created', (message) => {
    const began = sentAt.get(message.alert.group['source.ip']);
    if (began !== undefined) took.push(performance.now() - began);
  });
  const load = startSender(
    ports.SYSLOG_TCP_PORT,
    '127.0.1.10',
    Math.round(rate * seconds),
    Math.round(rate),
    7,
  );
  const probe = connect({
    host: '127.0.0.1',
    port: Number(ports.SYSLOG_TCP_PORT),
    localAddress: '127.0.3.10',
  });
  await once(probe, 'connect');
  const probes = Math.floor(seconds * 5);
  await sleep(2000);
  for (let n = 0; n < probes; n += 1) {
    const ip = `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`;
    const lines = Array.from(
      { length: 5 },
      (_, i) =>
        `<38>1 ${new Date().toISOString()} probe sshd ${n} - - Failed password for root from ${ip} port ${20000 + i} ssh2\n`,
    );
    sentAt.set(ip, performance.now());
    probe.write(lines.join(''));
    await sleep((seconds * 1000 - 4000) / probes);
  }
  await load.done;
  const deadline = Date.now() + 20_000;
  while (took.length < probes && Date.now() < deadline) await sleep(100);
  probe.end();
  socket.close();
  print(
    `alert latency at ${fixed(rate, 0)} events/s: p50, p95, p99, ms`,
    [50, 95, 99].map((p) => fixed(percentile(took, p), 0)).join(', '),
  );
  print('probes sent, alerts seen', `${probes}, ${took.length}`);
  if (took.length !== probes) throw new Error('an alert did not arrive');
}

try {
  const rate = await throughput();
  await countLost();
  await sizes();
  if (Number(options['latency-seconds']) > 0) await latency(rate / 2, Number(options['latency-seconds']));
  const copy = await copyAlone();
  print('COPY alone, rows/s; pipeline ÷ COPY', `${fixed(copy, 0)}; ${fixed(rate / copy, 2)}`);
} finally {
  await db.end();
  redis.disconnect();
  await product.stop();
}
