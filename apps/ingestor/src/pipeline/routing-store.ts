import type { Pool } from 'pg';
import { z } from 'zod';
import type { Route } from './route.js';

const versionRow = z.object({ version: z.coerce.string() });
const routeRow = z
  .object({
    source_id: z.string(),
    tenant_id: z.string(),
    tenant_slug: z.string(),
    cidr: z.string(),
    source_type: z.string(),
    time_zone: z.string(),
  })
  .transform((row): Route => ({
    sourceId: row.source_id,
    tenantId: row.tenant_id,
    tenantSlug: row.tenant_slug,
    cidr: row.cidr,
    sourceType: row.source_type,
    timeZone: row.time_zone,
  }));

/** Reads which prefix is whose. */
export class RoutingStore {
  constructor(private readonly pool: Pool) {}

  /** Changes whenever a source or a tenant does. */
  async version(): Promise<string> {
    const { rows } = await this.pool.query(`SELECT version FROM config_versions WHERE kind = 'routing'`);
    return versionRow.parse(rows[0]).version;
  }

  async routes(): Promise<Route[]> {
    const { rows } = await this.pool.query(
      'SELECT source_id, tenant_id, tenant_slug, cidr, source_type, time_zone FROM ingest_routing()',
    );
    return z.array(routeRow).parse(rows);
  }
}
