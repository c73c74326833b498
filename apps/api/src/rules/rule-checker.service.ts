import { Injectable } from '@nestjs/common';
import type { RuleProblem } from '@parapet/contracts';
import { loadAllReferenced, ManagedRules, splitDocuments, type Referable } from '@parapet/detection';
import { ValidationError } from '@parapet/errors';
import { TENANT_LIMITS, type SigmaRule } from '@parapet/sigma';
import { RulesRepository, type RuleContent } from './rules.repository.js';

/** A rule of a text, ready to be stored. */
export interface CheckedRule {
  /** Of the file it stands in. */
  path: string;
  rule: SigmaRule;
  content: Omit<RuleContent, 'sigmaId'> & { sigmaId: string | null };
}

/** A document that can't be used. */
export interface RefusedRule {
  path: string;
  rule: string;
  title: string;
  problems: { line: number; column: number; message: string }[];
}

export interface Checked {
  rules: CheckedRule[];
  refused: RefusedRule[];
  /** What they refer to, and what that refers to. */
  referenced: SigmaRule[];
}

const LONGEST_ID = 90;
const LONGEST_NAME = 200;
/** Of one document; far more than a rule needs. */
const LONGEST_RULE = 262_144;
const MOST_PROBLEMS_TOLD = 100;

/** Reads YAML texts as rules of a tenant, among its own and the managed ones. */
@Injectable()
export class RuleChecker {
  constructor(
    private readonly managed: ManagedRules,
    private readonly rules: RulesRepository,
  ) {}

  /** `replaced`: id of a row whose text these are to replace. */
  async check(
    tenantId: string,
    files: readonly { path: string; text: string }[],
    replaced?: string,
  ): Promise<Checked> {
    const documents = files.flatMap(({ path, text }, file) =>
      splitDocuments(text).map((document, index) => ({ ...document, path, key: `${file}:${index}` })),
    );
    const stored = await this.rules.namedIn(
      tenantId,
      documents.map(({ text }) => text),
    );
    const keys = new Set(documents.map(({ key }) => key));
    const loaded = loadAllReferenced(
      documents.map(({ key, text }) => ({ path: key, text })),
      [...stored.filter(({ path }) => path !== replaced), ...this.managed.rules] satisfies Referable[],
      { limits: TENANT_LIMITS },
    );
    const checked: Checked = { rules: [], refused: [], referenced: [] };
    for (const { path, rule } of loaded)
      if (!keys.has(path) && rule !== undefined) checked.referenced.push(rule);
    for (const { key, path, text, linesBefore } of documents) {
      const [entry] = loaded.filter((one) => one.path === key);
      const rule = entry?.rule;
      const problems = [...(entry?.problems ?? [])];
      if (rule !== undefined) problems.push(...this.unstorable(rule, text));
      if (rule !== undefined && problems.length === 0)
        checked.rules.push({ path, rule, content: contentOf(rule, text) });
      else
        checked.refused.push({
          path,
          rule: entry?.ruleId ?? '',
          title: entry?.title ?? '',
          problems: (problems.length > 0
            ? problems
            : [{ line: 1, column: 1, message: '“action” joins documents; write each rule in full' }]
          ).map((problem) => ({ ...problem, line: problem.line + linesBefore })),
        });
    }
    const empty = files.filter(({ path }) => !documents.some((document) => document.path === path));
    for (const { path } of empty)
      checked.refused.push({
        path,
        rule: '',
        title: '',
        problems: [{ line: 1, column: 1, message: 'the file holds no rule' }],
      });
    return checked;
  }

  /** All rules of a text. @throws ValidationError with line and column of what can't be used */
  async strictly(tenantId: string, yaml: string, replaced?: string): Promise<CheckedRule[]> {
    const { rules, refused } = await this.check(tenantId, [{ path: '', text: yaml }], replaced);
    if (refused.length > 0)
      throw new ValidationError(
        problemsOf(refused).map(({ line, column, message }) => ({
          path: 'body.yaml',
          line,
          column,
          message,
        })),
        'The rules can’t be used; see `errors`.',
      );
    return rules;
  }

  private unstorable(rule: SigmaRule, text: string): { line: number; column: number; message: string }[] {
    const say = (message: string) => [{ ...rule.at, message }];
    if (text.length > LONGEST_RULE) return say(`the rule is longer than ${LONGEST_RULE} characters`);
    if (text.includes('\0')) return say('the rule has a null character');
    if ((rule.id ?? '').length > LONGEST_ID) return say(`the id is longer than ${LONGEST_ID} characters`);
    if ((rule.name ?? '').length > LONGEST_NAME)
      return say(`the name is longer than ${LONGEST_NAME} characters`);
    const taken = this.managed.byId.get(rule.id?.toLowerCase() ?? '');
    return taken === undefined ? [] : say(`this is the id of the managed rule “${taken.rule.title}”`);
  }
}

export function problemsOf(refused: readonly RefusedRule[]): RuleProblem[] {
  return refused
    .flatMap(({ path, rule, title, problems }) =>
      problems.map((problem) => ({ path, rule: rule === '' ? title : rule, ...problem })),
    )
    .slice(0, MOST_PROBLEMS_TOLD);
}

function contentOf(rule: SigmaRule, yaml: string): CheckedRule['content'] {
  const source = rule.kind === 'correlation' ? undefined : rule.logSource;
  return {
    sigmaId: rule.id === undefined || rule.id === '' ? null : rule.id,
    name: rule.name ?? null,
    title: rule.title,
    kind: rule.kind,
    level: rule.level ?? null,
    status: rule.status ?? null,
    description: rule.description ?? null,
    tags: [...rule.tags],
    logSource: {
      category: source?.category ?? null,
      product: source?.product ?? null,
      service: source?.service ?? null,
    },
    yaml,
  };
}
