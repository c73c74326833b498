import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { assetSchema, type Asset, type endpoints, type ParsedOf } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import type { AssetRow } from '@parapet/enrich';
import { Statement } from '@parapet/eventstore';
import type { AssetInput } from './asset-csv.js';

const rowSchema = z
  .object({
    id: z.string(),
    kind: assetSchema.shape.kind,
    value: z.string(),
    name: z.string(),
    criticality: assetSchema.shape.criticality,
    created_at: z.date(),
    updated_at: z.date(),
  })
  .transform(({ created_at: createdAt, updated_at: updatedAt, ...row }): Asset => ({
    ...row,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
const enrichRowSchema = z.array(assetSchema.pick({ kind: true, value: true, name: true, criticality: true }));
const upsertSchema = z.array(z.object({ created: z.boolean() }));

const COLUMNS = 'a.id, a.kind, a.value, a.name, a.criticality, a.created_at, a.updated_at';

/** Creation time (epoch ms) and id of a page's last asset. */
export const assetCursorSchema = z.tuple([z.int(), z.uuid()]);

type Filter = Omit<ParsedOf<typeof endpoints.listAssets>['query'], 'limit' | 'cursor'>;

@Injectable()
export class AssetsRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** At most `limit` assets that pass the filter, in the order of their making. */
  async list(
    tenantId: string,
    { q, kind, criticality }: Filter,
    limit: number,
    after?: readonly [number, string],
  ): Promise<Asset[]> {
    const statement = new Statement();
    const where = [`a.tenant_id = ${statement.add(tenantId)}`];
    if (kind) where.push(`a.kind = any(${statement.add(kind)}::text[])`);
    if (criticality) where.push(`a.criticality = any(${statement.add(criticality)}::text[])`);
    if (q !== undefined && q !== '') {
      const text = statement.add(q.toLowerCase());
      where.push(`(strpos(lower(a.name), ${text}) > 0 or strpos(a.value, ${text}) > 0)`);
    }
    if (after)
      where.push(
        `(a.created_at, a.id) > (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`,
      );
    const rows = await this.database.queryTenant(
      tenantId,
      `select ${COLUMNS} from assets a where ${where.join(' and ')} order by a.created_at, a.id limit ${statement.add(limit)}`,
      statement.params,
    );
    return z.array(rowSchema).parse(rows);
  }

  async find(tenantId: string, id: string): Promise<Asset | undefined> {
    const rows = await this.database.queryTenant(
      tenantId,
      `select ${COLUMNS} from assets a where a.tenant_id = $1 and a.id = $2`,
      [tenantId, id],
    );
    return z.array(rowSchema).parse(rows)[0];
  }

  /** All of a tenant, for the look-up by events. */
  async all(tenantId: string): Promise<AssetRow[]> {
    const rows = await this.database.queryTenant(
      tenantId,
      'select kind, value, name, criticality from assets where tenant_id = $1',
      [tenantId],
    );
    return enrichRowSchema.parse(rows);
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  count(tx: TenantTx): Promise<number> {
    return tx.asset.count();
  }

  async create(tx: TenantTx, tenantId: string, asset: AssetInput): Promise<string> {
    const id = newId();
    await tx.asset.createMany({ data: [{ ...asset, id, tenantId }] });
    return id;
  }

  /** Whether there was such an asset. */
  async change(tx: TenantTx, id: string, change: Partial<AssetInput>): Promise<boolean> {
    const { count } = await tx.asset.updateMany({
      where: { id },
      data: { ...change, updatedAt: new Date() },
    });
    return count > 0;
  }

  /** Adds rows, or changes those of the same kind and value; counts both. No two rows may be of the same. */
  async upsert(
    tx: TenantTx,
    tenantId: string,
    assets: readonly AssetInput[],
  ): Promise<{ created: number; updated: number }> {
    const rows = JSON.stringify(assets.map((asset) => ({ ...asset, id: newId() })));
    const done = upsertSchema.parse(
      await tx.$queryRaw`
        insert into assets as a (id, tenant_id, kind, value, name, criticality)
        select r.id, ${tenantId}::uuid, r.kind, r.value, r.name, r.criticality
        from jsonb_to_recordset(${rows}::jsonb) as r (id uuid, kind text, value text, name text, criticality text)
        on conflict (tenant_id, kind, value) do update
          set name = excluded.name, criticality = excluded.criticality, updated_at = now()
          where (a.name, a.criticality) is distinct from (excluded.name, excluded.criticality)
        returning (xmax = 0) as created`,
    );
    const created = done.filter((row) => row.created).length;
    return { created, updated: done.length - created };
  }

  /** Whether there was such an asset. */
  async delete(tx: TenantTx, id: string): Promise<boolean> {
    const { count } = await tx.asset.deleteMany({ where: { id } });
    return count > 0;
  }
}
