import { Injectable } from '@nestjs/common';
import {
  blockOriginSchema,
  severityOfRank,
  SEVERITY_RANK,
  type AllowedPrefix,
  type AutomaticBlock,
  type BlocklistEntry,
  type BlockOrigin,
} from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import { containing, Statement } from '@parapet/eventstore';
import { normalizeCidr } from '../sources/cidr.js';
import { IN_FORCE, PREFIX_TEXT, protectionOf, type RowsOf } from './blocklist-sql.js';
import type { BlocklistToken } from './blocklist-token.js';
import type { Protection } from './protection.js';

export type StoredEntry = Omit<BlocklistEntry, 'withheld'>;

export interface BlocklistFilter {
  q?: string;
  origin?: BlockOrigin[];
}

interface EntryRow {
  [column: string]: unknown;
  id: string;
  prefix: string;
  reason: string;
  origin: string;
  alert_id: string | null;
  allow_private: boolean;
  created_by: string | null;
  created_at: Date;
  expires_at: Date | null;
}

const ENTRIES = `
  select e.id, ${PREFIX_TEXT('e.prefix')} as prefix, e.reason, e.origin, e.alert_id, e.allow_private, u.email as created_by,
    e.created_at, e.expires_at
  from blocklist_entries e left join users u on u.tenant_id = e.tenant_id and u.id = e.created_by`;

const DEFAULTS: AutomaticBlock = { enabled: false, minSeverity: 'high', detectors: [], hours: 24 };

@Injectable()
export class BlocklistRepository {
  constructor(private readonly database: TenantDatabase) {}

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  rowsOf(tx: TenantTx): RowsOf {
    return (sql, params) => tx.$queryRawUnsafe(sql, ...params);
  }

  protection(tenantId: string): Promise<Protection> {
    return protectionOf((sql, params) => this.database.queryTenant(tenantId, sql, params), tenantId);
  }

  /** At most `limit` entries in force, the newest first. */
  async list(
    tenantId: string,
    filter: BlocklistFilter,
    limit: number,
    after?: readonly [number, string],
  ): Promise<StoredEntry[]> {
    const statement = new Statement();
    let where = whereOf(statement, tenantId, filter);
    if (after) {
      where += ` and (e.created_at, e.id) < (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`;
    }
    const rows = await this.database.queryTenant<EntryRow>(
      tenantId,
      `${ENTRIES} where ${where} order by e.created_at desc, e.id desc limit ${statement.add(limit)}`,
      statement.params,
    );
    return rows.map(entryOfRow);
  }

  async count(tenantId: string, filter: BlocklistFilter = {}): Promise<number> {
    const statement = new Statement();
    const sql = `select count(*)::integer as n from blocklist_entries e where ${whereOf(statement, tenantId, filter)}`;
    const [row] = await this.database.queryTenant<{ n: number }>(tenantId, sql, statement.params);
    return row?.n ?? 0;
  }

  async find(tenantId: string, id: string): Promise<StoredEntry | undefined> {
    const sql = `${ENTRIES} where e.tenant_id = $1 and e.id = $2`;
    const [row] = await this.database.queryTenant<EntryRow>(tenantId, sql, [tenantId, id]);
    return row && entryOfRow(row);
  }

  /** Every prefix in force, in the order of the addresses. */
  async prefixes(tenantId: string): Promise<string[]> {
    const sql = `select ${PREFIX_TEXT('e.prefix')} as prefix from blocklist_entries e
      where e.tenant_id = $1 and ${IN_FORCE('e')} order by e.prefix`;
    const rows = await this.database.queryTenant<{ prefix: string }>(tenantId, sql, [tenantId]);
    return rows.map(({ prefix }) => prefix);
  }

  /** What was removed. */
  async delete(tx: TenantTx, id: string): Promise<{ prefix: string; reason: string } | undefined> {
    const sql = `delete from blocklist_entries where id = $1::uuid returning ${PREFIX_TEXT('prefix')} as prefix, reason`;
    const [row] = await this.rowsOf(tx)<{ prefix: string; reason: string }>(sql, [id]);
    return row;
  }

  async alertExists(tx: TenantTx, id: string): Promise<boolean> {
    return (await tx.alert.count({ where: { id } })) > 0;
  }

