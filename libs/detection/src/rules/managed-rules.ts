import { CorrelationEngine, loadRules, MemoryCorrelationStore } from '@parapet/sigma';
import type { LoadedRule, RuleFile, SigmaRule } from '@parapet/sigma';
import { GuardedSet } from './guarded-set.js';
import type { Referable } from './references.js';

/** A rule of the managed pack. */
export interface ManagedRule extends Referable {
  /** Its Sigma id, a UUID in lower case. */
  id: string;
  rule: SigmaRule;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The managed pack: read and compiled once, shared by all tenants. */
export class ManagedRules {
  readonly rules: readonly ManagedRule[];
  /** What could not be loaded, with the reasons. */
  readonly refused: readonly LoadedRule[];
  readonly byId: ReadonlyMap<string, ManagedRule>;
  readonly set: GuardedSet;
  /** Rules that are there for correlations only; their own matches make no alerts. */
  readonly silent: ReadonlySet<SigmaRule>;

  constructor(files: readonly RuleFile[]) {
    const loaded = loadRules(files);
    for (const entry of loaded) {
      if (entry.rule !== undefined && !UUID.test(entry.rule.id?.toLowerCase() ?? ''))
        entry.problems.push({ ...entry.at, message: 'a managed rule needs an id, a UUID' });
    }
    this.refused = loaded.filter(({ problems }) => problems.length > 0);
    this.rules = loaded.flatMap((entry): ManagedRule[] => {
      const { rule } = entry;
      if (rule?.id === undefined || entry.problems.length > 0) return [];
      const id = rule.id.toLowerCase();
      return [
        {
          id,
          rule: { ...rule, ruleId: id },
          path: `managed:${id}`,
          text: textOf(entry, loaded, files),
          names: namesOf(rule),
        },
      ];
    });
    this.byId = new Map(this.rules.map((rule) => [rule.id, rule]));
    const rules = this.rules.map(({ rule }) => rule);
    this.set = new GuardedSet(rules);
    this.silent = new CorrelationEngine(rules, new MemoryCorrelationStore()).silent;
  }
}

export function namesOf({ id, name }: SigmaRule): string[] {
  return [id, name].filter((text) => text !== undefined && text !== '').map(String);
}

/** The lines of a document in its file. */
function textOf(entry: LoadedRule, loaded: readonly LoadedRule[], files: readonly RuleFile[]): string {
  const lines = files.find(({ path }) => path === entry.path)?.text.split(/\r?\n/) ?? [];
  const next = loaded.find(({ path, at }) => path === entry.path && at.line > entry.at.line);
  const text = lines.slice(entry.at.line - 1, next === undefined ? undefined : next.at.line - 1);
  while (text.length > 0 && /^(---.*|\s*|#.*)$/.test(text.at(-1) ?? '')) text.pop();
  return `${text.join('\n')}\n`;
}
