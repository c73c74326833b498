import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { MOST_OWN_RULES, type endpoints, type ParsedOf, type RuleImport } from '@parapet/contracts';
import { ConflictError } from '@parapet/errors';
import { fieldNames, type SigmaRule } from '@parapet/sigma';
import { AuditService } from '../core/audit.service.js';
import type { Principal } from '../http/principal.js';
import { RuleChecker, type Checked, type CheckedRule } from './rule-checker.service.js';
import { RulesRepository } from './rules.repository.js';

/** Files read before other requests get their turn. */
const CHUNK = 50;
const MOST_REFUSALS_TOLD = 1000;
const MOST_FIELDS_TOLD = 500;

type Body = ParsedOf<typeof endpoints.importRules>['body'];

@Injectable()
export class RuleImportService {
  constructor(
    private readonly checker: RuleChecker,
    private readonly rules: RulesRepository,
    private readonly audit: AuditService,
  ) {}

  /** Stores what can be used and tells of the rest. A rule whose id is there already becomes its next version. @throws ConflictError */
  async import(caller: Principal, { files, enabled }: Body): Promise<RuleImport> {
    const { tenantId, email } = caller;
    const checked = await this.check(tenantId, files);
    const { rules, refused } = withoutDoubles(checked);
    const known = new Map((await this.rules.all(tenantId)).map((row) => [row.sigmaId, row]));
    const report: RuleImport = {
      loaded: 0,
      updated: 0,
      unchanged: 0,
      refused: refused.slice(0, MOST_REFUSALS_TOLD),
      unmapped: unmappedOf(rules),
    };
    const fresh = rules.filter(({ content }) => !known.has(content.sigmaId ?? ''));
    if (known.size + fresh.length > MOST_OWN_RULES)
      throw new ConflictError(`A tenant has at most ${MOST_OWN_RULES} rules; these would be more.`);
    await this.rules.within(tenantId, async (tx) => {
      const contents = fresh.map(({ content }) => content);
      await this.rules.create(tx, tenantId, contents, { origin: 'import', actor: email, enabled });
      report.loaded = fresh.length;
      for (const { content } of rules) {
        const row = known.get(content.sigmaId ?? '');
        if (row === undefined) continue;
        const stored = await tx.rule.findFirst({ where: { id: row.id }, select: { yaml: true } });
        if (stored?.yaml === content.yaml) {
          report.unchanged += 1;
          continue;
        }
        const next = { ...content, sigmaId: row.sigmaId };
        if (!(await this.rules.replace(tx, tenantId, row.id, row.version, next, email)))
          throw new ConflictError('Somebody changed these rules at the same time. Import again.');
        report.updated += 1;
      }
      const { loaded, updated, unchanged } = report;
      await this.audit.record(tx, caller, {
        action: 'rules.imported',
        details: { files: files.length, loaded, updated, unchanged, refused: refused.length },
      });
    });
    return report;
  }

  /** What refers to nothing is read in chunks; correlations and filters with all that they may mean. */
  private async check(tenantId: string, files: Body['files']): Promise<Checked> {
    const whole: Checked = { rules: [], refused: [], referenced: [] };
    const add = ({ rules, refused }: Checked) => {
      whole.rules.push(...rules);
      whole.refused.push(...refused);
    };
    const alone = files.filter(({ text }) => !text.includes('correlation'));
    for (let from = 0; from < alone.length; from += CHUNK) {
      add(await this.checker.check(tenantId, alone.slice(from, from + CHUNK)));
      await setImmediate();
    }
    const referring = files.filter(({ text }) => text.includes('correlation'));
    if (referring.length === 0) return whole;
    const names = referring.map(({ text }) => text);
    const meant = whole.rules.filter(({ rule }) =>
      [rule.id, rule.name].some((name) => name && names.some((text) => text.includes(name))),
    );
    const base = new Set(meant.map(({ path }) => path));
    const together = await this.checker.check(tenantId, [
      ...referring,
      ...alone.filter(({ path }) => base.has(path)),
    ]);
    add({
      ...together,
      rules: together.rules.filter(({ path }) => !base.has(path)),
      refused: together.refused.filter(({ path }) => !base.has(path)),
    });
    return whole;
  }
}

function withoutDoubles({ rules, refused }: Checked): Pick<Checked, 'rules' | 'refused'> {
  const seen = new Map<string, CheckedRule>();
  const doubles = rules.filter((one) => {
    const id = one.content.sigmaId;
    if (id === null) return false;
    const first = seen.get(id);
    if (first === undefined) seen.set(id, one);
    return first !== undefined;
  });
  return {
    rules: rules.filter((one) => !doubles.includes(one)),
    refused: [
      ...refused,
      ...doubles.map(({ path, rule }) => ({
        path,
        rule: rule.ruleId,
        title: rule.title,
        problems: [{ ...rule.at, message: 'another file of this import has the same id' }],
      })),
    ],
  };
}

/** Names without a dot for which there is no ECS field: events have them only where a decoder keeps the source's own names. */
function unmappedOf(rules: readonly CheckedRule[]): RuleImport['unmapped'] {
  const counts = new Map<string, number>();
  for (const { rule } of rules) {
    if (rule.kind === 'correlation') continue;
    const unmapped = fieldsOf(rule).filter(
      (field) => !field.includes('.') && fieldNames(field, rule.logSource).length === 1,
    );
    for (const field of new Set(unmapped)) counts.set(field, (counts.get(field) ?? 0) + 1);
  }
  return [...counts]
    .map(([field, count]) => ({ field, rules: count }))
    .sort((a, b) => b.rules - a.rules || (a.field < b.field ? -1 : 1))
    .slice(0, MOST_FIELDS_TOLD);
}

type Detecting = Exclude<SigmaRule, { kind: 'correlation' }>;
type Selection = Detecting['detection']['selections'] extends ReadonlyMap<string, infer S> ? S : never;

function fieldsOf({ detection }: Detecting): string[] {
  const walk = (selection: Selection): string[] =>
    selection.kind === 'item'
      ? selection.field === undefined
        ? []
        : [selection.field]
      : selection.parts.flatMap(walk);
  return [...detection.selections.values()].flatMap(walk);
}
