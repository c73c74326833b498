import type { Pool } from 'pg';
import type { EventPartitions } from '@parapet/eventstore';
import { becomeTenant, exclusively } from '../transactions.js';

/** Batches are redelivered within minutes; a failed job is kept for a week and can be tried again until then. */
const LEDGER = "delete from batch_ledger where stored_at < now() - interval '8 days'";
const ACTIVITY = "delete from source_activity where hour < now() - interval '90 days'";
const RULE_STATS = "delete from rule_stats where hour < now() - interval '35 days'";
const OUTBOX = "delete from outbox where tenant_id = $1 and processed_at < now() - interval '1 day'";
const TENANTS = 'select tenant_id from processing_config()';

/** Drops the days that no tenant keeps any more (the function itself looks at the tenants' retention). */
export async function dropExpiredDays(pool: Pool, partitions: EventPartitions): Promise<void> {
  await exclusively(pool, 'retention', async (client) => {
    // A reader that takes long must not make everybody else wait behind us.
    await client.query("set local lock_timeout = '5s'");
    await client.query('select drop_events_partitions(current_date)');
  });
  partitions.forget();
}

/** Deletes what has served its purpose. */
export async function prune(pool: Pool): Promise<void> {
  await exclusively(pool, 'prune_ledger', async (client) => {
    await client.query(LEDGER);
  });
  await exclusively(pool, 'prune_activity', async (client) => {
    await client.query(ACTIVITY);
  });
  await exclusively(pool, 'prune_rule_stats', async (client) => {
    await client.query(RULE_STATS);
  });
  await exclusively(pool, 'prune_outbox', async (client) => {
    const { rows } = await client.query<{ tenant_id: string }>(TENANTS);
    for (const { tenant_id: tenantId } of rows) {
      await becomeTenant(client, tenantId);
      await client.query(OUTBOX, [tenantId]);
      await client.query('reset role');
    }
  });
}
