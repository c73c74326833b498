import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ruleKindSchema, ruleLevelSchema, ruleOriginSchema } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import type { Referable, RuleChoice } from '@parapet/detection';

const logSourceSchema = z.object({
  category: z.string().nullable().default(null),
  product: z.string().nullable().default(null),
  service: z.string().nullable().default(null),
});

const rowSchema = z
  .object({
    id: z.string(),
    sigma_id: z.string(),
    name: z.string().nullable(),
    title: z.string(),
    kind: ruleKindSchema,
    level: ruleLevelSchema.nullable(),
    status: z.string().nullable(),
    description: z.string().nullable(),
    tags: z.array(z.string()),
    log_source: logSourceSchema,
    origin: ruleOriginSchema,
    version: z.number(),
    updated_at: z.date(),
  })
  .transform(({ sigma_id: sigmaId, log_source: logSource, updated_at: updatedAt, ...row }) => ({
    ...row,
    sigmaId,
    logSource,
    updatedAt: updatedAt.toISOString(),
  }));
/** An own or imported rule, without its text. */
export type RuleRow = z.output<typeof rowSchema>;

const COLUMNS =
  'id, sigma_id, name, title, kind, level, status, description, tags, log_source, origin, version, updated_at';

const choiceSchema = z
  .object({
    rule_id: z.string(),
    enabled: z.boolean(),
    level: ruleLevelSchema.nullable(),
    threshold: z.number().nullable(),
    timespan_seconds: z.number().nullable(),
  })
  .transform(({ rule_id: ruleId, timespan_seconds: timespanSeconds, ...row }) => ({
    ruleId,
    choice: { ...row, timespanSeconds } satisfies RuleChoice,
  }));

const HEALTH = `
select rule_id, max(last_match_at) as last_match_at,
  coalesce(sum(matches) filter (where hour > now() - interval '24 hours'), 0) as day,
  coalesce(sum(matches) filter (where hour > now() - interval '7 days'), 0) as week,
  coalesce(sum(errors) filter (where hour > now() - interval '7 days'), 0) as errors,
  (array_agg(last_error order by hour desc) filter (where last_error is not null and hour > now() - interval '7 days'))[1] as last_error,
  sum(evaluation_us) filter (where hour > now() - interval '7 days')
    / nullif(sum(evaluations) filter (where hour > now() - interval '7 days'), 0) as microseconds
from rule_stats where tenant_id = $1 group by rule_id`;

const healthSchema = z
  .object({
    rule_id: z.string(),
    last_match_at: z.date().nullable(),
    day: z.coerce.number(),
    week: z.coerce.number(),
    errors: z.coerce.number(),
    last_error: z.string().nullable(),
    microseconds: z.coerce.number().nullable(),
  })
  .transform((row) => ({
    ruleId: row.rule_id,
    health: {
      lastMatchAt: row.last_match_at?.toISOString() ?? null,
      matches24h: row.day,
      matches7d: row.week,
      errors7d: row.errors,
      lastError: row.last_error,
      microseconds: row.microseconds === null ? null : Math.round(row.microseconds * 10) / 10,
    },
  }));
export type RuleHealth = z.output<typeof healthSchema>['health'];

const NAMED = `select id, sigma_id, name, yaml, kind from rules where tenant_id = $1
  and exists (select from unnest($2::text[]) as t(text) where strpos(t.text, sigma_id) > 0 or (name <> '' and strpos(t.text, name) > 0))`;

const VERSIONS = `select version, title, yaml, actor, created_at from rule_versions
  where tenant_id = $1 and rule_id = $2 order by version desc limit 200`;

const versionSchema = z
  .object({
    version: z.number(),
    title: z.string(),
    yaml: z.string(),
    actor: z.string(),
    created_at: z.date(),
  })
  .transform(({ created_at: createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }));

/** What of a rule is stored beside its identity. */
export interface RuleContent extends Pick<
  RuleRow,
  'sigmaId' | 'name' | 'title' | 'kind' | 'level' | 'status' | 'description' | 'tags' | 'logSource'
> {
  yaml: string;
}

@Injectable()
export class RulesRepository {
  constructor(private readonly database: TenantDatabase) {}

  async all(tenantId: string): Promise<RuleRow[]> {
    const rows = await this.database.queryTenant(
      tenantId,
      `select ${COLUMNS} from rules where tenant_id = $1`,
      [tenantId],
    );
    return z.array(rowSchema).parse(rows);
  }

  async find(tenantId: string, id: string): Promise<(RuleRow & { yaml: string }) | undefined> {
    const rows = await this.database.queryTenant<{ yaml: string }>(
      tenantId,
      `select ${COLUMNS}, yaml from rules where tenant_id = $1 and id = $2`,
      [tenantId, id],
    );
    const [row] = rows;
    return row && { ...rowSchema.parse(row), yaml: row.yaml };
  }

