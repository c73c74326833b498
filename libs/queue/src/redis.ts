import { Redis, type RedisOptions } from 'ioredis';
import { RedisNotDurableError } from '@parapet/errors';

/** A connection that waits for Redis to come back and then goes on; the caller bounds what it buffers. */
export function createRedis(url: string, options: RedisOptions = {}): Redis {
  return new Redis(url, {
    maxRetriesPerRequest: null,
    enableReadyCheck: true,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
    ...options,
  });
}

/**
 * R5: events are accepted when Redis has them, so a Redis that forgets or evicts is refused.
 * @throws RedisNotDurableError
 */
export async function assertDurable(redis: Redis): Promise<void> {
  const value = async (name: string) => {
    const [, setting] = (await redis.config('GET', name)) as [string, string?];
    return setting;
  };
  const policy = await value('maxmemory-policy');
  if (policy !== 'noeviction') throw new RedisNotDurableError(`maxmemory-policy is ${policy ?? 'unknown'}`);
  const appendOnly = await value('appendonly');
  if (appendOnly !== 'yes') throw new RedisNotDurableError(`appendonly is ${appendOnly ?? 'unknown'}`);
}
