import { createTestRedis, type TestRedis } from '@parapet/testing';
import type { Redis } from 'ioredis';
import { RedisWindowStore } from '../../apps/processor/src/stages/detect/redis-window-store.js';
import { marksSuite } from '../../libs/detection/src/windows/marks.suite.js';
import { windowStoreSuite } from '../../libs/detection/src/windows/window-store.suite.js';
import { keysOf, sizeOf } from './window-keys.js';

let server: TestRedis;
let redis: Redis;
let store: RedisWindowStore;

beforeAll(async () => {
  server = await createTestRedis();
  redis = server.client;
  store = new RedisWindowStore(redis);
});
afterAll(async () => {
  await server.drop();
});

const open = () => ({
  store,
  sizes: async (tenantId: string) => {
    const values = await Promise.all((await keysOf(redis, tenantId)).map((key) => redis.getBuffer(key)));
    return values.flatMap((value) => (value === null ? [] : sizeOf(value)));
  },
  runs: 60,
});

windowStoreSuite('Redis', open);
marksSuite('Redis', open);

describe('windows in Redis, beyond what every store does', () => {
  const spec = { windowMs: 300_000, threshold: 5, mode: 'sum' as const };
  const now = Date.UTC(2026, 2, 3, 1, 44);
  const op = (id: string, group = '203.0.113.117') => ({
    detector: 'brute_force',
    group,
    spec,
    observations: [{ id, time: now, key: id, cls: 'attempt', weight: 1 }],
  });

  it('works on after Redis has forgotten its scripts', async () => {
    const tenant = `forgotten-${process.pid}-${Date.now()}`;
    for (const id of ['a', 'b', 'c', 'd']) await store.apply(tenant, [op(id)]);
    await redis.script('FLUSH');
    const [result] = await store.apply(tenant, [op('e')]);
    expect(result?.regions).toMatchObject([{ from: now, to: now }]);
  });

  it('loses no observation when many batches come at once, and exactly the fifth and later ones are answered', async () => {
    const tenant = `parallel-${process.pid}-${Date.now()}`;
    const ids = Array.from({ length: 50 }, (_, n) => `e${n}`);
    const results = await Promise.all(ids.map((id) => store.apply(tenant, [op(id)])));
    expect(results.filter(([result]) => (result?.regions.length ?? 0) > 0)).toHaveLength(46);
  });

  it('names keys by tenant, and lets them expire', async () => {
    const tenant = `expiry-${process.pid}-${Date.now()}`;
    await store.apply(tenant, [op('a', '2001:db8::bad:1')]);
    const keys = await keysOf(redis, tenant);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(/^\{expiry-[\d-]+\}:win:brute_force:sum-5-300000:2001:db8::bad:1:\d+$/);
      const seconds = await redis.ttl(key);
      expect(seconds).toBeGreaterThan(3600);
      expect(seconds).toBeLessThanOrEqual(3900);
    }
  });
});
