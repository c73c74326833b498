import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import {
  intelAllowedSchema,
  intelTypeSchema,
  type endpoints,
  type IntelAllowed,
  type IntelIndicator,
  type IntelType,
  type ParsedOf,
} from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import type { IntelValue } from '@parapet/enrich';
import { Statement } from '@parapet/eventstore';
import { AppPool } from '../core/tokens.js';

const tenantRows = z.array(z.object({ id: z.string() }));
const rowSchema = z.object({
  type: intelTypeSchema,
  value: z.string(),
  confidence: z.number(),
  valid_until: z.date().nullable(),
  first_seen: z.date(),
  last_seen: z.date().nullable(),
  description: z.string().nullable(),
  feed_id: z.string(),
  feed_name: z.string(),
});
const allowedRowSchema = z
  .object({
    id: z.string(),
    type: intelTypeSchema,
    value: z.string(),
    note: z.string(),
    created_at: z.date(),
  })
  .transform(({ created_at: createdAt, ...row }): IntelAllowed => ({
    ...row,
    createdAt: createdAt.toISOString(),
  }));

const COLUMNS = `i.type, i.value, i.confidence, i.valid_until, i.first_seen, i.last_seen, i.description, i.feed_id, f.name as feed_name`;

/** Value, type and feed of a page's last indicator. */
export const indicatorCursorSchema = z.tuple([z.string(), intelTypeSchema, z.uuid()]);
/** Creation time (epoch ms) and id of a page's last entry. */
export const allowedCursorSchema = z.tuple([z.int(), z.uuid()]);

type Filter = Omit<ParsedOf<typeof endpoints.listIntelIndicators>['query'], 'limit' | 'cursor'>;

function indicatorsOf(rows: readonly unknown[], shared: boolean): IntelIndicator[] {
  return z
    .array(rowSchema)
    .parse(rows)
    .map((row) => ({
      type: row.type,
      value: row.value,
      confidence: row.confidence,
      validUntil: row.valid_until?.toISOString() ?? null,
      firstSeen: row.first_seen.toISOString(),
      lastSeen: row.last_seen?.toISOString() ?? null,
      description: row.description,
      feedId: row.feed_id,
      feedName: row.feed_name,
      shared,
    }));
}

@Injectable()
export class IndicatorsRepository {
  constructor(
    private readonly database: TenantDatabase,
    private readonly appPool: AppPool,
  ) {}

  /** In the order of their values. `q`: how these begin. */
  async list(
    tenantId: string,
    { q, type, feedId }: Filter,
    limit: number,
    after?: readonly [string, IntelType, string],
  ): Promise<IntelIndicator[]> {
    const statement = new Statement();
    const where = [`i.tenant_id = ${statement.add(tenantId)}`];
    if (q !== undefined && q !== '') {
      // A range, which the index knows; LIKE it does not know below the policy.
      where.push(`i.value >= ${statement.add(q)} and i.value < ${statement.add(`${q}\u{10ffff}`)}`);
    }
    if (type) where.push(`i.type = any(${statement.add(type)}::text[])`);
    if (feedId !== undefined) where.push(`i.feed_id = ${statement.add(feedId)}`);
    if (after)
      where.push(
        `(i.value, i.type, i.feed_id) > (${after.map((part) => statement.add(part)).join(', ')}::uuid)`,
      );
    const rows = await this.database.queryTenant(
      tenantId,
      `select ${COLUMNS} from intel_indicators i join intel_feeds f on f.tenant_id = i.tenant_id and f.id = i.feed_id
       where ${where.join(' and ')} order by i.value, i.type, i.feed_id limit ${statement.add(limit)}`,
      statement.params,
    );
    return indicatorsOf(rows, false);
  }

  /** The tenant's own and the operator's indicators among these, of feeds that are on. */
  async lookup(tenantId: string, wanted: readonly IntelValue[]): Promise<IntelIndicator[]> {
    const types = wanted.map(({ type }) => type);
    const values = wanted.map(({ value }) => value);
    const own = await this.database.queryTenant(
      tenantId,
      `select ${COLUMNS} from unnest($2::text[], $3::text[]) as w (type, value)
       join intel_indicators i on i.tenant_id = $1 and i.type = w.type and i.value = w.value
       join intel_feeds f on f.tenant_id = i.tenant_id and f.id = i.feed_id and f.enabled limit 200`,
      [tenantId, types, values],
    );
    const { rows } = await this.appPool.query('select * from intel_shared($1, $2)', [types, values]);
    const shared = indicatorsOf(rows, true);
    const known = new Set(shared.map(({ feedId }) => feedId));
    // The operator's own feeds are shared ones.
    return [...indicatorsOf(own, false).filter(({ feedId }) => !known.has(feedId)), ...shared];
  }

  async isAllowed(tenantId: string, wanted: readonly IntelValue[]): Promise<boolean> {
    const rows = await this.database.queryTenant(
      tenantId,
      `select 1 from unnest($2::text[], $3::text[]) as w (type, value)
       join intel_allowed a on a.tenant_id = $1 and a.type = w.type and a.value = w.value limit 1`,
      [tenantId, wanted.map(({ type }) => type), wanted.map(({ value }) => value)],
    );
    return rows.length > 0;
  }

  async listAllowed(
    tenantId: string,
    limit: number,
    after?: readonly [number, string],
  ): Promise<IntelAllowed[]> {
    const statement = new Statement();
    let where = `a.tenant_id = ${statement.add(tenantId)}`;
    if (after)
      where += ` and (a.created_at, a.id) > (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`;
    const rows = await this.database.queryTenant(
      tenantId,
      `select a.id, a.type, a.value, a.note, a.created_at from intel_allowed a where ${where}
       order by a.created_at, a.id limit ${statement.add(limit)}`,
      statement.params,
    );
    return z.array(allowedRowSchema).parse(rows);
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  countAllowed(tx: TenantTx): Promise<number> {
    return tx.intelAllowed.count();
  }

  async allow(tx: TenantTx, tenantId: string, value: IntelValue, note: string): Promise<IntelAllowed> {
    const created = new Date();
    const row = { id: newId(), ...value, note };
    await tx.intelAllowed.createMany({ data: [{ ...row, tenantId, createdAt: created }] });
    return intelAllowedSchema.parse({ ...row, createdAt: created.toISOString() });
  }

  /** What was allowed, if it was. */
  async disallow(tx: TenantTx, id: string): Promise<IntelValue | undefined> {
    const row = await tx.intelAllowed.findFirst({ where: { id } });
    if (row === null) return undefined;
    await tx.intelAllowed.deleteMany({ where: { id } });
    return { type: intelTypeSchema.parse(row.type), value: row.value };
  }

  /** Forgets what ended a month ago or longer, of all tenants. Events of that time have been judged. */
  async sweep(): Promise<void> {
    const { rows } = await this.appPool.query('select intel_expired_tenants() as id');
    for (const { id } of tenantRows.parse(rows)) {
      await this.database.withTenantSql(id, async (query) => {
        await query(
          `with gone as (delete from intel_indicators where tenant_id = $1 and valid_until < now() - interval '30 days' returning feed_id),
             counts as (select feed_id, count(*) as n from gone group by 1)
           update intel_feeds f set indicators = greatest(0, f.indicators - c.n), revision = f.revision + 1
           from counts c where f.tenant_id = $1 and f.id = c.feed_id`,
          [id],
        );
      });
    }
  }
}
