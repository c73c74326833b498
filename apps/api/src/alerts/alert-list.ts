import { z } from 'zod';
import { SEVERITY_RANK, type endpoints, type ParsedOf } from '@parapet/contracts';
import { containing, Statement } from '@parapet/eventstore';
import { ALERT_COLUMNS, ALERT_TABLES, type AlertRow } from './alert-row.js';

export type AlertQuery = ParsedOf<typeof endpoints.listAlerts>['query'];
type Sort = AlertQuery['sort'];

/** The key of each order: its column, the type that its cursor's value is cast to, and that value of a row. */
const SORTS: Record<Sort, { column: string; type: string; valueOf: (row: AlertRow) => number }> = {
  lastSeen: { column: 'a.last_seen', type: 'timestamptz', valueOf: (row) => row.last_seen.getTime() },
  createdAt: { column: 'a.created_at', type: 'timestamptz', valueOf: (row) => row.created_at.getTime() },
  severity: { column: 'a.severity', type: 'smallint', valueOf: (row) => row.severity },
  eventCount: { column: 'a.event_count', type: 'bigint', valueOf: (row) => Number(row.event_count) },
};

/** Order, value of the sort key (times in epoch ms) and id of a page's last alert. */
export const alertCursorSchema = z.tuple([z.enum(['asc', 'desc']), z.string(), z.number(), z.uuid()]);
export type AlertCursor = z.infer<typeof alertCursorSchema>;

export function cursorAfter(query: AlertQuery, row: AlertRow): AlertCursor {
  return [query.order, query.sort, SORTS[query.sort].valueOf(row), row.id];
}

/** Alerts that were going on at some time of the range, in SQL. */
function whereOf(statement: Statement, tenantId: string, query: AlertQuery): string {
  const terms = [`a.tenant_id = ${statement.add(tenantId)}`];
  if (query.from !== undefined) terms.push(`a.last_seen >= ${statement.add(query.from)}::timestamptz`);
  if (query.to !== undefined) terms.push(`a.first_seen < ${statement.add(query.to)}::timestamptz`);
  if (query.status?.length) terms.push(`a.status = any(${statement.add(query.status)}::text[])`);
  if (query.severity?.length) {
    const ranks = query.severity.map((severity) => SEVERITY_RANK[severity]);
    terms.push(`a.severity = any(${statement.add(ranks)}::smallint[])`);
  }
  if (query.detector !== undefined) terms.push(`a.detector = ${statement.add(query.detector)}`);
  if (query.q !== undefined) {
    const pattern = statement.add(containing(query.q));
    terms.push(
      `(a.title ilike ${pattern} or exists (select from jsonb_each_text(a.group_fields) g where g.value ilike ${pattern}))`,
    );
  }
  return terms.join(' and ');
}

/** The statement of one page, and one row more. */
export function pageStatement(tenantId: string, query: AlertQuery, after: AlertCursor | undefined) {
  const statement = new Statement();
  const { column, type } = SORTS[query.sort];
  let where = whereOf(statement, tenantId, query);
  if (after) {
    const [, , value, id] = after;
    const key = statement.add(type === 'timestamptz' ? new Date(value) : value);
    const direction = query.order === 'desc' ? '<' : '>';
    where += ` and (${column}, a.id) ${direction} (${key}::${type}, ${statement.add(id)}::uuid)`;
  }
  const text = `select ${ALERT_COLUMNS} from ${ALERT_TABLES} where ${where}
    order by ${column} ${query.order}, a.id ${query.order} limit ${statement.add(query.limit + 1)}`;
  return { text, params: statement.params };
}

export function countStatement(tenantId: string, query: AlertQuery) {
  const statement = new Statement();
  const text = `select count(*) as total from alerts a where ${whereOf(statement, tenantId, query)}`;
  return { text, params: statement.params };
}
