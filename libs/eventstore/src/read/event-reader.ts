import {
  severityOfRank,
  type EventFilter,
  type ResponseOf,
  type Severity,
  type WireEvent,
  type eventHistogram,
} from '@parapet/contracts';
import { EVENT_SELECT, rowToWireEvent, type EventRow } from '../columns.js';
import { encodeCursor } from './cursor.js';
import { Statement } from './statement.js';
import type { TenantSql } from './tenant-sql.js';
import { rangeOf, whereOf } from './where.js';

const COLUMNS = EVENT_SELECT.join(', ');

export interface EventPage {
  items: WireEvent[];
  nextCursor: string | null;
}

export type Histogram = ResponseOf<typeof eventHistogram>;

/** Reads events of one tenant, newest first, by SQL written by hand. Times are of the event, not of its receipt. */
export class EventReader {
  constructor(
    private readonly sql: TenantSql,
    private readonly now: () => number = Date.now,
  ) {}

  /** A page; `after` is where the last one ended: time (epoch ms) and id. */
  async list(
    tenantId: string,
    filter: EventFilter,
    limit: number,
    after?: readonly [number, string],
  ): Promise<EventPage> {
    const statement = new Statement();
    let where = whereOf(statement, tenantId, rangeOf(filter, this.now()), filter);
    if (after) {
      where += ` and (ts, id) < (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`;
    }
    // One more than asked for tells whether there is a next page.
    const rows = await this.sql.queryTenant<EventRow>(
      tenantId,
      `select ${COLUMNS} from events where ${where} order by ts desc, id desc limit ${statement.add(limit + 1)}`,
      statement.params,
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = rows.length > limit && last ? encodeCursor([last.ts.getTime(), last.id]) : null;
    return { items: page.map(rowToWireEvent), nextCursor };
  }

  async get(tenantId: string, id: string): Promise<WireEvent | undefined> {
    const [row] = await this.sql.queryTenant<EventRow>(
      tenantId,
      `select ${COLUMNS} from events where tenant_id = $1 and id = $2 limit 1`,
      [tenantId, id],
    );
    return row && rowToWireEvent(row);
  }

  /** Counts in steps of equal length from `from` on; every step is there, also those without events. */
  async histogram(tenantId: string, filter: EventFilter, buckets: number): Promise<Histogram> {
    const { from, to = this.now() } = rangeOf(filter, this.now());
    const stepSeconds = Math.max(1, Math.ceil((to - from) / 1000 / buckets));
    const statement = new Statement();
    const step = `make_interval(secs => ${statement.add(stepSeconds)})`;
    const origin = `${statement.add(new Date(from))}::timestamptz`;
    const where = whereOf(statement, tenantId, { from, to }, filter);
    const rows = await this.sql.queryTenant<{ at: Date; severity: number; events: string }>(
      tenantId,
      `select date_bin(${step}, ts, ${origin}) as at, severity, count(*) as events
       from events where ${where} group by 1, 2`,
      statement.params,
    );
    return { stepSeconds, buckets: fill(rows, from, to, stepSeconds * 1000) };
  }
}

function fill(
  rows: readonly { at: Date; severity: number; events: string }[],
  from: number,
  to: number,
  stepMs: number,
): Histogram['buckets'] {
  const counts = new Map<number, Partial<Record<Severity, number>>>();
  for (const { at, severity, events } of rows) {
    const bySeverity = counts.get(at.getTime()) ?? {};
    bySeverity[severityOfRank(severity)] = Number(events);
    counts.set(at.getTime(), bySeverity);
  }
  const buckets: Histogram['buckets'] = [];
  for (let at = from; at < to; at += stepMs) {
    const bySeverity = counts.get(at) ?? {};
    const total = Object.values(bySeverity).reduce((sum, n) => sum + n, 0);
    buckets.push({ at: new Date(at).toISOString(), total, bySeverity });
  }
  return buckets;
}
