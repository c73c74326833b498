import type { Pool } from 'pg';

interface Entry {
  tenantId: string;
  ruleId: string;
  errors: number;
  lastError: string | null;
  evaluations: number;
  microseconds: number;
}

/** Entries that wait to be written; what comes beyond is counted by the metrics alone. */
const MOST_ENTRIES = 10_000;
const LONGEST_ERROR = 500;

/** Tenants may have been removed since; their rows are left out. */
const UPSERT = `
insert into rule_stats as s (tenant_id, rule_id, hour, errors, last_error, evaluations, evaluation_us)
select n.tenant_id, n.rule_id, date_trunc('hour', now()), n.errors, n.last_error, n.evaluations, n.evaluation_us
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
  as n(tenant_id, rule_id, errors, last_error, evaluations, evaluation_us)
where n.tenant_id = any (select tenant_id from processing_config())
order by n.tenant_id, n.rule_id
on conflict (tenant_id, rule_id, hour) do update
set errors = s.errors + excluded.errors, last_error = coalesce(excluded.last_error, s.last_error),
  evaluations = s.evaluations + excluded.evaluations, evaluation_us = s.evaluation_us + excluded.evaluation_us`;

/** What rules cost and where they fail: gathered here, written now and then. A crash loses seconds of it. */
export class RuleHealth {
  private entries = new Map<string, Entry>();

  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  failed(tenantId: string, ruleId: string, reason: string): void {
    const entry = this.entryOf(tenantId, ruleId);
    if (entry === undefined) return;
    entry.errors += 1;
    entry.lastError = reason.slice(0, LONGEST_ERROR).replaceAll('\0', '');
  }

  timed(tenantId: string, ruleId: string, evaluations: number, microseconds: number): void {
    const entry = this.entryOf(tenantId, ruleId);
    if (entry === undefined) return;
    entry.evaluations += evaluations;
    entry.microseconds += microseconds;
  }

  /** Throws when PostgreSQL can't be asked; then the entries are kept for the next time. */
  async flush(): Promise<void> {
    if (this.entries.size === 0) return;
    const entries = [...this.entries.values()];
    this.entries = new Map();
    try {
      await this.pool.query(UPSERT, [
        entries.map(({ tenantId }) => tenantId),
        entries.map(({ ruleId }) => ruleId),
        entries.map(({ errors }) => errors),
        entries.map(({ lastError }) => lastError),
        entries.map(({ evaluations }) => evaluations),
        entries.map(({ microseconds }) => Math.round(microseconds)),
      ]);
    } catch (error) {
      for (const entry of entries) this.merge(entry);
      throw error;
    }
  }

  private merge(old: Entry): void {
    const entry = this.entryOf(old.tenantId, old.ruleId);
    if (entry === undefined) return;
    entry.errors += old.errors;
    entry.lastError ??= old.lastError;
    entry.evaluations += old.evaluations;
    entry.microseconds += old.microseconds;
  }

  private entryOf(tenantId: string, ruleId: string): Entry | undefined {
    const key = `${tenantId}/${ruleId}`;
    let entry = this.entries.get(key);
    if (entry === undefined && this.entries.size < MOST_ENTRIES) {
      entry = { tenantId, ruleId, errors: 0, lastError: null, evaluations: 0, microseconds: 0 };
      this.entries.set(key, entry);
    }
    return entry;
  }
}
