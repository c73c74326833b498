import type { PoolClient } from 'pg';
import { storeFaultOf, type StoreFault } from './store-fault.js';

/**
 * Runs work inside a savepoint. A refused value undoes this work only and is returned; anything else is thrown and ends
 * the transaction.
 */
export async function inSavepoint(
  client: PoolClient,
  work: () => Promise<void>,
): Promise<{ fault: StoreFault; error: unknown } | null> {
  await client.query('savepoint part');
  try {
    await work();
    await client.query('release savepoint part');
    return null;
  } catch (error) {
    const fault = storeFaultOf(error);
    if (fault !== 'data' && fault !== 'duplicate') throw error;
    await client.query('rollback to savepoint part');
    await client.query('release savepoint part');
    return { fault, error };
  }
}

/** Applies `work` to all items, and halves what is refused until the refused items are alone. */
export async function bisect<T>(
  client: PoolClient,
  items: readonly T[],
  work: (items: readonly T[]) => Promise<void>,
  refused: (item: T, fault: StoreFault, error: unknown) => void,
): Promise<void> {
  if (items.length === 0) return;
  const problem = await inSavepoint(client, () => work(items));
  if (problem === null) return;
  const [only] = items;
  if (items.length === 1 && only !== undefined) return refused(only, problem.fault, problem.error);
  const half = items.length >> 1;
  await bisect(client, items.slice(0, half), work, refused);
  await bisect(client, items.slice(half), work, refused);
}
