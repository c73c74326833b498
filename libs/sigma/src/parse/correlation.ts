import { CORRELATION_TYPES } from '../ast.js';
import type { CorrelationLimit, CorrelationRule, CorrelationType, RuleHeader } from '../ast.js';
import { describe, entryOf } from '../yaml/node.js';
import type { MapNode, YamlNode } from '../yaml/node.js';
import type { ParseContext } from './context.js';

const SECOND = 1000;
const UNITS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: 86_400 * SECOND,
  w: 604_800 * SECOND,
};
const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq'] as const;
const KNOWN_KEYS = new Set(['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate']);
const MAX_RULES = 50;
const MAX_GROUP_FIELDS = 10;

const isTemporal = (type: CorrelationType) => type === 'temporal' || type === 'temporal_ordered';
const isValue = (type: CorrelationType) => !isTemporal(type) && type !== 'event_count';

/** The `correlation` section (sigma-correlation-rules-specification 2.1.0). References are resolved later, over the whole collection. */
export function parseCorrelation(
  header: RuleHeader,
  node: YamlNode,
  context: ParseContext,
  generateOutside: YamlNode | undefined,
): CorrelationRule | undefined {
  if (node.kind !== 'map') {
    context.problems.add(node, `“correlation” must be a map, not ${describe(node)}`);
    return undefined;
  }
  for (const { key, keyAt } of node.entries)
    if (!KNOWN_KEYS.has(key)) context.problems.add(keyAt, `“correlation” has no “${key}”`);
  const type = readType(node, context);
  const rules = strings(node, 'rules', context).map(({ source, line, column }) => ({
    reference: source,
    at: { line, column },
  }));
  if (rules.length === 0)
    context.problems.add(entryOf(node, 'rules')?.keyAt ?? node, 'the correlation names no rules');
  if (rules.length > MAX_RULES)
    context.problems.add(node, `the correlation names more than ${MAX_RULES} rules`);
  const groupBy = strings(node, 'group-by', context).map(({ source }) => source);
  if (groupBy.length > MAX_GROUP_FIELDS)
    context.problems.add(node, `the correlation groups by more than ${MAX_GROUP_FIELDS} fields`);
  const timespanMs = readTimespan(node, context);
  const condition = type && readCondition(node, type, rules.length, context);
  const generate = readFlag(entryOf(node, 'generate')?.value ?? generateOutside, context);
  const aliases = readAliases(node, context);
  if (type === undefined || timespanMs === undefined || condition === undefined) return undefined;
  return {
    ...header,
    kind: 'correlation',
    type,
    rules,
    groupBy,
    timespanMs,
    ...condition,
    aliases,
    generate,
  };
}

function readType(node: MapNode, context: ParseContext): CorrelationType | undefined {
  const entry = entryOf(node, 'type');
  const value = entry?.value.kind === 'scalar' ? entry.value.source : undefined;
  const type = CORRELATION_TYPES.find((one) => one === value);
  if (type === undefined)
    context.problems.add(
      entry?.value ?? node,
      value === undefined
        ? 'the type of the correlation is missing'
        : `“${value}” is no correlation type; use ${CORRELATION_TYPES.join(', ')}`,
    );
  return type;
}

/** Whole seconds, minutes, hours, days or weeks. Months and years are no fixed time. */
function readTimespan(node: MapNode, context: ParseContext): number | undefined {
  const entry = entryOf(node, 'timespan');
  const text = entry?.value.kind === 'scalar' ? entry.value.source : undefined;
  const found = /^(\d{1,7})([smhdw])$/.exec(text ?? '');
  const timespan = found === null ? 0 : Number(found[1]) * (UNITS[found[2] ?? ''] ?? 0);
  if (timespan > 0 && timespan <= context.limits.timespanMs) return timespan;
  const at = entry?.value ?? node;
  if (text === undefined) context.problems.add(at, 'the timespan of the correlation is missing');
  else if (timespan > 0)
    context.problems.add(
      at,
      `the timespan is longer than ${context.limits.timespanMs / (86_400 * SECOND)} days`,
    );
  else context.problems.add(at, `“${text}” is no timespan: a number with s, m, h, d or w, such as 90m`);
  return undefined;
}

interface ReadCondition {
  limits: CorrelationLimit[];
  valueFields: string[];
  percentile: number;
}

