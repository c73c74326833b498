import type { Condition, Detection, Selection } from '../ast.js';
import type { Position } from '../problem.js';
import { describe, entryOf } from '../yaml/node.js';
import type { MapNode, ScalarNode, YamlNode } from '../yaml/node.js';
import { ConditionError, parseCondition } from './condition.js';
import type { ParseContext } from './context.js';
import { parseSelection } from './selection.js';

/** No search identifiers. `timeframe` belongs to the aggregations of Sigma 1; those are refused, and without one it says nothing. */
const NO_IDENTIFIERS = new Set(['condition', 'timeframe']);

/** The `detection` section of a rule, or the `filter` section of a filter (there `rules` is no identifier either). */
export function parseDetection(
  node: MapNode,
  at: Position,
  context: ParseContext,
  except: readonly string[] = [],
): Detection | undefined {
  const entries = node.entries.filter(({ key }) => !NO_IDENTIFIERS.has(key) && !except.includes(key));
  const selections = new Map<string, Selection>();
  let complete = true;
  for (const { key, value } of entries) {
    const selection = parseSelection(value, context);
    if (selection === undefined) complete = false;
    else selections.set(key, selection);
  }
  const names = new Set(entries.map(({ key }) => key));
  if (names.size === 0) {
    context.problems.add(at, 'there is no search identifier');
    return undefined;
  }
  const condition = parseConditions(entryOf(node, 'condition')?.value, at, names, context);
  return complete && condition !== undefined ? { selections, condition } : undefined;
}

function parseConditions(
  node: YamlNode | undefined,
  at: Position,
  names: ReadonlySet<string>,
  context: ParseContext,
): Condition | undefined {
  if (node === undefined) {
    context.problems.add(at, 'the condition is missing');
    return undefined;
  }
  const nodes = node.kind === 'list' ? node.items : [node];
  if (nodes.length === 0) context.problems.add(node, 'the condition is missing');
  const conditions = nodes.map((one) => {
    if (one.kind === 'scalar' && one.value !== null) return parseOne(one, names, context);
    context.problems.add(one, `a condition must be a string, not ${describe(one)}`);
    return undefined;
  });
  const good = conditions.filter((condition) => condition !== undefined);
  if (good.length < conditions.length || good.length === 0) return undefined;
  const [only] = good;
  return good.length === 1 ? only : { kind: 'or', parts: good };
}

function parseOne(
  node: ScalarNode,
  names: ReadonlySet<string>,
  context: ParseContext,
): Condition | undefined {
  try {
    return parseCondition(node.source, names, context.limits);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const column = node.textOffset === -1 ? node.column : node.column + node.textOffset + error.offset;
    context.problems.add({ line: node.line, column }, error.message);
    return undefined;
  }
}
