import { Injectable } from '@nestjs/common';
import {
  alertStatusSchema,
  severityOfRank,
  type Alert,
  type AlertStatus,
  type Severity,
} from '@parapet/contracts';
import { TenantDatabase } from '@parapet/db';
import { ALERT_COLUMNS, ALERT_TABLES, alertOfRow, type AlertRow } from '../alerts/alert-row.js';

export interface AlertCount {
  status: AlertStatus;
  severity: Severity;
  alerts: number;
}

const COUNTS = `select status, severity, count(*) as alerts from alerts where tenant_id = $1 group by 1, 2`;
const OVER_TIME = `select date_bin(make_interval(secs => $4), created_at, $2::timestamptz) as at, severity, count(*) as alerts
  from alerts where tenant_id = $1 and created_at >= $2::timestamptz and created_at < $3::timestamptz group by 1, 2`;
const COUNTRIES = `select source_geo->>'countryCode' as code, max(source_geo->>'country') as name, count(*) as alerts
  from alerts where tenant_id = $1 and last_seen >= $2::timestamptz and first_seen < $3::timestamptz
    and source_geo->>'countryCode' is not null group by 1`;
const RECENT = `select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.tenant_id = $1 order by a.last_seen desc, a.id desc limit 8`;
const SOURCES = `select count(*) as total,
    count(*) filter (where exists (select from source_activity a where a.tenant_id = s.tenant_id and a.source_id = s.id
      and a.hour > now() - interval '24 hours')) as active,
    (select max(last_event_at) from source_activity where tenant_id = $1) as last_event_at
  from sources s where s.tenant_id = $1`;

/** The overview's parts that are not made of events. */
@Injectable()
export class DashboardRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** Alerts that there are now, whatever the range. */
  async alertCounts(tenantId: string): Promise<AlertCount[]> {
    const rows = await this.database.queryTenant<{ status: string; severity: number; alerts: string }>(
      tenantId,
      COUNTS,
      [tenantId],
    );
    return rows.map((row) => ({
      status: alertStatusSchema.parse(row.status),
      severity: severityOfRank(row.severity),
      alerts: Number(row.alerts),
    }));
  }

  /** Alerts by the time they were made. */
  async alertsOverTime(tenantId: string, from: Date, to: Date, stepSeconds: number) {
    const rows = await this.database.queryTenant<{ at: Date; severity: number; alerts: string }>(
      tenantId,
      OVER_TIME,
      [tenantId, from, to, stepSeconds],
    );
    return rows.map((row) => ({
      at: row.at.getTime(),
      severity: severityOfRank(row.severity),
      alerts: Number(row.alerts),
    }));
  }

  async alertCountries(tenantId: string, from: Date, to: Date) {
    const rows = await this.database.queryTenant<{ code: string; name: string | null; alerts: string }>(
      tenantId,
      COUNTRIES,
      [tenantId, from, to],
    );
    return rows.map(({ code, name, alerts }) => ({ code, name, alerts: Number(alerts) }));
  }

  async recentAlerts(tenantId: string): Promise<Alert[]> {
    const rows = await this.database.queryTenant<AlertRow>(tenantId, RECENT, [tenantId]);
    return rows.map(alertOfRow);
  }

  async sources(tenantId: string): Promise<{ total: number; active: number; lastEventAt: Date | null }> {
    const [row] = await this.database.queryTenant<{
      total: string;
      active: string;
      last_event_at: Date | null;
    }>(tenantId, SOURCES, [tenantId]);
    return {
      total: Number(row?.total ?? 0),
      active: Number(row?.active ?? 0),
      lastEventAt: row?.last_event_at ?? null,
    };
  }
}
