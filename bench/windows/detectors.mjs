// What the built-in detectors cost an event, in the processor and in Redis, on the sshd lines of bench/pipeline.
// node bench/windows/detectors.mjs [redis URL]; needs a build and a Redis of its own.
import { Redis } from 'ioredis';
import { RedisWindowStore } from '../../apps/processor/dist/stages/detect/redis-window-store.js';
import { DETECTORS, detect } from '../../libs/detection/dist/index.js';
import { mintUuid, parseFrame } from '../../libs/normalize/dist/index.js';
import { sshdLines } from '../lib/sshd-lines.mjs';

const redis = new Redis(process.argv[2] ?? 'redis://127.0.0.1:6379');
const store = new RedisWindowStore(redis);
const BATCH = 500;
const BATCHES = 200;
const IN_FLIGHT = 10;

const settings = (kinds) =>
  Object.fromEntries(
    DETECTORS.map(({ kind, defaults }) => [kind, { ...defaults, enabled: kinds.includes(kind) }]),
  );
const FIRST_TWO = ['brute_force', 'port_scan'];
const ALL = DETECTORS.map(({ kind }) => kind);
const SETS = {
  none: [],
  'brute force and port scan': FIRST_TWO,
  all: ALL,
  ...Object.fromEntries(
    ALL.filter((kind) => !FIRST_TWO.includes(kind)).map((kind) => [
      `the two and ${kind}`,
      [...FIRST_TWO, kind],
    ]),
  ),
};

async function redisCpu() {
  const info = await redis.info('cpu');
  const of = (name) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
  return of('used_cpu_user') + of('used_cpu_sys');
}

function eventsOf(lines) {
  const receivedAt = Date.now();
  // Twenty seconds of traffic at 5,000 events/s.
  return lines.map((line, n) => {
    const time = receivedAt + Math.floor(n / 5);
    const fields = parseFrame(Buffer.from(line), { receivedAt, timeZone: 'UTC', sourceType: 'auto' });
    return { ...fields, id: mintUuid(time), tenantId: 'bench', '@timestamp': time, 'event.ingested': time };
  });
}

async function measure(events, kinds) {
  const tenantId = `bench-${process.pid}-${process.hrtime.bigint()}`;
  const detectors = settings(kinds);
  const sections = Array.from({ length: BATCHES }, (_, n) => ({
    tenantId,
    events: events.slice(n * BATCH, (n + 1) * BATCH),
  }));
  const redisBefore = await redisCpu();
  const before = process.cpuUsage();
  for (let n = 0; n < sections.length; n += IN_FLIGHT)
    await Promise.all(sections.slice(n, n + IN_FLIGHT).map((section) => detect(section, detectors, store)));
  const { user, system } = process.cpuUsage(before);
  const inRedis = ((await redisCpu()) - redisBefore) * 1e6;
  const keys = await redis.keys(`{${tenantId}}:*`);
  for (let n = 0; n < keys.length; n += 1000) await redis.unlink(keys.slice(n, n + 1000));
  return { node: (user + system) / events.length, redis: inRedis / events.length, keys: keys.length };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

for (const [name, options] of [
  ['200 attackers, Zipf', { attackers: 200 }],
  ['2,000 attackers, uniform', { attackers: 2000, uniform: true }],
]) {
  const events = eventsOf(sshdLines(BATCH * BATCHES, options));
  await measure(events, ALL);
  for (const [label, kinds] of Object.entries(SETS)) {
    const runs = [];
    for (let n = 0; n < 3; n += 1) runs.push(await measure(events, kinds));
    const of = (key) => median(runs.map((run) => run[key]));
    console.log(
      `${name} | ${label} | node ${of('node').toFixed(2)} µs | redis ${of('redis').toFixed(2)} µs | ${of('keys')} keys`,
    );
  }
}
await redis.quit();
