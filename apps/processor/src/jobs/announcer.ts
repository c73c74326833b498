import type { Pool } from 'pg';
import { announce } from '../stages/alert/alert-writer.js';
import type { QuietUpdate } from '../stages/store/store-request.js';
import { forTenant } from '../transactions.js';

const TOUCH = `
update alerts set updated_at = clock_timestamp() where id in (
  select id from alerts where tenant_id = $1 and id = any($2::uuid[]) for update skip locked)
returning id`;

/**
 * An alert's changes are announced at intervals (stages/alert). This announces the last one of a row, which came too
 * soon after another. What is noted here lives in memory only: a crash costs a refresh of a screen, never a notification.
 */
export class QuietUpdateAnnouncer {
  /** Alert → tenant. */
  private readonly noted = new Map<string, string>();

  constructor(private readonly pool: Pool) {}

  committed({ announced, quiet }: { announced: readonly string[]; quiet: readonly QuietUpdate[] }): void {
    for (const id of announced) this.noted.delete(id);
    for (const { alertId, tenantId } of quiet) this.noted.set(alertId, tenantId);
  }

  async run(): Promise<void> {
    const byTenant = new Map<string, string[]>();
    for (const [alertId, tenantId] of this.noted) {
      byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), alertId]);
    }
    for (const [tenantId, alertIds] of byTenant) {
      for (const id of alertIds) this.noted.delete(id);
      try {
        await this.announceAll(tenantId, alertIds);
      } catch (error) {
        for (const id of alertIds) this.noted.set(id, tenantId);
        throw error;
      }
    }
  }

  private async announceAll(tenantId: string, alertIds: readonly string[]): Promise<void> {
    const touched = await forTenant(this.pool, tenantId, async (client) => {
      const { rows } = await client.query<{ id: string }>(TOUCH, [tenantId, alertIds]);
      const alerts = rows.map(({ id }) => ({ id, announce: 'alert.updated' as const }));
      await announce(client, tenantId, alerts);
      return new Set(rows.map(({ id }) => id));
    });
    // Who was locked is being changed this moment; the next round tells.
    for (const id of alertIds) if (!touched.has(id)) this.noted.set(id, tenantId);
  }
}
