import { z } from 'zod';
import type { Pool } from 'pg';
import { detectorKindSchema, detectorSettingsSchema } from '@parapet/contracts';
import type { TenantDetectors } from '@parapet/detection';
import { countFailure, type Logger } from '@parapet/telemetry';

interface TenantConfig {
  /** Slug, for metrics; the id where the tenant has no source. */
  name: string;
  retentionDays: number;
  detectors: TenantDetectors;
}

const detectorRow = detectorSettingsSchema.extend({ kind: detectorKindSchema });
const LOAD = 'select tenant_id, retention_days, detectors from processing_config()';
const NAMES = 'select distinct tenant_id, tenant_slug from ingest_routing()';
const VERSIONS = 'select kind, version from config_versions order by kind';

/** What the processor must know of each tenant. Read whole, and read again when `config_versions` says so. */
export class ProcessingConfig {
  private tenants = new Map<string, TenantConfig>();
  private version = '';

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly logger: Logger,
  ) {}

  /** Reads the configuration if it changed since the last time. Throws when PostgreSQL can't be asked. */
  async refresh(): Promise<void> {
    const { rows } = await this.pool.query<{ kind: string; version: string }>(VERSIONS);
    const version = rows.map((row) => `${row.kind}=${row.version}`).join(' ');
    if (version === this.version) return;
    await this.load();
    this.version = version;
  }

  async load(): Promise<void> {
    const [config, names] = await Promise.all([
      this.pool.query<{ tenant_id: string; retention_days: number; detectors: unknown }>(LOAD),
      this.pool.query<{ tenant_id: string; tenant_slug: string }>(NAMES),
    ]);
    const slugs = new Map(names.rows.map((row) => [row.tenant_id, row.tenant_slug]));
    this.tenants = new Map(
      config.rows.map((row) => [
        row.tenant_id,
        {
          name: slugs.get(row.tenant_id) ?? row.tenant_id,
          retentionDays: row.retention_days,
          detectors: this.detectorsOf(row.tenant_id, row.detectors),
        },
      ]),
    );
  }

  has(tenantId: string): boolean {
    return this.tenants.has(tenantId);
  }

  nameOf(tenantId: string): string {
    return this.tenants.get(tenantId)?.name ?? 'unknown';
  }

  /** Undefined for a tenant that does not exist. */
  retentionDays = (tenantId: string): number | undefined => this.tenants.get(tenantId)?.retentionDays;

  detectors = (tenantId: string): TenantDetectors => this.tenants.get(tenantId)?.detectors ?? {};

  /** A row that can't be read is counted and shown; its detector runs with its defaults, so that nobody goes blind. */
  private detectorsOf(tenantId: string, rows: unknown): TenantDetectors {
    const detectors: TenantDetectors = {};
    for (const row of z.array(z.unknown()).parse(rows)) {
      const parsed = detectorRow.safeParse(row);
      if (parsed.success) {
        const { kind, ...settings } = parsed.data;
        detectors[kind] = settings;
      } else {
        countFailure('processor', 'detector_settings');
        this.logger.error(
          { tenantId, problem: z.prettifyError(parsed.error) },
          'detector settings not readable',
        );
      }
    }
    return detectors;
  }
}
