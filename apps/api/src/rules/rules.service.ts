import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import {
  MOST_OWN_RULES,
  type endpoints,
  type ParsedOf,
  type ResponseOf,
  type Rule,
  type RuleDetail,
} from '@parapet/contracts';
import { violatedUnique } from '@parapet/db';
import {
  canHold,
  defaultChoice,
  ManagedRules,
  thresholdOf,
  withChoice,
  type RuleChoice,
} from '@parapet/detection';
import { ConflictError, NotFoundError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import type { SigmaRule } from '@parapet/sigma';
import { AuditService } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { RuleChecker } from './rule-checker.service.js';
import { viewOfManaged, viewOfRow, type RuleSurroundings } from './rule-view.js';
import { RulesRepository } from './rules.repository.js';

type Query = ParsedOf<typeof endpoints.listRules>['query'];

/** Title in lower case and id of a page's last rule. */
const cursorSchema = z.tuple([z.string(), z.uuid()]);

@Injectable()
export class RulesService {
  constructor(
    private readonly rules: RulesRepository,
    private readonly checker: RuleChecker,
    private readonly managed: ManagedRules,
    private readonly audit: AuditService,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor, ...query }: Query,
  ): Promise<ResponseOf<typeof endpoints.listRules>> {
    const after = cursorParam(cursor, cursorSchema);
    const found = (await this.all(tenantId))
      .filter((rule) => fits(rule, query))
      .map((rule) => ({ rule, key: rule.title.toLowerCase() }))
      .sort((a, b) => compare(a.key, b.key) || compare(a.rule.id, b.rule.id));
    const from =
      after === undefined
        ? 0
        : found.findIndex(({ key, rule }) => (compare(key, after[0]) || compare(rule.id, after[1])) > 0);
    const page = from < 0 ? [] : found.slice(from, from + limit);
    const last = page.at(-1);
    const more = last !== undefined && from + limit < found.length;
    return {
      items: page.map(({ rule }) => rule),
      nextCursor: more ? encodeCursor([last.key, last.rule.id]) : null,
      total: found.length,
    };
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<RuleDetail> {
    const around = await this.surroundings(tenantId);
    const managed = this.managed.byId.get(id);
    if (managed !== undefined) {
      const view = viewOfManaged(managed, this.managed.silent.has(managed.rule), around);
      return { ...view, yaml: managed.text, ...written(managed.rule) };
    }
    const row = await this.rules.find(tenantId, id);
    if (row === undefined) throw new NotFoundError('rule');
    const { yaml, ...rest } = row;
    return { ...viewOfRow(rest, around), yaml, ...written(await this.parsed(tenantId, row)) };
  }

  /** @throws ValidationError, ConflictError */
  async create(
    caller: Principal,
    { yaml, enabled }: ParsedOf<typeof endpoints.createRules>['body'],
  ): Promise<ResponseOf<typeof endpoints.createRules>> {
    const { tenantId, email } = caller;
    const checked = await this.checker.strictly(tenantId, yaml);
    const ids = await unique(() =>
      this.rules.within(tenantId, async (tx) => {
        if ((await this.rules.count(tx)) + checked.length > MOST_OWN_RULES)
          throw new ConflictError(`A tenant has at most ${MOST_OWN_RULES} rules; remove some first.`);
        const contents = checked.map(({ content }) => content);
        const made = await this.rules.create(tx, tenantId, contents, {
          origin: 'own',
          actor: email,
          enabled,
        });
        for (const [index, id] of made.entries())
          await this.audit.record(tx, caller, {
            action: 'rule.created',
            target: id,
            details: { title: contents[index]?.title ?? '', enabled },
          });
        return made;
      }),
    );
    return { items: await Promise.all(ids.map((id) => this.get(caller, id))) };
  }

  /** @throws NotFoundError, ValidationError, ConflictError */
  async replace(caller: Principal, id: string, yaml: string): Promise<RuleDetail> {
    await this.change(caller, id, yaml, 'rule.updated');
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ValidationError where the old text can't be used any more, ConflictError */
  async restore(caller: Principal, id: string, version: number): Promise<RuleDetail> {
    this.refuseManaged(id);
    const yaml = await this.rules.version(caller.tenantId, id, version);
    if (yaml === undefined) throw new NotFoundError('version of the rule');
    await this.change(caller, id, yaml, 'rule.restored');
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ValidationError */
  async update(
    caller: Principal,
    id: string,
    { enabled, overrides }: ParsedOf<typeof endpoints.updateRule>['body'],
  ): Promise<RuleDetail> {
    const { tenantId } = caller;
    const managed = this.managed.byId.get(id);
    const row = managed === undefined ? await this.rules.find(tenantId, id) : undefined;
    if (managed === undefined && row === undefined) throw new NotFoundError('rule');
    const rule = managed?.rule ?? (row && (await this.parsed(tenantId, row)));
    const before = (await this.rules.choices(tenantId)).get(id) ?? defaultChoice(rule ?? { tags: [] });
    const choice = { ...before, ...overrides, enabled: enabled ?? before.enabled };
    if (overrides !== undefined) refuseUseless(rule, choice);
    await this.rules.within(tenantId, async (tx) => {
      await this.rules.choose(tx, tenantId, id, choice);
      await this.audit.record(tx, caller, {
        action: 'rule.configured',
        target: id,
        details: { title: rule?.title ?? row?.title ?? '', ...choice },
      });
    });
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ConflictError for a managed rule, and while other rules refer to it */
  async delete(caller: Principal, id: string): Promise<void> {
    const { tenantId } = caller;
    this.refuseManaged(id);
    const row = await this.rules.find(tenantId, id);
    if (row === undefined) throw new NotFoundError('rule');
    await this.refuseWhileReferred(tenantId, row);
    await this.rules.within(tenantId, async (tx) => {
      if (!(await this.rules.delete(tx, id))) throw new NotFoundError('rule');
      await this.audit.record(tx, caller, {
        action: 'rule.deleted',
        target: id,
        details: { title: row.title },
      });
    });
  }

  /** @throws NotFoundError */
  async versions(
    { tenantId }: Principal,
    id: string,
  ): Promise<ResponseOf<typeof endpoints.listRuleVersions>> {
    if (this.managed.byId.has(id)) return { items: [] };
    const items = await this.rules.versions(tenantId, id);
    if (items.length === 0) throw new NotFoundError('rule');
    return { items };
  }

  private async all(tenantId: string): Promise<Rule[]> {
    const [around, rows] = await Promise.all([this.surroundings(tenantId), this.rules.all(tenantId)]);
    return [
      ...this.managed.rules.map((one) => viewOfManaged(one, this.managed.silent.has(one.rule), around)),
      ...rows.map((row) => viewOfRow(row, around)),
    ];
  }

  private async surroundings(tenantId: string): Promise<RuleSurroundings> {
    const [choices, health, referring] = await Promise.all([
      this.rules.choices(tenantId),
      this.rules.health(tenantId),
      this.rules.referring(tenantId),
    ]);
    const texts = referring
      .filter(({ kind, yaml }) => kind === 'correlation' && !/\bgenerate\s*:\s*true\b/.test(yaml))
      .map(({ yaml }) => yaml);
    const isSilent = (names: readonly (string | null)[]) =>
      names.some((name) => name !== null && name !== '' && texts.some((text) => mentions(text, name)));
    return { choices, health, isSilent };
  }

  private async change(caller: Principal, id: string, yaml: string, action: string): Promise<void> {
    const { tenantId, email } = caller;
    this.refuseManaged(id);
    const row = await this.rules.find(tenantId, id);
    if (row === undefined) throw new NotFoundError('rule');
    const [checked, ...more] = await this.checker.strictly(tenantId, yaml, id);
    if (checked === undefined || more.length > 0)
      throw new ValidationError([{ path: 'body.yaml', message: 'a rule is one YAML document' }]);
    const content = { ...checked.content, sigmaId: checked.content.sigmaId ?? id };
    if (content.sigmaId !== row.sigmaId || (row.name !== null && content.name !== row.name))
      await this.refuseWhileReferred(tenantId, row);
    await unique(() =>
      this.rules.within(tenantId, async (tx) => {
        if (!(await this.rules.replace(tx, tenantId, id, row.version, content, email)))
          throw new ConflictError('Somebody changed this rule at the same time. Load it again.');
        await this.audit.record(tx, caller, {
          action,
          target: id,
          details: { title: content.title, version: row.version + 1 },
        });
      }),
    );
  }

  private async parsed(
    tenantId: string,
    { id, yaml }: { id: string; yaml: string },
  ): Promise<SigmaRule | undefined> {
    const { rules } = await this.checker.check(tenantId, [{ path: '', text: yaml }], id);
    return rules[0]?.rule;
  }

  private refuseManaged(id: string): void {
    if (this.managed.byId.has(id))
      throw new ConflictError(
        'A managed rule’s text comes with Parapet. Switch it off and add a rule of your own with another id.',
      );
  }

  private async refuseWhileReferred(
    tenantId: string,
    { id, sigmaId, name }: { id: string; sigmaId: string; name: string | null },
  ): Promise<void> {
    const others = (await this.rules.referring(tenantId)).filter(
      (other) => other.id !== id && [sigmaId, name].some((one) => one !== null && mentions(other.yaml, one)),
    );
    if (others.length > 0)
      throw new ConflictError(
        `${others.length} correlations or filters refer to this rule by its id or name; change them first.`,
      );
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Whether a text has the name as a word of its own. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1))
    if (!isWord(text[at - 1]) && !isWord(text[at + name.length])) return true;
  return false;
}

const isWord = (character: string | undefined) => character !== undefined && /[\w.-]/.test(character);

function fits(rule: Rule, { origin, kind, level, enabled, q }: Omit<Query, 'limit' | 'cursor'>): boolean {
  const text = q?.toLowerCase();
  return (
    (!origin?.length || origin.includes(rule.origin)) &&
    (!kind?.length || kind.includes(rule.kind)) &&
    (!level?.length || (rule.level !== null && level.includes(rule.level))) &&
    (enabled === undefined || enabled === rule.enabled) &&
    (text === undefined ||
      [rule.title, rule.description, rule.name, rule.sigmaId, ...rule.tags].some((one) =>
        one?.toLowerCase().includes(text),
      ))
  );
}

function written(rule: SigmaRule | undefined): Pick<RuleDetail, 'threshold' | 'timespanSeconds'> {
  return rule?.kind === 'correlation'
    ? { threshold: thresholdOf(rule), timespanSeconds: rule.timespanMs / 1000 }
    : { threshold: null, timespanSeconds: null };
}

/** @throws ValidationError for overrides that the rule has no use for */
function refuseUseless(rule: SigmaRule | undefined, choice: RuleChoice): void {
  const refuse = (field: string, message: string) => {
    throw new ValidationError([{ path: `body.overrides.${field}`, message }]);
  };
  if (rule?.kind === 'filter' && choice.level !== null) refuse('level', 'a filter has no level');
  if (rule?.kind === 'correlation') {
    if (!canHold(withChoice(rule, choice)))
      refuse('threshold', 'with this number the condition can never hold');
    if (choice.threshold !== null && thresholdOf(rule) === null)
      refuse('threshold', 'the correlation has no number');
    return;
  }
  if (choice.threshold !== null) refuse('threshold', 'only a correlation has a threshold');
  if (choice.timespanSeconds !== null) refuse('timespanSeconds', 'only a correlation has a timespan');
}

async function unique<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedUnique(error) === 'rules_tenant_id_sigma_id_key')
      throw new ConflictError('There is a rule with this id already.');
    throw error;
  }
}
