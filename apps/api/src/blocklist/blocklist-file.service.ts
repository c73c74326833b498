import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { normalizeIp } from '@parapet/contracts';
import { NotFoundError, TooManyRequestsError } from '@parapet/errors';
import { AppPool, RedisClient } from '../core/tokens.js';
import type { ApiRequest } from '../http/api-request.js';
import { blocklistTokenHash } from './blocklist-token.js';
import { BlocklistRepository } from './blocklist.repository.js';

/** A firewall asks once a minute at the most; a site may have a dozen of them. */
const FETCHES_A_MINUTE = 60;
/** Wrong tokens of one address. */
const MISSES_A_MINUTE = 30;
const WINDOW_SECONDS = 60;

/** Counts one more, and answers the count and the seconds until it begins anew. */
const COUNT = `
  local n = redis.call('INCR', KEYS[1])
  if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
  return { n, redis.call('TTL', KEYS[1]) }`;
const countSchema = z.tuple([z.number(), z.number()]);

/** The list as firewalls fetch it: no session, no cookie, the token in the URL names the tenant. */
@Injectable()
export class BlocklistFileService {
  constructor(
    private readonly pool: AppPool,
    private readonly redis: RedisClient,
    private readonly blocklist: BlocklistRepository,
  ) {}

  /**
   * Writes the answer: the list, or 304 where the client has it.
   * @throws NotFoundError for a wrong token, an ended one, or that of a suspended tenant; TooManyRequestsError.
   */
  async answer(request: ApiRequest, response: Response, token: string): Promise<void> {
    const address = normalizeIp(request.ip ?? '') ?? '';
    const tenantId = await this.tenantOf(token);
    if (tenantId === undefined) {
      await this.count(`{blocklist}:misses:${address}`, MISSES_A_MINUTE);
      throw new NotFoundError('block list');
    }
    await this.count(`{${tenantId}}:blocklist:fetches`, FETCHES_A_MINUTE);
    const body = await this.text(tenantId);
    await this.blocklist.tokenUsed(tenantId);
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
    response.setHeader('ETag', etag);
    response.setHeader('Cache-Control', 'private, no-cache');
    if (matches(request.headers['if-none-match'], etag)) {
      response.status(304).end();
      return;
    }
    response.status(200).type('text/plain; charset=utf-8').send(body);
  }

  /** One prefix a line, in the order of the addresses; what is protected by now is left out. */
  private async text(tenantId: string): Promise<string> {
    const [prefixes, protection] = await Promise.all([
      this.blocklist.prefixes(tenantId),
      this.blocklist.protection(tenantId),
    ]);
    return prefixes.map((prefix) => (protection.withholds(prefix) ? '' : `${prefix}\n`)).join('');
  }

  private async tenantOf(token: string): Promise<string | undefined> {
    const hash = blocklistTokenHash(token);
    if (hash === undefined) return undefined;
    const { rows } = await this.pool.query<{ id: string | null }>('select blocklist_tenant($1) as id', [
      hash,
    ]);
    return rows[0]?.id ?? undefined;
  }

  /** @throws TooManyRequestsError */
  private async count(key: string, limit: number): Promise<void> {
    const [count, seconds] = countSchema.parse(await this.redis.eval(COUNT, 1, key, WINDOW_SECONDS));
    if (count > limit) throw new TooManyRequestsError(Math.max(1, seconds));
  }
}

/** If-None-Match (RFC 9110 13.1.2), compared weakly. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header
    .slice(0, 2000)
    .split(',')
    .some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === etag);
}
