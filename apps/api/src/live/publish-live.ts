import type { Redis } from 'ioredis';
import { LIVE_CHANNEL, type LiveEnvelope, type LiveMessage } from '@parapet/contracts';

/**
 * Tells the pages and streams of a tenant, in every API process. Answers how many processes heard it; none is no
 * error, because live messages are not kept: whoever comes later reads the list.
 * @throws Error of the connection when Redis is away.
 */
export function publishLive(
  redis: Pick<Redis, 'publish'>,
  tenantId: string,
  message: LiveMessage,
): Promise<number> {
  const envelope: LiveEnvelope = { v: 1, tenantId, message };
  return redis.publish(LIVE_CHANNEL, JSON.stringify(envelope));
}
