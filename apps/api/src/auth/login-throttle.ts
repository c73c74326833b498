import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { parseIp } from '@parapet/contracts';
import { AccountLockedError } from '@parapet/errors';
import { RedisClient } from '../core/tokens.js';

/** R30: failures in a row of one user from one address, and the seconds they are remembered from the last one. */
const PAIR_LIMIT = 10;
const PAIR_SECONDS = 3600;
/** Failures of one address, for whatever users, in a day from the first. */
const ADDRESS_LIMIT = 100;
const ADDRESS_SECONDS = 86_400;

/**
 * Counts a try before it is judged, so that tries sent all at once don't slip through together. KEYS: pair, address.
 * ARGV: their limits and seconds. Answers 0, or after how many seconds to try again. A refused try counts for nothing.
 */
const TAKE = `
  local pair = tonumber(redis.call('GET', KEYS[1]) or '0')
  if pair >= tonumber(ARGV[1]) then return math.max(1, redis.call('TTL', KEYS[1])) end
  local address = tonumber(redis.call('GET', KEYS[2]) or '0')
  if address >= tonumber(ARGV[3]) then return math.max(1, redis.call('TTL', KEYS[2])) end
  redis.call('SET', KEYS[1], pair + 1, 'EX', ARGV[2])
  if redis.call('INCR', KEYS[2]) == 1 then redis.call('EXPIRE', KEYS[2], ARGV[4]) end
  return 0`;

/** A try that went well is no failure: the row is broken, and the address gets its try back. */
const FORGIVE = `
  redis.call('DEL', KEYS[1])
  if tonumber(redis.call('GET', KEYS[2]) or '0') > 0 then redis.call('DECR', KEYS[2]) end
  return 0`;

/** An IPv6 host owns its /64, so that is its address here. */
function network(address: string): string {
  const ip = parseIp(address);
  if (!ip || ip.version === 4) return address;
  return `${ip.w0.toString(16)}.${ip.w1.toString(16)}/64`;
}

@Injectable()
export class LoginThrottle {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Takes one try. Unknown users are counted like known ones.
   * @throws AccountLockedError with the seconds to wait.
   */
  async take(email: string, address: string): Promise<void> {
    const answer = await this.redis.eval(
      TAKE,
      2,
      ...this.keys(email, address),
      PAIR_LIMIT,
      PAIR_SECONDS,
      ADDRESS_LIMIT,
      ADDRESS_SECONDS,
    );
    const wait = z.number().parse(answer);
    if (wait > 0) throw new AccountLockedError(wait);
  }

  async forgive(email: string, address: string): Promise<void> {
    await this.redis.eval(FORGIVE, 2, ...this.keys(email, address));
  }

  /** Sign-in comes before a tenant is known, so these keys belong to none. E-mail addresses stay out of Redis. */
  private keys(email: string, address: string): [string, string] {
    const from = network(address);
    const user = createHash('sha256').update(email).digest('base64url');
    return [`{auth}:failures:${user}:${from}`, `{auth}:failures:${from}`];
  }
}
