import { Injectable } from '@nestjs/common';
import type { AlertStatus, Dashboard, endpoints, ParsedOf, Severity } from '@parapet/contracts';
import { EventOverviewReader, rangeOf } from '@parapet/eventstore';
import type { Principal } from '../http/principal.js';
import { DashboardRepository, type AlertCount } from './dashboard.repository.js';

/** Steps that read well on an axis, in seconds. */
const STEPS = [10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
/** Points of a chart at most. */
const POINTS = 120;
const OPEN: readonly AlertStatus[] = ['new', 'acknowledged', 'investigating'];

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

@Injectable()
export class DashboardService {
  constructor(
    private readonly events: EventOverviewReader,
    private readonly repository: DashboardRepository,
  ) {}

  async summary(
    { tenantId }: Principal,
    query: ParsedOf<typeof endpoints.getDashboard>['query'],
  ): Promise<Dashboard> {
    const now = Date.now();
    const range = rangeOf(query, now);
    const from = range.from;
    const to = Math.max(range.to ?? now, from + 1000);
    const stepSeconds = stepOf(to - from);
    const [start, end] = [new Date(from), new Date(to)];
    const [events, counts, overTime, countries, recentAlerts, sources] = await Promise.all([
      this.events.read(tenantId, from, to, stepSeconds),
      this.repository.alertCounts(tenantId),
      this.repository.alertsOverTime(tenantId, start, end, stepSeconds),
      this.repository.alertCountries(tenantId, start, end),
      this.repository.recentAlerts(tenantId),
      this.repository.sources(tenantId),
    ]);
    const { countries: eventCountries, ...eventParts } = events;
    const open = counts.filter(({ status }) => OPEN.includes(status));
    return {
      from: start.toISOString(),
      to: end.toISOString(),
      stepSeconds,
      ...eventParts,
      alertsOpen: open.reduce((sum, { alerts }) => sum + alerts, 0),
      alertsOpenBySeverity: sums(open, ({ severity }) => severity),
      alertsByStatus: sums(counts, ({ status }) => status),
      sourcesActive: sources.active,
      sourcesTotal: sources.total,
      lastEventAt: sources.lastEventAt?.toISOString() ?? null,
      alertsOverTime: eventParts.eventsOverTime.map(({ at }) => alertStep(at, overTime)),
      map: mapOf(eventCountries, countries),
      recentAlerts,
    };
  }
}

function stepOf(rangeMs: number): number {
  const least = rangeMs / 1000 / POINTS;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

function sums<K extends string>(counts: readonly AlertCount[], keyOf: (count: AlertCount) => K) {
  const result: Partial<Record<K, number>> = {};
  for (const count of counts) result[keyOf(count)] = (result[keyOf(count)] ?? 0) + count.alerts;
  return result;
}

function alertStep(
  at: string,
  rows: readonly { at: number; severity: Severity; alerts: number }[],
): Dashboard['alertsOverTime'][number] {
  const bySeverity: Partial<Record<Severity, number>> = {};
  let total = 0;
  for (const row of rows) {
    if (row.at !== Date.parse(at)) continue;
    bySeverity[row.severity] = row.alerts;
    total += row.alerts;
  }
  return { at, total, bySeverity };
}

function mapOf(
  events: readonly { countryCode: string; events: number }[],
  alerts: readonly { code: string; name: string | null; alerts: number }[],
): Dashboard['map'] {
  const byCode = new Map<string, Dashboard['map'][number]>();
  for (const { countryCode, events: count } of events) {
    byCode.set(countryCode, { countryCode, country: nameOf(countryCode), events: count, alerts: 0 });
  }
  for (const { code, name, alerts: count } of alerts) {
    const row = byCode.get(code);
    if (row) row.alerts = count;
    else byCode.set(code, { countryCode: code, country: name ?? nameOf(code), events: 0, alerts: count });
  }
  return [...byCode.values()];
}

/** The English name of an ISO 3166-1 code, or null for what is none. */
function nameOf(code: string): string | null {
  return /^[A-Z]{2}$/.test(code) ? (countryNames.of(code) ?? null) : null;
}
