import type { PoolClient } from 'pg';
import type { RuleCount } from '@parapet/detection';

/** Sums by tenant and rule, in an order that is the same for every processor (row locks). */
export function sumCounts(counts: Iterable<RuleCount>): RuleCount[] {
  const sums = new Map<string, RuleCount>();
  for (const count of counts) {
    const key = `${count.tenantId}/${count.ruleId}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...count });
    else {
      sum.matches += count.matches;
      sum.last = Math.max(sum.last, count.last);
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

const UPSERT = `
insert into rule_stats as s (tenant_id, rule_id, hour, matches, last_match_at)
select tenant_id, rule_id, date_trunc('hour', now()), matches, last
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[]) as n(tenant_id, rule_id, matches, last)
on conflict (tenant_id, rule_id, hour) do update
set matches = s.matches + excluded.matches, last_match_at = greatest(s.last_match_at, excluded.last_match_at)`;

export async function addRuleCounts(client: PoolClient, counts: readonly RuleCount[]): Promise<void> {
  if (counts.length === 0) return;
  await client.query(UPSERT, [
    counts.map(({ tenantId }) => tenantId),
    counts.map(({ ruleId }) => ruleId),
    counts.map(({ matches }) => matches),
    counts.map(({ last }) => new Date(last)),
  ]);
}
