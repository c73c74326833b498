import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { Pool } from 'pg';
import { ruleLevelSchema } from '@parapet/contracts';
import {
  loadOwnRules,
  managedDefaults,
  tenantRules,
  type ManagedRules,
  type OwnRule,
  type RuleChoice,
  type TenantRules,
} from '@parapet/detection';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { RuleHealth } from '../stages/detect/rule-health.js';

const VERSION = "select version from config_versions where kind = 'rules'";
const STAMPS = 'select tenant_id, stamp from processing_rule_stamps()';
const RULES = 'select tenant_id, id, sigma_id, version, yaml from processing_rules($1)';
const SETTINGS =
  'select tenant_id, rule_id, enabled, level, threshold, timespan_seconds from processing_rule_settings($1)';

/** Tenants whose rules are read at a time, so that memory and the time of a query are bounded. */
const AT_A_TIME = 50;

const settingRow = z
  .object({
    tenant_id: z.string(),
    rule_id: z.string(),
    enabled: z.boolean(),
    level: ruleLevelSchema.nullable(),
    threshold: z.number().nullable(),
    timespan_seconds: z.number().nullable(),
  })
  .transform((row) => ({
    tenantId: row.tenant_id,
    ruleId: row.rule_id,
    choice: {
      enabled: row.enabled,
      level: row.level,
      threshold: row.threshold,
      timespanSeconds: row.timespan_seconds,
    } satisfies RuleChoice,
  }));

interface Loaded {
  stamp: string;
  rules: TenantRules;
  own: ReadonlyMap<string, OwnRule>;
}

interface RuleRow {
  tenant_id: string;
  id: string;
  sigma_id: string;
  version: number;
  yaml: string;
}

/**
 * The Sigma rules of every tenant, compiled. Tenants that chose nothing share the managed pack; the others are read and compiled again when
 * something of theirs changed. Until that is done the rules of before are in force.
 */
export class RuleConfig {
  private readonly defaults: TenantRules;
  private readonly tenants = new Map<string, Loaded>();
  private version = '';

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly managed: ManagedRules,
    private readonly health: RuleHealth,
    private readonly logger: Logger,
  ) {
    this.defaults = managedDefaults(managed);
  }

  rulesOf = (tenantId: string): TenantRules => this.tenants.get(tenantId)?.rules ?? this.defaults;

  /** Reads what changed since the last time. Throws when PostgreSQL can't be asked. */
  async refresh(): Promise<void> {
    const { rows } = await this.pool.query<{ version: string }>(VERSION);
    const version = rows[0]?.version ?? '';
    if (version === this.version) return;
    await this.load();
    this.version = version;
  }

  private async load(): Promise<void> {
    const { rows } = await this.pool.query<{ tenant_id: string; stamp: string }>(STAMPS);
    const stamps = new Map(rows.map((row) => [row.tenant_id, row.stamp]));
    for (const tenantId of this.tenants.keys()) if (!stamps.has(tenantId)) this.tenants.delete(tenantId);
    const changed = [...stamps].filter(([id, stamp]) => this.tenants.get(id)?.stamp !== stamp);
    for (let from = 0; from < changed.length; from += AT_A_TIME)
      await this.loadTenants(changed.slice(from, from + AT_A_TIME));
  }

  private async loadTenants(changed: readonly (readonly [string, string])[]): Promise<void> {
    const ids = changed.map(([id]) => id);
    const [rules, settings] = await Promise.all([
      this.pool.query<RuleRow>(RULES, [ids]),
      this.pool.query(SETTINGS, [ids]),
    ]);
    const choices = z.array(settingRow).parse(settings.rows);
    for (const [tenantId, stamp] of changed) {
      const texts = rules.rows
        .filter((row) => row.tenant_id === tenantId)
        .map((row) => ({ id: row.id, sigmaId: row.sigma_id, version: row.version, yaml: row.yaml }));
      const before = this.tenants.get(tenantId)?.own ?? new Map<string, OwnRule>();
      const own = await loadOwnRules(texts, this.managed, before, () => setImmediate());
      const chosen = new Map(
        choices.filter((row) => row.tenantId === tenantId).map(({ ruleId, choice }) => [ruleId, choice]),
      );
      this.report(tenantId, own);
      const compiled = tenantRules(this.managed, own, chosen, () => performance.now());
      this.tenants.set(tenantId, {
        stamp,
        rules: compiled,
        own: new Map(own.map((rule) => [rule.text.id, rule])),
      });
      await setImmediate();
    }
  }

  /** A rule that can't be used is counted and shown with it; the others go on. */
  private report(tenantId: string, own: readonly OwnRule[]): void {
    for (const { text, rule, problems } of own) {
      const taken = this.managed.byId.has(text.sigmaId);
      if (rule !== undefined && !taken) continue;
      countFailure('processor', 'rule_load');
      const [problem] = problems;
      const reason = taken
        ? 'a managed rule has this id'
        : `line ${problem?.line ?? 1}, column ${problem?.column ?? 1}: ${problem?.message ?? 'not readable'}`;
      this.health.failed(tenantId, text.id, `it is not in force: ${reason}`);
      this.logger.warn({ tenantId, ruleId: text.id, reason }, 'a rule can’t be used');
    }
  }
}
