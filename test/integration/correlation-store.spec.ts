import { createTestRedis, type TestRedis } from '@parapet/testing';
import type { Redis } from 'ioredis';
import { Unpackr } from 'msgpackr';
import { RedisCorrelationStore } from '../../apps/processor/src/stages/detect/redis-correlation-store.js';
import { correlationStoreSuite } from '../../libs/sigma/src/correlation/correlation-store.suite.js';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await createTestRedis();
  redis = server.client;
});
afterAll(() => server.drop());

async function keysOf(tenantId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of redis.scanStream({ match: `{${tenantId}}:sigma:*`, count: 1000 }))
    names.push(...page);
  return names;
}

/** Sizes when what isn't needed has been taken out, which nobody waits for: commands are answered in their order. */
async function sizesOf(tenantId: string): Promise<number[]> {
  const values = await Promise.all((await keysOf(tenantId)).map((key) => redis.getBuffer(key)));
  return values.map((value) => {
    const rows: unknown = value && new Unpackr({ useRecords: false }).unpackMultiple(value.subarray(8));
    return Array.isArray(rows) ? rows.length : 0;
  });
}

correlationStoreSuite('Redis', () => ({
  make: () => new RedisCorrelationStore(redis),
  sizes: sizesOf,
  runs: 100,
}));

describe('correlations in Redis, beyond what every store does', () => {
  const spec = {
    type: 'event_count' as const,
    windowMs: 300_000,
    limits: [{ operator: 'gte' as const, number: 5 }],
    rules: 1,
    percentile: 50,
  };
  const now = Date.UTC(2026, 2, 3, 1, 44);
  const op = (ids: readonly string[], group = '203.0.113.117', more = {}) => ({
    rule: 'r',
    group,
    spec: { ...spec, ...more },
    observations: ids.map((id) => ({ id, time: now, source: 0, value: '', carry: '' })),
  });
  const tenant = (name: string) => `${name}-${process.pid}-${Date.now()}`;

  it('works on after Redis has forgotten its scripts', async () => {
    const store = new RedisCorrelationStore(redis);
    const name = tenant('forgotten');
    await store.apply(name, [op(['a', 'b', 'c', 'd'])]);
    await redis.script('FLUSH');
    const [result] = await store.apply(name, [op(['e'])]);
    expect(result?.completions.map(({ id }) => id)).toContain('e');
  });

  it('names the events of earlier batches', async () => {
    const store = new RedisCorrelationStore(redis);
    const name = tenant('members');
    await store.apply(name, [op(['a', 'b', 'c', 'd'])]);
    const [result] = await store.apply(name, [op(['e'])]);
    expect(result?.members.map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd']));
  });

  it('misses no window when processors add to a group at the same time, and stays small', async () => {
    const name = tenant('parallel');
    const stores = Array.from({ length: 4 }, () => new RedisCorrelationStore(redis));
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, n) => stores[n % 4]?.apply(name, [op([`e${n}`])])),
    );
    const said = new Set(results.flatMap((list) => list?.[0]?.completions.map(({ id }) => id) ?? []));
    expect(said.size).toBeGreaterThanOrEqual(196);
    await stores[0]?.apply(name, [op(['last'])]);
    for (const size of await sizesOf(name)) expect(size).toBeLessThan(60);
  });

  it('begins anew with another threshold', async () => {
    const store = new RedisCorrelationStore(redis);
    const name = tenant('changed');
    await store.apply(name, [op(['a', 'b', 'c', 'd'])]);
    const limits = [{ operator: 'gte' as const, number: 4 }];
    const [result] = await store.apply(name, [op(['e'], undefined, { limits })]);
    expect(result?.completions).toEqual([]);
  });

  it('names keys by tenant, lets them expire, and keeps long values short', async () => {
    const store = new RedisCorrelationStore(redis);
    const name = tenant('expiry');
    const long = 'x'.repeat(50_000);
    const wide = op(['a'], long, { type: 'value_count' });
    await store.apply(name, [
      { ...wide, observations: wide.observations.map((one) => ({ ...one, value: long, carry: long })) },
    ]);
    const keys = await keysOf(name);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(/^\{expiry-[\d-]+\}:sigma:r:[\w-]{27}:-?\d+$/);
      expect(await redis.ttl(key)).toBeGreaterThan(3600);
      expect(await redis.strlen(key)).toBeLessThan(200);
    }
  });

  it('makes a key anew that is not its own work', async () => {
    const store = new RedisCorrelationStore(redis);
    const name = tenant('foreign');
    await store.apply(name, [op(['a'])]);
    // An observation may stand in two segments of time.
    for (const key of await keysOf(name)) await redis.set(key, 'x');
    const [result] = await store.apply(name, [op(['b', 'c', 'd', 'e', 'f'])]);
    expect(result?.completions).toHaveLength(5);
  });
});
