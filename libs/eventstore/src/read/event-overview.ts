import { normalizeIp, type Dashboard } from '@parapet/contracts';
import type { TenantSql } from './tenant-sql.js';

/** The part of the overview that is made of events. */
export type EventOverview = Pick<
  Dashboard,
  'eventsTotal' | 'eventsPrevious' | 'eventsOverTime' | 'topSources' | 'topUsers'
> & { countries: { countryCode: string; events: number }[] };

interface Counted {
  events: string;
  failures: string;
}

// Each reads one range of the index (tenant_id, ts, id) INCLUDE (severity, outcome, source_ip, country_code), and all
// but the users' nothing else.
const RANGE = 'tenant_id = $1 and ts >= $2::timestamptz and ts < $3::timestamptz';
const COUNTS = `count(*) as events, count(*) filter (where outcome = 'failure') as failures`;

const OVER_TIME = `select date_bin(make_interval(secs => $4), ts, $2::timestamptz) as at, ${COUNTS} from events where ${RANGE} group by 1`;
const TOTAL = `select count(*) as events from events where ${RANGE}`;
const TOP_SOURCES = `select source_ip as ip, max(country_code) as country_code, ${COUNTS}
  from events where ${RANGE} and source_ip is not null group by 1 order by 3 desc, 1 limit 10`;
const TOP_USERS = `select user_name as name, ${COUNTS} from events
  where ${RANGE} and user_name is not null group by 1 order by 2 desc, 1 limit 10`;
const COUNTRIES = `select country_code, count(*) as events from events
  where ${RANGE} and country_code is not null group by 1 order by 2 desc limit 250`;

/** Counts of a tenant's events in [from, to), epoch ms. */
export class EventOverviewReader {
  constructor(private readonly sql: TenantSql) {}

  async read(tenantId: string, from: number, to: number, stepSeconds: number): Promise<EventOverview> {
    const range = [tenantId, new Date(from), new Date(to)];
    const before = [tenantId, new Date(from - (to - from)), new Date(from)];
    const [overTime, previous, sources, users, countries] = await Promise.all([
      this.sql.queryTenant<Counted & { at: Date }>(tenantId, OVER_TIME, [...range, stepSeconds]),
      this.sql.queryTenant<{ events: string }>(tenantId, TOTAL, before),
      this.sql.queryTenant<Counted & { ip: string; country_code: string | null }>(
        tenantId,
        TOP_SOURCES,
        range,
      ),
      this.sql.queryTenant<Counted & { name: string }>(tenantId, TOP_USERS, range),
      this.sql.queryTenant<{ country_code: string; events: string }>(tenantId, COUNTRIES, range),
    ]);
    const counts = ({ events, failures }: Counted) => ({
      events: Number(events),
      failures: Number(failures),
    });
    return {
      eventsTotal: overTime.reduce((sum, { events }) => sum + Number(events), 0),
      eventsPrevious: Number(previous[0]?.events ?? 0),
      eventsOverTime: steps(overTime, from, to, stepSeconds * 1000),
      topSources: sources.map((row) => ({
        ip: normalizeIp(row.ip) ?? row.ip,
        countryCode: row.country_code,
        ...counts(row),
      })),
      topUsers: users.map((row) => ({ name: row.name, ...counts(row) })),
      countries: countries.map((row) => ({ countryCode: row.country_code, events: Number(row.events) })),
    };
  }
}

function steps(
  rows: readonly (Counted & { at: Date })[],
  from: number,
  to: number,
  stepMs: number,
): Dashboard['eventsOverTime'] {
  const found = new Map(rows.map((row) => [row.at.getTime(), row]));
  const all: Dashboard['eventsOverTime'] = [];
  for (let at = from; at < to; at += stepMs) {
    const row = found.get(at);
    all.push({
      at: new Date(at).toISOString(),
      total: Number(row?.events ?? 0),
      failures: Number(row?.failures ?? 0),
    });
  }
  return all;
}
