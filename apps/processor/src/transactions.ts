import type { Pool, PoolClient } from 'pg';

/** How long PostgreSQL lets a transaction's client be silent, or one of its statements run, in seconds. */
export interface TransactionLimits {
  idle: number;
  statement: number;
}

/**
 * Runs work in a transaction; a connection that can't be brought back to order is thrown away. Without `limits` those of
 * the role hold.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  limits?: TransactionLimits,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(limits === undefined ? 'begin' : beginWithin(limits));
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    await rollBack(client);
    throw error;
  }
}

const beginWithin = ({ idle, statement }: TransactionLimits) =>
  `begin; set local idle_in_transaction_session_timeout = '${idle}s'; set local statement_timeout = '${statement}s'`;

async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    client.release();
  } catch (error) {
    client.release(error instanceof Error ? error : true);
  }
}

/** From here to the end of the transaction (or `reset role`) the writer is the tenant's application, under RLS. */
export async function becomeTenant(client: PoolClient, tenantId: string): Promise<void> {
  await client.query('set local role parapet_app');
  await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
}

/** Runs work for one tenant, under row-level security. */
export function forTenant<T>(
  pool: Pool,
  tenantId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await becomeTenant(client, tenantId);
    return work(client);
  });
}

/** Runs work unless another processor is at the same task; returns whether it ran. */
export function exclusively(
  pool: Pool,
  task: string,
  work: (client: PoolClient) => Promise<void>,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine',
      [`processor:${task}`],
    );
    if (rows[0]?.mine !== true) return false;
    await work(client);
    return true;
  });
}
