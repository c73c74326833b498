import type { Pool } from 'pg';
import { fillEvidence } from '../stages/alert/evidence.js';
import { forTenant } from '../transactions.js';

/** After so long an event that is not stored is looked up again. */
const PATIENCE_MS = 60_000;
const REMEMBERED = 10_000;

/** Copies events into the evidence of alerts that named them before their own batch was stored. */
export class EvidenceFiller {
  /** Event → when it was looked up in vain, epoch ms. */
  private readonly missed = new Map<string, number>();

  constructor(private readonly pool: Pool) {}

  async run(): Promise<void> {
    const now = Date.now();
    for (const [id, at] of this.missed) if (at < now - PATIENCE_MS) this.missed.delete(id);
    const { rows } = await this.pool.query<{ tenant_id: string }>('select evidence_tenants() as tenant_id');
    for (const { tenant_id: tenantId } of rows) {
      const { missing } = await forTenant(this.pool, tenantId, (client) =>
        fillEvidence(client, tenantId, [...this.missed.keys()]),
      );
      for (const id of missing) if (this.missed.size < REMEMBERED) this.missed.set(id, now);
    }
  }
}
