import { Redis } from 'ioredis';
import { testServers } from '@parapet/config';

/** Databases 1–15 are handed out in turn; 0 keeps the count. */
const DATABASES = 15;

/** A Redis database of its own, empty at first. Pub/sub channels are shared by all databases of a server. */
export interface TestRedis {
  readonly url: string;
  readonly client: Redis;
  /** Empties it and closes the connection. */
  drop(): Promise<void>;
}

export async function createTestRedis(): Promise<TestRedis> {
  const { redisUrl } = testServers();
  const counter = new Redis(redisUrl, { db: 0 });
  const turn = await counter.incr('parapet-tests:turn');
  await counter.quit();
  const url = new URL(redisUrl);
  url.pathname = `/${(turn % DATABASES) + 1}`;
  const client = new Redis(url.href, { maxRetriesPerRequest: null });
  await client.flushdb();
  return {
    url: url.href,
    client,
    async drop() {
      await client.flushdb();
      await client.quit();
    },
  };
}
