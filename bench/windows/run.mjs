// How many observations a second the Redis window store takes, and what a flood costs in memory.
// node bench/windows/run.mjs [redis URL]; needs a build and a Redis of its own.
import { Redis } from 'ioredis';
import { RedisWindowStore } from '../../apps/processor/dist/stages/detect/redis-window-store.js';

const redis = new Redis(process.argv[2] ?? 'redis://127.0.0.1:6379');
const store = new RedisWindowStore(redis);
const spec = { windowMs: 300_000, threshold: 5, mode: 'sum' };
const distinct = { windowMs: 600_000, threshold: 10, mode: 'distinct' };
const start = Date.UTC(2026, 2, 3, 1, 54);
const BATCH = 500;
let ids = 0;

const id = () => `0195f3a0-1111-7000-8000-${(ids++).toString(16).padStart(12, '0')}`;

/** One batch: `BATCH` observations over groups, grouped as `detect` does it. */
function batch(groups, at, window) {
  const byGroup = new Map();
  for (let n = 0; n < BATCH; n += 1) {
    const group = groups(n);
    const key = window.mode === 'distinct' ? String(1 + ((at + n) % 5000)) : `db02:${40_000 + n}`;
    const observation = {
      id: id(),
      time: start + at * 20 + Math.floor(n / 10),
      key,
      cls: 'attempt',
      weight: 1,
    };
    if (!byGroup.has(group)) byGroup.set(group, { detector: 'bench', group, spec: window, observations: [] });
    byGroup.get(group).observations.push(observation);
  }
  return [...byGroup.values()];
}

/** CPU seconds of Redis so far: unlike its command times, they hold on a busy machine too. */
async function redisCpu() {
  const info = await redis.info('cpu');
  const of = (name) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
  return of('used_cpu_user') + of('used_cpu_sys');
}

async function measure(name, groups, { window = spec, batches = 200, parallel = 10 } = {}) {
  const tenant = `bench-${process.pid}-${Date.now()}`;
  const work = Array.from({ length: batches }, (_, n) => batch((i) => groups(i, n), n, window));
  await store.apply(tenant, work[0]);
  const redisBefore = await redisCpu();
  const began = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  for (let n = 0; n < work.length; n += parallel) {
    await Promise.all(work.slice(n, n + parallel).map((ops) => store.apply(tenant, ops)));
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const used = process.cpuUsage(cpu);
  const total = batches * BATCH;
  const redisUsed = (await redisCpu()) - redisBefore;
  const keys = [];
  for await (const page of redis.scanStream({ match: `{${tenant}}:*`, count: 1000 })) keys.push(...page);
  const sizes = await Promise.all(keys.slice(0, 1000).map((key) => redis.memory('USAGE', key)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0) / Math.max(sizes.length, 1);
  console.log(
    [
      name.padEnd(44),
      `${Math.round(total / seconds).toLocaleString('en')}/s`.padStart(12),
      `redis ${((redisUsed / total) * 1e6).toFixed(1)} µs`.padStart(16),
      `node ${((used.user + used.system) / total).toFixed(1)} µs`.padStart(14),
      `${keys.length} keys of ${Math.round(bytes)} B`.padStart(24),
    ].join('  '),
  );
  for (let n = 0; n < keys.length; n += 1000) await redis.unlink(keys.slice(n, n + 1000));
}

await measure('warm-up', (i) => `198.51.100.${i % 4}`);
await measure('brute force, 4 addresses', (i) => `198.51.100.${i % 4}`);
await measure('brute force, 500 addresses, the same', (i) => `198.51.${i >> 8}.${i & 255}`);
await measure('brute force, 500 new addresses each batch', (i, n) => `10.${n}.${i >> 8}.${i & 255}`);
await measure('brute force, 20,000 addresses in turn', (i, n) => `10.${n % 40}.${i >> 8}.${i & 255}`);
await measure('port scan, 4 addresses', (i) => `198.51.100.${i % 4}`, { window: distinct });
await measure('port scan, 500 addresses, the same', (i) => `198.51.${i >> 8}.${i & 255}`, {
  window: distinct,
});
await measure('one batch at a time, 4 addresses', (i) => `198.51.100.${i % 4}`, { parallel: 1 });
await measure('one batch at a time, 500 addresses', (i) => `198.51.${i >> 8}.${i & 255}`, { parallel: 1 });
// A batch of many small tenants: one call each, all sent in one tick.
{
  const perTenant = Array.from({ length: 200 }, (_, n) =>
    Array.from({ length: 100 }, (_, t) => [
      `bench-${process.pid}-${t}`,
      batch((i) => `198.51.100.${i % 4}`, n, spec).map((op) => ({
        ...op,
        observations: op.observations.slice(0, 1),
      })),
    ]),
  );
  const began = process.hrtime.bigint();
  for (const sections of perTenant)
    await Promise.all(sections.map(([tenant, ops]) => store.apply(tenant, ops)));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(`100 tenants with 4 addresses each: ${((seconds / 200) * 1000).toFixed(1)} ms a batch`);
}
await redis.quit();
