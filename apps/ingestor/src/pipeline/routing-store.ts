import type { Pool } from 'pg';
import { z } from 'zod';
import type { Logger } from '@parapet/telemetry';
import { ParserTable } from './parser-table.js';
import type { TenantQuota } from './quota.js';
import type { RoutingRow } from './route.js';

const versionRow = z.object({ version: z.coerce.string() });
const routeRow = z
  .object({
    source_id: z.string(),
    tenant_id: z.string(),
    tenant_slug: z.string(),
    cidr: z.string().nullable(),
    certificate_sha256: z.string().nullable(),
    token_hash: z.string().nullable(),
    source_type: z.string(),
    time_zone: z.string(),
  })
  .transform((row): RoutingRow => ({
    route: {
      sourceId: row.source_id,
      tenantId: row.tenant_id,
      tenantSlug: row.tenant_slug,
      sourceType: row.source_type,
      timeZone: row.time_zone,
      identity:
        row.token_hash !== null ? 'token' : row.certificate_sha256 !== null ? 'certificate' : 'address',
    },
    cidr: row.cidr ?? undefined,
    certificate: row.certificate_sha256 ?? undefined,
    token: row.token_hash ?? undefined,
  }));
const keyRow = z
  .object({
    key_id: z.string(),
    tenant_id: z.string(),
    tenant_slug: z.string(),
    hash: z.string(),
    source_type: z.string(),
    time_zone: z.string(),
    expires_at: z.date().nullable(),
  })
  .transform((row): RoutingRow => ({
    route: {
      sourceId: row.key_id,
      tenantId: row.tenant_id,
      tenantSlug: row.tenant_slug,
      sourceType: row.source_type,
      timeZone: row.time_zone,
      identity: 'api_key',
    },
    key: row.hash,
    expiresAt: row.expires_at?.getTime(),
  }));
const tenantRow = z
  .object({
    tenant_id: z.string(),
    tenant_slug: z.string(),
    quota_eps: z.number(),
    quota_burst: z.number(),
  })
  .transform((row): { quota: TenantQuota; files: RoutingRow } => ({
    quota: { tenantId: row.tenant_id, eps: row.quota_eps, burst: row.quota_burst },
    files: {
      slug: row.tenant_slug,
      route: {
        // What a tenant's own folder brings counts for no source but for the tenant.
        sourceId: row.tenant_id,
        tenantId: row.tenant_id,
        tenantSlug: row.tenant_slug,
        sourceType: 'auto',
        timeZone: 'UTC',
        identity: 'file',
      },
    },
  }));

/** All that says whose an event is and how much of it they may send. */
export interface RoutingTable {
  rows: RoutingRow[];
  quotas: TenantQuota[];
}

/** Reads which prefix, certificate, token and key is whose. */
export class RoutingStore {
  private readonly parsers: ParserTable;

  constructor(
    private readonly pool: Pool,
    logger: Logger,
  ) {
    this.parsers = new ParserTable(logger);
  }

  /** Changes whenever a source, an API key, a parser or a tenant does. */
  async version(): Promise<string> {
    const { rows } = await this.pool.query(`SELECT version FROM config_versions WHERE kind = 'routing'`);
    return versionRow.parse(rows[0]).version;
  }

  async table(): Promise<RoutingTable> {
    const routes = await this.pool.query('SELECT * FROM ingest_routing()');
    const keys = await this.pool.query('SELECT * FROM ingest_api_keys()');
    const answer = await this.pool.query('SELECT * FROM ingest_tenants()');
    const tenants = z.array(tenantRow).parse(answer.rows);
    const parsers = await this.parsers.load((await this.pool.query('SELECT * FROM ingest_parsers()')).rows);
    const rows = [
      ...z.array(routeRow).parse(routes.rows),
      ...z.array(keyRow).parse(keys.rows),
      ...tenants.map(({ files }) => files),
    ];
    for (const { route } of rows) route.parsers = parsers.get(route.tenantId);
    return {
      rows,
      quotas: tenants.map(({ quota }) => quota),
    };
  }
}