function readCondition(
  node: MapNode,
  type: CorrelationType,
  rules: number,
  context: ParseContext,
): ReadCondition | undefined {
  const entry = entryOf(node, 'condition');
  if (entry === undefined && isTemporal(type))
    return { limits: [{ operator: 'gte', number: rules }], valueFields: [], percentile: 50 };
  if (entry === undefined || entry.value.kind !== 'map') {
    context.problems.add(
      entry?.value ?? node,
      entry === undefined
        ? `“${type}” needs a condition`
        : 'the condition of a correlation must be a map such as {gte: 5}; boolean expressions are not part of Sigma 2.1.0',
    );
    return undefined;
  }
  const map = entry.value;
  const before = context.problems.list.length;
  const limits: CorrelationLimit[] = [];
  let percentile = 50;
  for (const { key, keyAt, value } of map.entries) {
    const operator = OPERATORS.find((one) => one === key);
    const number = value.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined;
    if (operator !== undefined && number !== undefined && Number.isFinite(number))
      limits.push({ operator, number });
    else if (operator !== undefined) context.problems.add(value, `“${key}” needs a number`);
    else if (key === 'percentile' && type === 'value_percentile') {
      if (number === undefined || number < 0 || number > 100)
        context.problems.add(value, '“percentile” is from 0 to 100');
      else percentile = number;
    } else if (key !== 'field')
      context.problems.add(
        keyAt,
        `the condition of “${type}” has no “${key}”; use ${OPERATORS.join(', ')} and field`,
      );
  }
  const valueFields = strings(map, 'field', context).map(({ source }) => source);
  if (limits.length === 0) context.problems.add(map, `the condition needs one of ${OPERATORS.join(', ')}`);
  if (isValue(type) && valueFields.length === 0)
    context.problems.add(map, `“${type}” needs a field in its condition`);
  if (!isValue(type) && valueFields.length > 0)
    context.problems.add(map, `“${type}” takes no field in its condition`);
  if (isValue(type) && type !== 'value_count' && valueFields.length > 1)
    context.problems.add(map, `“${type}” takes one field`);
  if (!isValue(type) || type === 'value_count') checkCount(map, type, limits, rules, context);
  return context.problems.list.length > before ? undefined : { limits, valueFields, percentile };
}

/** A count that no number of events can reach, or that only an absence of events would, never fires: say so at load. */
function checkCount(
  at: MapNode,
  type: CorrelationType,
  limits: readonly CorrelationLimit[],
  rules: number,
  context: ParseContext,
): void {
  const most = isTemporal(type) ? rules : Number.MAX_SAFE_INTEGER;
  if (!limits.every(({ number }) => Number.isInteger(number))) {
    context.problems.add(at, 'a count is compared with whole numbers');
    return;
  }
  if (limits.some(({ number }) => number > context.limits.correlationCount)) {
    context.problems.add(at, `a count of more than ${context.limits.correlationCount} can't be waited for`);
    return;
  }
  let low = 1;
  let high = most;
  for (const { operator, number } of limits) {
    if (operator === 'gt' || operator === 'gte' || operator === 'eq')
      low = Math.max(low, operator === 'gt' ? number + 1 : number);
    if (operator === 'lt' || operator === 'lte' || operator === 'eq')
      high = Math.min(high, operator === 'lt' ? number - 1 : number);
  }
  if (low > high)
    context.problems.add(
      at,
      high < 1
        ? 'the condition asks for an absence of events, which no event can show'
        : `the condition can never hold${isTemporal(type) ? `: ${rules} rules are named` : ''}`,
    );
}

function readFlag(node: YamlNode | undefined, context: ParseContext): boolean {
  if (node === undefined) return false;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  context.problems.add(node, '“generate” must be true or false');
  return false;
}

function readAliases(node: MapNode, context: ParseContext): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  const section = entryOf(node, 'aliases')?.value;
  if (section === undefined) return aliases;
  if (section.kind !== 'map') {
    context.problems.add(section, `“aliases” must be a map, not ${describe(section)}`);
    return aliases;
  }
  for (const { key, value } of section.entries) {
    if (value.kind !== 'map') {
      context.problems.add(value, `the alias “${key}” must be a map of rule names to fields`);
      continue;
    }
    const fields = new Map<string, string>();
    for (const { key: rule, value: field } of value.entries) {
      if (field.kind === 'scalar' && typeof field.value === 'string') fields.set(rule, field.value);
      else context.problems.add(field, `the alias “${key}” needs the name of a field for “${rule}”`);
    }
    aliases.set(key, fields);
  }
  return aliases;
}

/** A string or a list of strings. */
function strings(node: MapNode, key: string, context: ParseContext) {
  const value = entryOf(node, key)?.value;
  if (value === undefined) return [];
  const nodes = value.kind === 'list' ? value.items : [value];
  return nodes.flatMap((one) => {
    if (one.kind === 'scalar' && one.value !== null && one.source !== '') return [one];
    context.problems.add(one, `“${key}” must be a string or a list of them`);
    return [];
  });
}
