// bench/resilience: load by TCP while each part is killed or stopped in turn; counts what was accepted and what is stored.
// Usage: node bench/resilience/run.mjs [--rate 3000] [--stop-seconds 60] [--kills 3]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { scrape, startProduct, total } from '../lib/product.mjs';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '3000' },
    'stop-seconds': { type: 'string', default: '60' },
    kills: { type: 'string', default: '3' },
  },
});
const RATE = Number(options.rate);
const STOP_MS = Number(options['stop-seconds']) * 1000;
const SENDER = join(dirname(fileURLToPath(import.meta.url)), '../pipeline/sender.mjs');
const product = await startProduct();
const { ports } = product;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => product.stop().then(() => process.exit(130)));

const metric = async (name) =>
  total(await scrape(ports.INGESTOR_METRICS_PORT, name).catch(() => [{ value: Number.NaN }]));
const accepted = () => metric('parapet_events_accepted_total');

async function rows() {
  const db = new pg.Client({ connectionString: product.databaseUrl });
  await db.connect();
  try {
    const { rows: found } = await db.query(`SELECT (SELECT count(*)::int FROM events) AS events,
      (SELECT count(DISTINCT id)::int FROM events) AS ids, (SELECT count(*)::int FROM alerts) AS alerts,
      (SELECT count(*)::int FROM (SELECT 1 FROM notifications GROUP BY alert_id, channel, recipient HAVING count(*) > 1) AS d) AS doubled,
      (SELECT count(*)::int FROM dead_letters) AS dead`);
    return found[0];
  } finally {
    await db.end();
  }
}

function send(seconds, seed) {
  const args = [SENDER, ports.SYSLOG_TCP_PORT, '127.0.1.10', RATE * seconds, RATE, seed, 200, 'zipf'].map(
    String,
  );
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return once(child, 'exit').then(([code]) => (code === 0 ? JSON.parse(output).sent : null));
}

/** Waits until the rows have not grown for three seconds and nothing waits. */
async function settled() {
  let last = -1;
  for (let quiet = 0; quiet < 3;) {
    await sleep(1000);
    const { events } = await rows().catch(() => ({ events: -2 }));
    quiet = events === last ? quiet + 1 : 0;
    last = events;
  }
}

const results = [];
async function phase(name, seconds, disturb, { exact = true } = {}) {
  const before = { ...(await rows()), accepted: await accepted() };
  const sending = send(seconds, results.length + 1);
  await sleep(2000);
  await disturb();
  const sent = await sending;
  await settled();
  const after = { ...(await rows()), accepted: await accepted() };
  const stored = after.events - before.events;
  const result = {
    phase: name,
    sent: sent ?? 'cut off',
    accepted: exact ? after.accepted - before.accepted : 'restarted',
    stored,
    doubled: after.events - after.ids + after.doubled,
    dead: after.dead - before.dead,
  };
  result.ok =
    result.doubled === 0 && result.dead === 0 && (!exact || (stored === result.accepted && stored === sent));
  results.push(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

const kill = (name, signal = 'SIGKILL') => process.kill(product.pids()[name], signal);
async function killTimes(name) {
  for (let n = 0; n < Number(options.kills); n += 1) {
    kill(name);
    await sleep(5000);
  }
}
/** PostgreSQL's backends answer on their own, so that all of them are stopped with it. */
async function pause(name) {
  const pid = product.pids()[name];
  const group = async (signal) => {
    const { readdirSync, readFileSync } = await import('node:fs');
    for (const entry of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        if (Number(entry) === pid || parent === pid) process.kill(Number(entry), signal);
      } catch {
        // gone meanwhile
      }
    }
  };
  await group('SIGSTOP');
  await sleep(STOP_MS);
  await group('SIGCONT');
}

try {
  const killSeconds = Number(options.kills) * 5 + 6;
  const stopSeconds = STOP_MS / 1000 + 10;
  await phase('nothing', 5, async () => {});
  await phase('kill -9 processor', killSeconds, () => killTimes('processor'));
  await phase('kill -9 api', killSeconds, () => killTimes('api'));
  await phase('kill -9 PostgreSQL', killSeconds, () => killTimes('PostgreSQL'));
  await phase('Redis stopped', stopSeconds, () => pause('Redis'));
  await phase('PostgreSQL stopped', stopSeconds, () => pause('PostgreSQL'));
  await phase('kill -9 ingestor', killSeconds, () => killTimes('ingestor'), { exact: false });
  await phase('kill -9 Redis', killSeconds, () => killTimes('Redis'));
} finally {
  await product.stop();
}
process.exitCode = results.every((r) => r.ok) ? 0 : 1;
