import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { parserSchema, type Parser } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import { Statement } from '@parapet/eventstore';
import type { ParserDefinition } from '@parapet/normalize';

const rowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: parserSchema.shape.kind,
    patterns: parserSchema.shape.patterns,
    fields: parserSchema.shape.fields,
    constants: parserSchema.shape.constants,
    programs: parserSchema.shape.programs,
    samples: parserSchema.shape.samples,
    enabled: z.boolean(),
    used_by: z.coerce.number(),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .transform(({ used_by: usedBy, created_at: createdAt, updated_at: updatedAt, ...row }): Parser => ({
    ...row,
    usedBy,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));

const PARSERS = `
  select p.id, p.name, p.kind, p.patterns, p.fields, p.constants, p.programs, p.samples, p.enabled, p.created_at, p.updated_at,
    (select count(*) from sources s where s.tenant_id = p.tenant_id and s.type = p.name)
    + (select count(*) from api_keys k where k.tenant_id = p.tenant_id and k.source_type = p.name and k.revoked_at is null) as used_by
  from parsers p`;

const definitionSchema = z.array(
  z.object({
    name: z.string(),
    kind: parserSchema.shape.kind,
    patterns: parserSchema.shape.patterns,
    fields: parserSchema.shape.fields,
    constants: parserSchema.shape.constants,
    programs: parserSchema.shape.programs,
  }),
);

/** Creation time (epoch ms) and id of a page's last parser. */
export const parserCursorSchema = z.tuple([z.int(), z.uuid()]);

export type ParserChange = Partial<Omit<Parser, 'id' | 'usedBy' | 'createdAt' | 'updatedAt'>>;

@Injectable()
export class ParsersRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** At most `limit` parsers, in the order of their making. */
  async list(tenantId: string, limit: number, after?: readonly [number, string]): Promise<Parser[]> {
    const statement = new Statement();
    let where = `p.tenant_id = ${statement.add(tenantId)}`;
    if (after) {
      where += ` and (p.created_at, p.id) > (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`;
    }
    const rows = await this.database.queryTenant(
      tenantId,
      `${PARSERS} where ${where} order by p.created_at, p.id limit ${statement.add(limit)}`,
      statement.params,
    );
    return z.array(rowSchema).parse(rows);
  }

  async find(tenantId: string, id: string): Promise<Parser | undefined> {
    const rows = await this.database.queryTenant(
      tenantId,
      `${PARSERS} where p.tenant_id = $1 and p.id = $2`,
      [tenantId, id],
    );
    return z.array(rowSchema).parse(rows)[0];
  }

  /** What the ingestor has of a tenant, in its order. */
  async enabled(tenantId: string): Promise<ParserDefinition[]> {
    const rows = await this.database.queryTenant(
      tenantId,
      `select name, kind, patterns, fields, constants, programs from parsers where tenant_id = $1 and enabled order by name`,
      [tenantId],
    );
    return definitionSchema.parse(rows);
  }

  async has(tenantId: string, name: string): Promise<boolean> {
    const rows = await this.database.queryTenant(
      tenantId,
      'select 1 from parsers where tenant_id = $1 and name = $2',
      [tenantId, name],
    );
    return rows.length > 0;
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  count(tx: TenantTx): Promise<number> {
    return tx.parser.count();
  }

  async create(tx: TenantTx, tenantId: string, parser: Required<ParserChange>): Promise<string> {
    const id = newId();
    await tx.parser.createMany({ data: [{ ...parser, id, tenantId }] });
    return id;
  }

  /** Whether there was such a parser. */
  async change(tx: TenantTx, id: string, change: ParserChange): Promise<boolean> {
    const { count } = await tx.parser.updateMany({
      where: { id },
      data: { ...change, updatedAt: new Date() },
    });
    return count > 0;
  }

  /** Sources and API keys of a type get the new name. */
  async rename(tx: TenantTx, from: string, to: string): Promise<void> {
    await tx.source.updateMany({ where: { type: from }, data: { type: to } });
    await tx.apiKey.updateMany({ where: { sourceType: from }, data: { sourceType: to } });
  }

  /** Whether there was such a parser. */
  async delete(tx: TenantTx, id: string): Promise<boolean> {
    const { count } = await tx.parser.deleteMany({ where: { id } });
    return count > 0;
  }
}
