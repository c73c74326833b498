// bench/resilience, the ingestor's part: killed under RELP, HTTP and TCP, UDP at full rate, Redis away. See README.md beside this file.
// Usage: node bench/resilience/ingestor.mjs [--phases relp,http,tcp,rsyslog,udp,spool,spool-kill] [--rate 5000] [--kills 20] [--udp-rate 10000] [--udp-seconds 60] [--stop-seconds 60]
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { OwnIngestor } from '../lib/own-ingestor.mjs';
import { startProduct, total } from '../lib/product.mjs';
import { Rsyslog } from './rsyslog.mjs';

const { values: options } = parseArgs({
  options: {
    phases: { type: 'string', default: 'relp,http,tcp,rsyslog,udp,spool,spool-kill' },
    rate: { type: 'string', default: '5000' },
    kills: { type: 'string', default: '20' },
    'udp-rate': { type: 'string', default: '10000' },
    'udp-seconds': { type: 'string', default: '60' },
    'stop-seconds': { type: 'string', default: '60' },
  },
});
const RATE = Number(options.rate);
const KILLS = Number(options.kills);
const STOP_SECONDS = Number(options['stop-seconds']);
/** From one kill to the next: the start takes about 2 s, and then there must be load on it. */
const BETWEEN_KILLS_MS = 4500;
const FROM = '127.0.1.10'; // acme-corp in the demo
const SENDER = join(dirname(fileURLToPath(import.meta.url)), '../lib/send.mjs');
const SETTLE_SECONDS = 10;

const product = await startProduct();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => product.stop().then(() => process.exit(130)));
const db = new pg.Client({ connectionString: product.databaseUrl });
await db.connect();

async function anApiKey() {
  const key = `pk_${randomBytes(32).toString('base64url')}`;
  await db.query(
    `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes)
     SELECT $1, id, 'bench', $2, $3, '{ingest}' FROM tenants WHERE slug = 'acme-corp'`,
    [randomUUID(), key.slice(0, 11), createHash('sha256').update(key).digest()],
  );
  return key;
}

/** A sender in a process of its own; resolves with what it prints. It may fail before anybody waits for it. */
function send(...args) {
  const sending = sendLines(...args);
  sending.catch(() => undefined);
  return sending;
}

async function sendLines(transport, port, rate, seconds, run, key = '') {
  const args = [SENDER, transport, port, FROM, rate, seconds, run, key].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the ${transport} sender ended with ${code}`);
  return JSON.parse(output);
}

/** The rows of a run: how many, and how many different messages. */
async function rows(run) {
  const { rows: found } = await db.query(
    `SELECT count(*)::int AS rows, count(DISTINCT message)::int AS messages FROM events WHERE message LIKE $1`,
    [`${run} %`],
  );
  return found[0];
}

/** Waits until the run's rows have not grown for ten seconds. */
async function settled(run) {
  let last = -1;
  for (let quiet = 0; quiet < SETTLE_SECONDS;) {
    await sleep(1000);
    const { rows: count } = await rows(run);
    quiet = count === last ? quiet + 1 : 0;
    last = count;
  }
  return rows(run);
}

const results = [];
function report(phase, figures, ok) {
  const result = { phase, ok, ...figures, load: loadavg()[0].toFixed(1) };
  results.push(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Kills again and again while `sending` is under way; adds up what each process said it had accepted just before. */
async function killing(ingestor, sending, kills) {
  let counted = 0;
  let over = false;
  const end = () => (over = true);
  sending.then(end, end);
  for (let n = 0; n < kills && !over; n++) {
    await sleep(BETWEEN_KILLS_MS);
    counted += total(await ingestor.samples('parapet_events_accepted_total'));
    await ingestor.kill();
  }
  return counted;
}

const killSeconds = Math.ceil(((KILLS + 1) * BETWEEN_KILLS_MS) / 1000);

/** R2 for senders that wait for an answer: nothing lost, nothing doubled. */
async function acknowledged(transport, port, key) {
  const ingestor = await OwnIngestor.start(product);
  const run = `${transport}-kills`;
  const sending = send(transport, ingestor.ports[port], RATE, killSeconds, run, key);
  await killing(ingestor, sending, KILLS);
  const sent = await sending;
  const stored = await settled(run);
  const redelivered = total(await ingestor.samples('parapet_events_redelivered_total'));
  await ingestor.stop();
  const lost = sent.sent - stored.messages;
  const doubled = stored.rows - stored.messages;
  report(
    `kill -9 under ${transport}`,
    { kills: ingestor.kills, ...sent, stored: stored.rows, lost, doubled, redelivered },
    ingestor.kills === KILLS && lost === 0 && doubled === 0 && sent.acknowledged === sent.sent,
  );
}

/** R2 for TCP, where nobody answers: what was counted as accepted is stored, once. */
async function tcpKilled() {
  const ingestor = await OwnIngestor.start(product);
  const sending = send('tcp', ingestor.ports.SYSLOG_TCP_PORT, RATE, killSeconds, 'tcp-kills');
  let accepted = await killing(ingestor, sending, KILLS);
  const sent = await sending;
  const stored = await settled('tcp-kills');
  accepted += total(await ingestor.samples('parapet_events_accepted_total'));
  await ingestor.stop();
  const doubled = stored.rows - stored.messages;
  report(
    'kill -9 under tcp',
    {
      kills: ingestor.kills,
      ...sent,
      acceptedAtLeast: accepted,
      stored: stored.rows,
      neverTaken: sent.sent - stored.messages,
      doubled,
    },
    ingestor.kills === KILLS && stored.rows >= accepted && doubled === 0,
  );
}

/** A real rsyslog with a disk queue between a TCP sender and us. */
async function rsyslogKilled() {
  if (!Rsyslog.installed()) {
    process.stdout.write('rsyslogd is not installed: its phase is left out\n');
    return;
  }
  const ingestor = await OwnIngestor.start(product);
  const rsyslog = await Rsyslog.start(join(product.dataDir, 'rsyslog'), ingestor.ports.RELP_PORT, FROM);
  const sending = send('tcp', rsyslog.port, RATE, killSeconds, 'rsyslog-kills');
  await killing(ingestor, sending, KILLS);
  const sent = await sending;
  const stored = await settled('rsyslog-kills');
  await rsyslog.stop();
  await ingestor.stop();
  const lost = sent.sent - stored.messages;
  const doubled = stored.rows - stored.messages;
  report(
    'kill -9 under rsyslog with a disk queue',
    { kills: ingestor.kills, sent: sent.sent, stored: stored.rows, lost, doubled },
    ingestor.kills === KILLS && lost === 0 && doubled === 0,
  );
}

/** The kernel's own count of datagrams that it dropped for the port. */
function kernelDrops(port) {
  const hex = Number(port).toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/udp', '/proc/net/udp6']
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${hex}`))
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/).at(-1)), 0);
}