  async allowed(tenantId: string): Promise<AllowedPrefix[]> {
    const sql = `select a.id, ${PREFIX_TEXT('a.prefix')} as prefix, a.note, u.email as created_by, a.created_at
      from blocklist_allowed a left join users u on u.tenant_id = a.tenant_id and u.id = a.created_by
      where a.tenant_id = $1 order by a.created_at desc, a.id desc`;
    const rows = await this.database.queryTenant<{
      id: string;
      prefix: string;
      note: string;
      created_by: string | null;
      created_at: Date;
    }>(tenantId, sql, [tenantId]);
    return rows.map(({ created_by: createdBy, created_at: createdAt, ...row }) => ({
      ...row,
      createdBy,
      createdAt: createdAt.toISOString(),
    }));
  }

  countAllowed(tx: TenantTx): Promise<number> {
    return tx.blocklistAllowed.count();
  }

  async allow(
    tx: TenantTx,
    tenantId: string,
    given: { prefix: string; note: string; createdBy: string },
  ): Promise<string> {
    const id = newId();
    await tx.blocklistAllowed.createMany({ data: [{ ...given, id, tenantId }] });
    return id;
  }

  async disallow(tx: TenantTx, id: string): Promise<{ prefix: string; note: string } | undefined> {
    const sql = `delete from blocklist_allowed where id = $1::uuid returning ${PREFIX_TEXT('prefix')} as prefix, note`;
    const [row] = await this.rowsOf(tx)<{ prefix: string; note: string }>(sql, [id]);
    return row;
  }

  async settings(tenantId: string) {
    const [row] = await this.database.readTenant(tenantId, (db) => [
      db.blocklistSettings.findFirst({ where: { tenantId }, omit: { tokenHash: true } }),
    ]);
    const automatic: AutomaticBlock = row
      ? {
          enabled: row.autoEnabled,
          minSeverity: severityOfRank(row.autoMinSeverity),
          detectors: row.autoDetectors,
          hours: row.autoHours,
        }
      : DEFAULTS;
    const token =
      row?.tokenPrefix && row.tokenCreatedAt
        ? {
            prefix: row.tokenPrefix,
            createdAt: row.tokenCreatedAt.toISOString(),
            lastUsedAt: row.tokenLastUsedAt?.toISOString() ?? null,
          }
        : null;
    return { automatic, token };
  }

  async changeAutomatic(tx: TenantTx, tenantId: string, automatic: AutomaticBlock): Promise<void> {
    const values = {
      autoEnabled: automatic.enabled,
      autoMinSeverity: SEVERITY_RANK[automatic.minSeverity],
      autoDetectors: automatic.detectors,
      autoHours: automatic.hours,
    };
    await tx.blocklistSettings.upsert({
      where: { tenantId },
      create: { tenantId, ...values },
      update: values,
    });
  }

  /** Null ends the token. */
  async changeToken(tx: TenantTx, tenantId: string, token: BlocklistToken | null): Promise<void> {
    const values = {
      tokenHash: token?.hash ?? null,
      tokenPrefix: token?.prefix ?? null,
      tokenCreatedAt: token ? new Date() : null,
      tokenLastUsedAt: null,
    };
    await tx.blocklistSettings.upsert({
      where: { tenantId },
      create: { tenantId, ...values },
      update: values,
    });
  }

  async tokenUsed(tenantId: string): Promise<void> {
    const sql = `update blocklist_settings set token_last_used_at = now()
      where tenant_id = $1 and (token_last_used_at is null or token_last_used_at < now() - interval '1 minute')`;
    await this.database.queryTenant(tenantId, sql, [tenantId]);
  }
}

function whereOf(statement: Statement, tenantId: string, { q, origin }: BlocklistFilter): string {
  const parts = [`e.tenant_id = ${statement.add(tenantId)}`, IN_FORCE('e')];
  if (origin && origin.length > 0) parts.push(`e.origin = any(${statement.add(origin)}::text[])`);
  if (q !== undefined) {
    const prefix = normalizeCidr(q);
    const text = statement.add(containing(q));
    const place =
      prefix === undefined ? `host(e.prefix) like ${text}` : `e.prefix && ${statement.add(prefix)}::inet`;
    parts.push(`(${place} or e.reason ilike ${text})`);
  }
  return parts.join(' and ');
}

function entryOfRow(row: EntryRow): StoredEntry {
  return {
    id: row.id,
    prefix: row.prefix,
    reason: row.reason,
    origin: blockOriginSchema.parse(row.origin),
    alertId: row.alert_id,
    allowPrivate: row.allow_private,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}
