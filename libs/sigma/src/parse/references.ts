import type { CorrelationRule } from '../ast.js';
import { DEFAULT_LIMITS } from '../limits.js';
import type { ParseOptions } from './context.js';
import type { LoadedRule } from './load.js';

/**
 * Checks what only the whole collection can tell: ids that stand twice, and whether correlations refer to rules that exist, are whole, and
 * don't refer back. What fails loses its rule and gets a problem.
 */
export function checkReferences(loaded: readonly LoadedRule[], options: ParseOptions): void {
  refuseDoubleIds(loaded);
  const index = indexRules(loaded);
  const limit = (options.limits ?? DEFAULT_LIMITS).chainDepth;
  const checked = new Map<LoadedRule, number>();
  for (const entry of loaded) depthOf(entry, index, checked, limit);
}

function refuseDoubleIds(loaded: readonly LoadedRule[]): void {
  const seen = new Map<string, LoadedRule>();
  for (const entry of loaded) {
    const id = entry.rule?.id;
    if (id === undefined) continue;
    const first = seen.get(id);
    if (first === undefined) seen.set(id, entry);
    // The parts of a rule collection in one file share the id of its global part.
    else if (first.path !== entry.path)
      refuse(entry, entry.at, `the id ${id} is also that of “${first.title}” (${first.path})`);
  }
}

function refuse(entry: LoadedRule, at: { line: number; column: number }, message: string): void {
  entry.problems.push({ line: at.line, column: at.column, message });
  entry.rule = undefined;
}

/** Rules by id and by name, the refused ones too, so that the reason can be told. */
export function indexRules(loaded: readonly LoadedRule[]): ReadonlyMap<string, readonly LoadedRule[]> {
  const index = new Map<string, LoadedRule[]>();
  const add = (key: string | undefined, entry: LoadedRule) => {
    if (key === undefined || key === '') return;
    const list = index.get(key);
    if (list === undefined) index.set(key, [entry]);
    else if (!list.includes(entry)) list.push(entry);
  };
  for (const entry of loaded) {
    add(entry.rule?.id, entry);
    add(entry.rule?.name, entry);
    if (entry.rule === undefined) add(entry.ruleId, entry);
  }
  return index;
}

const PENDING = -1;

/** How many correlations stand on top of each other; 0 for a rule. */
function depthOf(
  entry: LoadedRule,
  index: ReadonlyMap<string, readonly LoadedRule[]>,
  checked: Map<LoadedRule, number>,
  limit: number,
): number {
  const known = checked.get(entry);
  if (known !== undefined) return known;
  const { rule } = entry;
  if (rule?.kind !== 'correlation') return 0;
  checked.set(entry, PENDING);
  let depth = 0;
  for (const { reference, at } of rule.rules) {
    const [target, ...others] = index.get(reference) ?? [];
    const problem = describeProblem(reference, target, others.length);
    if (problem !== undefined || target === undefined) {
      refuse(entry, at, problem ?? '');
      continue;
    }
    const below = depthOf(target, index, checked, limit);
    if (below === PENDING) refuse(entry, at, `“${reference}” refers back to this correlation`);
    else if (target.rule === undefined) refuse(entry, at, `the rule “${reference}” was refused`);
    else depth = Math.max(depth, below + 1);
  }
  if (depth > limit) refuse(entry, rule.at, `more than ${limit} correlations stand on top of each other`);
  checkAliases(entry, rule);
  checked.set(entry, depth);
  return depth;
}

function describeProblem(
  reference: string,
  target: LoadedRule | undefined,
  others: number,
): string | undefined {
  if (target === undefined) return `there is no rule with the id or name “${reference}”`;
  if (others > 0) return `“${reference}” is the name of ${others + 1} rules`;
  if (target.rule === undefined) return `the rule “${reference}” was refused`;
  return target.rule.kind === 'filter'
    ? `“${reference}” is a filter, which finds nothing by itself`
    : undefined;
}

/** An alias that names a rule which the correlation doesn't use is a misspelling that would split groups in silence. */
function checkAliases(entry: LoadedRule, rule: CorrelationRule): void {
  const used = new Set(rule.rules.map(({ reference }) => reference));
  for (const [alias, fields] of rule.aliases) {
    for (const name of fields.keys())
      if (!used.has(name))
        refuse(entry, rule.at, `the alias “${alias}” names “${name}”, which the correlation doesn't use`);
    for (const name of used)
      if (!fields.has(name)) refuse(entry, rule.at, `the alias “${alias}” has no field for “${name}”`);
  }
}
