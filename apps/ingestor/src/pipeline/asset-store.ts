import { setImmediate as turn } from 'node:timers/promises';
import type { Pool } from 'pg';
import { z } from 'zod';
import { assetKindSchema, criticalitySchema } from '@parapet/contracts';
import { AssetTable, type AssetRow } from '@parapet/enrich';

const versionRow = z.object({ version: z.coerce.string() });
const rowsSchema = z.array(
  z.object({
    tenant_id: z.string(),
    kind: assetKindSchema,
    value: z.string(),
    name: z.string(),
    criticality: criticalitySchema,
  }),
);

/** Reads every tenant's assets. */
export class AssetStore {
  constructor(private readonly pool: Pool) {}

  /** Changes whenever an asset does. */
  async version(): Promise<string> {
    const { rows } = await this.pool.query(`SELECT version FROM config_versions WHERE kind = 'assets'`);
    return versionRow.parse(rows[0]).version;
  }

  /** By tenant. Other work goes on between two tenants. */
  async tables(): Promise<ReadonlyMap<string, AssetTable>> {
    const { rows } = await this.pool.query(
      'SELECT tenant_id, kind, value, name, criticality FROM ingest_assets()',
    );
    const byTenant = new Map<string, AssetRow[]>();
    for (const { tenant_id: tenantId, ...row } of rowsSchema.parse(rows)) {
      const own = byTenant.get(tenantId);
      if (own) own.push(row);
      else byTenant.set(tenantId, [row]);
    }
    const tables = new Map<string, AssetTable>();
    for (const [tenantId, own] of byTenant) {
      tables.set(tenantId, new AssetTable(own));
      await turn();
    }
    return tables;
  }
}
