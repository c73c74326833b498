import { SEVERITY_RANK, type EventFilter } from '@parapet/contracts';
import { containing, type Statement } from './statement.js';

/** The range of event time that a filter covers, epoch ms, from inclusive, to exclusive (undefined: open). */
export interface TimeRange {
  from: number;
  to: number | undefined;
}

const DAY_MS = 86_400_000;

/** Without `from`, the 24 hours before `to`, or before now. */
export function rangeOf({ from, to }: Pick<EventFilter, 'from' | 'to'>, now: number): TimeRange {
  const end = to === undefined ? undefined : Date.parse(to);
  return { from: from === undefined ? (end ?? now) - DAY_MS : Date.parse(from), to: end };
}

const EXACT = {
  category: 'category',
  action: 'action',
  outcome: 'outcome',
  dataset: 'dataset',
  userName: 'user_name',
  hostName: 'host_name',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

/**
 * The WHERE of a filter. Tenant and time lead, because theirs is the index; what PostgreSQL won't push below the policy
 * (ILIKE, `<<=`) only filters what the index found.
 */
export function whereOf(
  statement: Statement,
  tenantId: string,
  range: TimeRange,
  filter: EventFilter,
): string {
  const terms = [
    `tenant_id = ${statement.add(tenantId)}`,
    `ts >= ${statement.add(new Date(range.from))}::timestamptz`,
  ];
  if (range.to !== undefined) terms.push(`ts < ${statement.add(new Date(range.to))}::timestamptz`);
  for (const [name, column] of entries(EXACT)) {
    const value = filter[name];
    if (value !== undefined) terms.push(`${column} = ${statement.add(value)}`);
  }
  if (filter.severity?.length) {
    const ranks = filter.severity.map((severity) => SEVERITY_RANK[severity]);
    terms.push(`severity = any(${statement.add(ranks)}::smallint[])`);
  }
  if (filter.sourceIp !== undefined) terms.push(...addressTerms(statement, filter.sourceIp));
  if (filter.q !== undefined) terms.push(`message ilike ${statement.add(containing(filter.q))}`);
  return terms.join(' and ');
}

/** A prefix as a range of addresses, which the index on (tenant_id, source_ip, ts) knows; `<<=` it does not. */
function addressTerms(statement: Statement, address: string): string[] {
  const value = `${statement.add(address)}::inet`;
  if (!address.includes('/')) return [`source_ip = ${value}`];
  const last = `set_masklen(broadcast(${value}), case family(${value}) when 4 then 32 else 128 end)`;
  return [`source_ip >= network(${value})::inet`, `source_ip <= ${last}`];
}

function entries<K extends string, V>(record: Record<K, V>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
