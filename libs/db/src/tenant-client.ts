import { NestedTransactionError } from '@parapet/errors';
import type { Prisma, PrismaClient } from './generated/client.js';

type Forbidden = '$transaction' | '$connect' | '$disconnect' | '$extends' | '$on' | '$use';

/**
 * Prisma inside a tenant's transaction. It can't open another one: Prisma 7.10.0 gives nested transactions a shared
 * options object, so that an unrelated request could run under this tenant.
 */
export type TenantTx = Omit<Prisma.TransactionClient, Forbidden>;

/** Prisma as a builder of queries that have not run yet. */
export type TenantReader = Omit<PrismaClient, Forbidden>;

const FORBIDDEN = new Set<PropertyKey>([
  '$transaction',
  '$connect',
  '$disconnect',
  '$extends',
  '$on',
  '$use',
]);

/** Holds the type's promise at run time too, where a cast could get around it. */
export function withoutTransactions<T extends object>(client: T): T {
  return new Proxy(client, {
    get(target, key) {
      if (FORBIDDEN.has(key)) throw new NestedTransactionError(String(key));
      return Reflect.get(target, key);
    },
    has: (target, key) => !FORBIDDEN.has(key) && Reflect.has(target, key),
  });
}
