import { Injectable } from '@nestjs/common';
import type { DetectorKind, DetectorSettings } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';

export interface DetectorRow {
  id: string;
  kind: string;
  enabled: boolean;
  threshold: number;
  windowSeconds: number;
  severity: string;
  /** As stored: the service reads it by its schema. */
  exceptions: unknown;
  updatedAt: Date;
}

const ALERTS = `select detector, count(*) as alerts from alerts
  where tenant_id = $1 and created_at > now() - interval '24 hours' group by 1`;

@Injectable()
export class DetectorsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async list(tenantId: string): Promise<DetectorRow[]> {
    const [rows] = await this.database.readTenant(tenantId, (db) => [
      db.detector.findMany({ orderBy: { kind: 'asc' } }),
    ]);
    return rows;
  }

  /** Rows for detectors that the tenant has none of yet, with the given settings. Harmless when done twice. */
  async add(
    tenantId: string,
    detectors: readonly (DetectorSettings & { kind: DetectorKind })[],
  ): Promise<void> {
    await this.database.withTenant(tenantId, (tx) =>
      tx.detector.createMany({
        data: detectors.map((detector) => ({ ...detector, id: newId(), tenantId })),
        skipDuplicates: true,
      }),
    );
  }

  /** Alerts of the last 24 hours by detector. */
  async recentAlerts(tenantId: string): Promise<Map<string, number>> {
    const rows = await this.database.queryTenant<{ detector: string; alerts: string }>(tenantId, ALERTS, [
      tenantId,
    ]);
    return new Map(rows.map(({ detector, alerts }) => [detector, Number(alerts)]));
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  /** Whether there was such a detector. */
  async change(tx: TenantTx, id: string, change: Partial<DetectorSettings>): Promise<boolean> {
    const { count } = await tx.detector.updateMany({
      where: { id },
      data: { ...change, updatedAt: new Date() },
    });
    return count > 0;
  }
}