/** R10: sent = stored + our drops + the kernel's. */
async function udp() {
  const ingestor = await OwnIngestor.start(product);
  const port = ingestor.ports.SYSLOG_UDP_PORT;
  const seconds = Number(options['udp-seconds']);
  const sent = await send('udp', port, Number(options['udp-rate']), seconds, 'udp');
  const stored = await settled('udp');
  const drops = (await ingestor.samples('parapet_events_dropped_total')).filter(
    ({ labels }) => !labels.reason.startsWith('kernel'),
  );
  const own = total(drops);
  const { rows: gaps } = await db.query(
    `SELECT n + 1 AS after, next - n - 1 AS missing FROM (SELECT n, lead(n) OVER (ORDER BY n) AS next FROM
       (SELECT split_part(message, ' ', 2)::int AS n FROM events WHERE message LIKE 'udp %') AS a) AS b
     WHERE next - n > 1 ORDER BY missing DESC LIMIT 5`,
  );
  const kernel = kernelDrops(port);
  await ingestor.stop();
  const share = stored.rows / sent.sent;
  report(
    `UDP at ${options['udp-rate']} events/s`,
    {
      ...sent,
      stored: stored.rows,
      own,
      kernel,
      share: share.toFixed(5),
      largestGaps: gaps,
      doubled: stored.rows - stored.messages,
    },
    share >= 0.999 &&
      sent.sent - sent.failed === stored.rows + own + kernel &&
      stored.rows === stored.messages,
  );
}

/** Redis stops answering; `during` happens in the middle. */
async function redisAway(name, during) {
  const ingestor = await OwnIngestor.start(product);
  const redis = product.pids().Redis;
  const sending = send('tcp', ingestor.ports.SYSLOG_TCP_PORT, RATE, STOP_SECONDS + 20, name);
  await sleep(5000);
  process.kill(redis, 'SIGSTOP');
  let kept = 0;
  try {
    await sleep((STOP_SECONDS * 1000) / 2);
    kept = await during(ingestor);
    await sleep((STOP_SECONDS * 1000) / 2);
  } finally {
    process.kill(redis, 'SIGCONT');
  }
  const sent = await sending;
  const stored = await settled(name);
  await ingestor.stop();
  return { sent, stored, kept, kills: ingestor.kills };
}

async function spool() {
  const { sent, stored } = await redisAway('spool', () => 0);
  const lost = sent.sent - stored.messages;
  const doubled = stored.rows - stored.messages;
  report(
    `Redis stopped for ${STOP_SECONDS} s`,
    { sent: sent.sent, connections: sent.connections, stored: stored.rows, lost, doubled },
    lost === 0 && doubled === 0,
  );
}

/** The ingestor is killed while everything it has is on disk or in memory: what was on disk is stored. */
async function spoolKilled() {
  const { sent, stored, kept, kills } = await redisAway('spool-kill', async (ingestor) => {
    const accepted = total(await ingestor.samples('parapet_events_accepted_total'));
    const onDisk = total(await ingestor.samples('parapet_events_spooled_total'));
    await ingestor.kill();
    return accepted + onDisk;
  });
  const doubled = stored.rows - stored.messages;
  report(
    `Redis stopped for ${STOP_SECONDS} s, kill -9 in the middle`,
    {
      kills,
      sent: sent.sent,
      connections: sent.connections,
      acceptedOrOnDiskAtTheKill: kept,
      stored: stored.rows,
      neverTaken: sent.sent - stored.messages,
      doubled,
    },
    stored.messages >= kept && doubled === 0,
  );
}

const PHASES = {
  relp: () => acknowledged('relp', 'RELP_PORT'),
  http: async () => acknowledged('http', 'INGEST_HTTP_PORT', await anApiKey()),
  tcp: tcpKilled,
  rsyslog: rsyslogKilled,
  udp,
  spool,
  'spool-kill': spoolKilled,
};
try {
  for (const name of options.phases.split(',')) await PHASES[name]();
} finally {
  await OwnIngestor.stopAll();
  await db.end();
  await product.stop();
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
