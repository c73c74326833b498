import type { Redis } from 'ioredis';
import { Unpackr } from 'msgpackr';

/** Names of all window keys of a tenant. */
export async function keysOf(redis: Redis, tenantId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of redis.scanStream({ match: `{${tenantId}}:win:*`, count: 1000 }))
    names.push(...page);
  return names;
}

/** How many observations a key's value holds: starts and entries (fives), one MessagePack value after the other. */
export function sizeOf(value: Buffer): number {
  const [, entries] = new Unpackr().unpackMultiple(value) as unknown[];
  if (!Array.isArray(entries)) throw new TypeError('not the value of a window key');
  return entries.length / 5;
}
