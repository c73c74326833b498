import { MAX_BLOCKLIST_ENTRIES, type BlockOrigin } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { Protection } from './protection.js';

/** One statement inside a tenant's transaction, by Prisma or by hand: answers its rows. */
export type RowsOf = <R extends Record<string, unknown>>(
  sql: string,
  params: readonly unknown[],
) => Promise<R[]>;

export interface NewEntry {
  prefix: string;
  reason: string;
  origin: BlockOrigin;
  alertId: string | null;
  allowPrivate: boolean;
  createdBy: string | null;
  expiresAt: Date | null;
}

/** `8.8.8.8/32`, whatever PostgreSQL leaves out. */
export const PREFIX_TEXT = (column: string) => `host(${column}) || '/' || masklen(${column})`;
export const IN_FORCE = (alias: string) => `(${alias}.expires_at is null or ${alias}.expires_at > now())`;

const COLUMNS = `id uuid, prefix inet, reason text, origin text, alert_id uuid, allow_private boolean, created_by uuid, expires_at timestamptz`;

const INSERT = `
insert into blocklist_entries (id, tenant_id, prefix, reason, origin, alert_id, allow_private, created_by, expires_at)
select n.id, $1::uuid, n.prefix, n.reason, n.origin, n.alert_id, n.allow_private, n.created_by, n.expires_at
from jsonb_to_recordset($2::jsonb) as n(${COLUMNS})
on conflict (tenant_id, prefix) do update set `;

/** A person's word replaces what was there. */
const REPLACE = `reason = excluded.reason, origin = excluded.origin, alert_id = excluded.alert_id,
  allow_private = excluded.allow_private, created_by = excluded.created_by, expires_at = excluded.expires_at`;
/** The rule only prolongs, and once an alert. */
const PROLONG = `expires_at = excluded.expires_at
  where blocklist_entries.expires_at < excluded.expires_at and blocklist_entries.alert_id is distinct from excluded.alert_id`;

const OWN = `select distinct ${PREFIX_TEXT('cidr')} as prefix from sources where tenant_id = $1::uuid and cidr is not null`;
const ALLOWED = `select ${PREFIX_TEXT('prefix')} as prefix from blocklist_allowed where tenant_id = $1::uuid`;

/** The tenant's own sources, whether on or off, and its allow-list. */
export async function protectionOf(rows: RowsOf, tenantId: string): Promise<Protection> {
  const own = await rows<{ prefix: string }>(OWN, [tenantId]);
  const allowed = await rows<{ prefix: string }>(ALLOWED, [tenantId]);
  return new Protection({
    own: own.map(({ prefix }) => prefix),
    allowed: allowed.map(({ prefix }) => prefix),
  });
}

/** For the rest of the transaction nobody else changes this tenant's list, so that bounds and the allow-list hold. */
export async function lockList(rows: RowsOf, tenantId: string): Promise<void> {
  await rows('select pg_advisory_xact_lock(hashtextextended($1::text, 0))::text as done', [
    `blocklist:${tenantId}`,
  ]);
}

/** Removes what has ended, and answers how many more there may be. */
export async function roomLeft(rows: RowsOf, tenantId: string): Promise<number> {
  await rows('delete from blocklist_entries where tenant_id = $1::uuid and expires_at <= now()', [tenantId]);
  const sql = 'select count(*)::integer as n from blocklist_entries where tenant_id = $1::uuid';
  const [row] = await rows<{ n: number }>(sql, [tenantId]);
  return MAX_BLOCKLIST_ENTRIES - (row?.n ?? 0);
}

/** Writes entries of different prefixes; answers those that were made or changed. */
export async function writeEntries(
  rows: RowsOf,
  tenantId: string,
  entries: readonly NewEntry[],
  onRepeat: 'replace' | 'prolong',
): Promise<{ id: string; prefix: string }[]> {
  const json = entries.map((entry) => ({
    id: newId(),
    prefix: entry.prefix,
    reason: entry.reason,
    origin: entry.origin,
    alert_id: entry.alertId,
    allow_private: entry.allowPrivate,
    created_by: entry.createdBy,
    expires_at: entry.expiresAt,
  }));
  const repeat = onRepeat === 'replace' ? REPLACE : PROLONG;
  const sql = `${INSERT}${repeat} returning id, ${PREFIX_TEXT('blocklist_entries.prefix')} as prefix`;
  return rows<{ id: string; prefix: string }>(sql, [tenantId, JSON.stringify(json)]);
}
