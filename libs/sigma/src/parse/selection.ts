import type { DetectionItem, Selection, Value } from '../ast.js';
import { MODIFIERS, textOf } from '../modifiers/index.js';
import type { Draft, ItemDraft } from '../modifiers/index.js';
import { RuleError } from '../problem.js';
import { compileRegex } from '../values/regex.js';
import { describe } from '../yaml/node.js';
import type { MapEntry, ScalarNode, YamlNode } from '../yaml/node.js';
import type { ParseContext } from './context.js';

/**
 * The content of a search identifier (sigma-rules-specification 2.1.0, Lists and Maps): a map joins its items with and, a list joins maps,
 * keywords and further lists with or. Undefined when something is wrong; then the context has the problems.
 */
export function parseSelection(node: YamlNode, context: ParseContext): Selection | undefined {
  if (node.kind === 'map') {
    if (node.entries.length === 0) context.problems.add(node, 'an empty map matches nothing');
    return join(
      'and',
      node.entries.map((entry) => parseItem(entry, context)),
    );
  }
  if (node.kind === 'scalar') return keywords([node], context);
  if (node.items.length === 0) context.problems.add(node, 'an empty list matches nothing');
  const words = node.items.filter((item) => item.kind === 'scalar');
  const others = node.items
    .filter((item) => item.kind !== 'scalar')
    .map((item) => parseSelection(item, context));
  return join('or', words.length === 0 ? others : [keywords(words, context), ...others]);
}

function join(kind: 'and' | 'or', parts: readonly (Selection | undefined)[]): Selection | undefined {
  const good = parts.filter((part) => part !== undefined);
  if (good.length < parts.length || good.length === 0) return undefined;
  const [only] = good;
  return good.length === 1 ? only : { kind, parts: good };
}

function keywords(nodes: readonly ScalarNode[], context: ParseContext): DetectionItem | undefined {
  const empty = nodes.find((node) => node.value === null || node.value === '');
  if (empty !== undefined) context.problems.add(empty, 'a keyword must not be empty');
  return buildItem(undefined, [], nodes, nodes[0] ?? { line: 1, column: 1 }, context);
}

function parseItem({ key, keyAt, value }: MapEntry, context: ParseContext): Selection | undefined {
  const [field = '', ...modifiers] = key.split('|');
  if (modifiers.length > 12) {
    context.problems.add(keyAt, 'a field takes at most 12 modifiers');
    return undefined;
  }
  if (field === '' && modifiers.length === 0) {
    context.problems.add(keyAt, 'the name of the field is missing');
    return undefined;
  }
  const nodes = value.kind === 'list' ? value.items : [value];
  const scalars = nodes.filter((node) => node.kind === 'scalar');
  const wrong = nodes.find((node) => node.kind !== 'scalar');
  if (wrong !== undefined) {
    context.problems.add(
      wrong,
      `the value of “${key}” must be a string, a number or a list of them, not ${describe(wrong)}`,
    );
    return undefined;
  }
  if (nodes.length === 0) {
    context.problems.add(value, `“${key}” has an empty list of values`);
    return undefined;
  }
  return buildItem(field === '' ? undefined : field, modifiers, scalars, keyAt, context);
}

function buildItem(
  field: string | undefined,
  modifiers: readonly string[],
  nodes: readonly ScalarNode[],
  keyAt: { line: number; column: number },
  context: ParseContext,
): DetectionItem | undefined {
  const before = context.problems.list.length;
  const item: ItemDraft = { field, values: [], link: 'any', negated: false, cased: false };
  const drafts = nodes.map((node): ItemDraft => ({ ...item, values: [draftOf(node)] }));
  for (const name of modifiers) {
    const modifier = MODIFIERS.get(name);
    if (modifier === undefined) {
      context.problems.add(keyAt, `there is no modifier “${name}”`);
      return undefined;
    }
    // One value at a time, so that a problem stands where the value does.
    drafts.forEach((draft, index) => {
      if (
        draft.values.some((value) => value.kind === 'null') &&
        modifier.name !== 'all' &&
        modifier.name !== 'neq'
      ) {
        context.problems.add(nodes[index] ?? keyAt, `“${name}” can't be applied to null`);
        draft.values = [];
      } else if (
        context.guard(nodes[index] ?? keyAt, () => (modifier.apply(draft, context), true)) === undefined
      )
        draft.values = [];
    });
    if (context.problems.list.length > before) return undefined;
  }
  const shared = drafts[0] ?? item;
  const values = drafts.flatMap((draft, index) =>
    draft.values.map((value) => context.guard(nodes[index] ?? keyAt, () => finish(value, shared, context))),
  );
  const good = values.filter((value) => value !== undefined);
  if (context.problems.list.length > before) return undefined;
  return { kind: 'item', field, values: good, link: shared.link, negated: shared.negated };
}

function draftOf(node: ScalarNode): Draft {
  if (node.value === null) return { kind: 'null' };
  // As written: 0x10 or 007 would otherwise be another text than the log's. Numbers compare as text, in their shortest form.
  if (typeof node.value === 'number')
    return { kind: 'scalar', value: numberAsWritten(node.source, node.value) };
  return { kind: 'scalar', value: node.value };
}

function numberAsWritten(source: string, value: number): number | string {
  return Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(source) ? value : source;
}

function finish(value: Draft, item: ItemDraft, context: ParseContext): Value {
  if (value.kind === 'either')
    return { kind: 'either', values: value.values.map((one) => finish(one, item, context)) };
  if (item.field === undefined && !['scalar', 'bytes', 'text', 'regex'].includes(value.kind))
    throw new RuleError('this modifier needs a field');
  if (value.kind === 'scalar' || value.kind === 'bytes' || value.kind === 'text')
    return { kind: 'text', pattern: textOf(value) ?? [], cased: item.cased };
  if (value.kind === 'fieldref') return { ...value, cased: item.cased };
  if (value.kind === 'regex') compileRegex(value.source, value.flags, context.limits.patternInstructions);
  return value;
}
