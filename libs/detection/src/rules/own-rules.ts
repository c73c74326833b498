import { loadRules, TENANT_LIMITS } from '@parapet/sigma';
import type { LoadedRule, Problem, SigmaRule } from '@parapet/sigma';
import { namesOf } from './managed-rules.js';
import type { ManagedRules } from './managed-rules.js';
import { loadWithReferences } from './references.js';
import type { Referable } from './references.js';

/** A rule that is a tenant's, as it is stored: one YAML document. */
export interface OwnRuleText {
  id: string;
  sigmaId: string;
  version: number;
  yaml: string;
}

export interface OwnRule {
  text: OwnRuleText;
  /** Undefined exactly when there are problems. */
  rule: SigmaRule | undefined;
  problems: readonly Problem[];
}

/** What was read of rules that refer to nothing, by row and version. */
export type OwnRuleCache = ReadonlyMap<string, OwnRule>;

/** Rules read before the process gets time for other work; about 20 ms. */
const CHUNK = 50;

/**
 * Reads a tenant's rules; what is the same as in `before` isn't read again. One bad rule never hides another. `pause` lets other work in between.
 */
export async function loadOwnRules(
  texts: readonly OwnRuleText[],
  managed: ManagedRules,
  before: OwnRuleCache,
  pause: () => Promise<void>,
): Promise<OwnRule[]> {
  const alone: OwnRule[] = [];
  const referring: OwnRuleText[] = [];
  let read = 0;
  for (const text of texts) {
    // A correlation has to be read with what it refers to.
    if (text.yaml.includes('correlation')) {
      referring.push(text);
      continue;
    }
    const known = before.get(text.id);
    if (known?.text.version === text.version && known.text.sigmaId === text.sigmaId) {
      alone.push(known);
      continue;
    }
    alone.push(ownRuleOf(text, loadRules([{ path: text.id, text: text.yaml }], { limits: TENANT_LIMITS })));
    read += 1;
    if (read % CHUNK === 0) await pause();
  }
  if (referring.length === 0) return alone;
  const files = referring.map(({ id, yaml }) => ({ path: id, text: yaml }));
  const others: Referable[] = [
    ...alone.flatMap(({ text, rule }) =>
      rule === undefined ? [] : [{ path: text.id, text: text.yaml, names: namesOf(rule) }],
    ),
    ...managed.rules,
  ];
  const loaded = loadWithReferences(files, others, { limits: TENANT_LIMITS });
  return [
    ...alone,
    ...referring.map((text) =>
      ownRuleOf(
        text,
        loaded.filter(({ path }) => path === text.id),
      ),
    ),
  ];
}

function ownRuleOf(text: OwnRuleText, loaded: readonly LoadedRule[]): OwnRule {
  const [entry, ...more] = loaded;
  const problems =
    entry !== undefined && more.length === 0
      ? entry.problems
      : [{ line: 1, column: 1, message: 'a stored rule is one YAML document' }];
  const rule = problems.length > 0 ? undefined : entry?.rule;
  return { text, rule: rule && { ...rule, ruleId: text.sigmaId }, problems };
}