  /** Texts of the rules that refer to others. */
  async referring(tenantId: string): Promise<{ id: string; kind: string; yaml: string }[]> {
    return this.database.queryTenant(
      tenantId,
      `select id, kind, yaml from rules where tenant_id = $1 and kind in ('correlation', 'filter')`,
      [tenantId],
    );
  }

  /** Rules whose id or name occurs in one of the texts, and those that occur in theirs, and so on. */
  async namedIn(tenantId: string, texts: readonly string[]): Promise<Referable[]> {
    const found = new Map<string, Referable>();
    let asked = texts.filter((text) => text.includes('correlation'));
    while (asked.length > 0) {
      const rows = await this.database.queryTenant<{
        id: string;
        sigma_id: string;
        name: string | null;
        yaml: string;
        kind: string;
      }>(tenantId, NAMED, [tenantId, asked]);
      const fresh = rows.filter(({ id }) => !found.has(id));
      for (const row of fresh)
        found.set(row.id, {
          path: row.id,
          text: row.yaml,
          names: row.name === null ? [row.sigma_id] : [row.sigma_id, row.name],
        });
      asked = fresh.filter(({ kind }) => kind === 'correlation').map(({ yaml }) => yaml);
    }
    return [...found.values()];
  }

  async choices(tenantId: string): Promise<Map<string, RuleChoice>> {
    const rows = await this.database.queryTenant(
      tenantId,
      'select rule_id, enabled, level, threshold, timespan_seconds from rule_settings where tenant_id = $1',
      [tenantId],
    );
    return new Map(
      z
        .array(choiceSchema)
        .parse(rows)
        .map(({ ruleId, choice }) => [ruleId, choice]),
    );
  }

  async health(tenantId: string): Promise<Map<string, RuleHealth>> {
    const rows = await this.database.queryTenant(tenantId, HEALTH, [tenantId]);
    return new Map(
      z
        .array(healthSchema)
        .parse(rows)
        .map(({ ruleId, health }) => [ruleId, health]),
    );
  }

  async versions(tenantId: string, id: string): Promise<z.output<typeof versionSchema>[]> {
    const rows = await this.database.queryTenant(tenantId, VERSIONS, [tenantId, id]);
    return z.array(versionSchema).parse(rows);
  }

  async version(tenantId: string, id: string, version: number): Promise<string | undefined> {
    const rows = await this.database.queryTenant<{ yaml: string }>(
      tenantId,
      'select yaml from rule_versions where tenant_id = $1 and rule_id = $2 and version = $3',
      [tenantId, id, version],
    );
    return rows[0]?.yaml;
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  count(tx: TenantTx): Promise<number> {
    return tx.rule.count();
  }

  /** Returns the ids, in the order given. A rule without an id of its own gets the row's. */
  async create(
    tx: TenantTx,
    tenantId: string,
    rules: readonly (Omit<RuleContent, 'sigmaId'> & { sigmaId: string | null })[],
    { origin, actor, enabled }: { origin: 'own' | 'import'; actor: string; enabled: boolean },
  ): Promise<string[]> {
    const rows = rules.map((rule) => {
      const id = newId();
      return { ...rule, id, tenantId, origin, sigmaId: rule.sigmaId ?? id };
    });
    await tx.rule.createMany({ data: rows });
    await tx.ruleVersion.createMany({
      data: rows.map(({ id, title, yaml }) => ({ tenantId, ruleId: id, version: 1, title, yaml, actor })),
    });
    if (!enabled)
      await tx.ruleSetting.createMany({ data: rows.map(({ id }) => ({ tenantId, ruleId: id, enabled })) });
    return rows.map(({ id }) => id);
  }

  /** A new version. Whether the rule was there, with the version that was seen. */
  async replace(
    tx: TenantTx,
    tenantId: string,
    id: string,
    seen: number,
    content: RuleContent,
    actor: string,
  ): Promise<boolean> {
    const version = seen + 1;
    const { count } = await tx.rule.updateMany({
      where: { id, version: seen },
      data: { ...content, version, updatedAt: new Date() },
    });
    if (count === 0) return false;
    const { title, yaml } = content;
    await tx.ruleVersion.createMany({ data: [{ tenantId, ruleId: id, version, title, yaml, actor }] });
    return true;
  }

  async choose(tx: TenantTx, tenantId: string, ruleId: string, choice: RuleChoice): Promise<void> {
    await tx.ruleSetting.upsert({
      where: { tenantId_ruleId: { tenantId, ruleId } },
      create: { tenantId, ruleId, ...choice },
      update: { ...choice, updatedAt: new Date() },
    });
  }

  /** Whether there was such a rule. What was chosen for it and counted goes along. */
  async delete(tx: TenantTx, id: string): Promise<boolean> {
    const { count } = await tx.rule.deleteMany({ where: { id } });
    if (count === 0) return false;
    await tx.ruleSetting.deleteMany({ where: { ruleId: id } });
    await tx.ruleStat.deleteMany({ where: { ruleId: id } });
    return true;
  }
}
