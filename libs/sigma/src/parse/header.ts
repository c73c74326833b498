import { LEVELS, STATUSES } from '../ast.js';
import type { LogSource, RuleHeader } from '../ast.js';
import { describe, entryOf } from '../yaml/node.js';
import type { MapNode, YamlNode } from '../yaml/node.js';
import type { Position } from '../problem.js';
import type { ParseContext } from './context.js';

const MAX_TITLE = 256;

/** What every document says about itself. Problems go to the context. */
export function parseHeader(node: MapNode, at: Position, context: ParseContext): RuleHeader {
  const text = (key: string): string | undefined => {
    const entry = entryOf(node, key);
    if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null))
      return undefined;
    if (entry.value.kind === 'scalar') return entry.value.source;
    context.problems.add(entry.value, `“${key}” must be text, not ${describe(entry.value)}`);
    return undefined;
  };
  const oneOf = <T extends string>(key: string, allowed: readonly T[]): T | undefined => {
    const value = text(key);
    const found = allowed.find((one) => one === value);
    const entry = entryOf(node, key);
    if (value !== undefined && found === undefined && entry !== undefined)
      context.problems.add(entry.value, `“${value}” is no ${key}; use ${allowed.join(', ')}`);
    return found;
  };
  const title = text('title');
  if (title === undefined || title.trim() === '')
    context.problems.add(entryOf(node, 'title')?.keyAt ?? at, 'the title is missing');
  else if (title.length > MAX_TITLE)
    context.problems.add(
      entryOf(node, 'title')?.value ?? at,
      `the title is longer than ${MAX_TITLE} characters`,
    );
  const id = text('id');
  const name = text('name');
  return {
    title: title ?? '',
    ruleId: id ?? name ?? title ?? '',
    id,
    name,
    status: oneOf('status', STATUSES),
    level: oneOf('level', LEVELS),
    description: text('description'),
    author: text('author'),
    tags: texts(node, 'tags').map((tag) => tag.toLowerCase()),
    references: texts(node, 'references'),
    falsePositives: texts(node, 'falsepositives'),
    fields: texts(node, 'fields'),
    at,
  };
}

/** A string or a list of them; what is neither is left out, for these fields inform people only. */
function texts(node: MapNode, key: string): string[] {
  const value = entryOf(node, key)?.value;
  if (value === undefined) return [];
  const nodes = value.kind === 'list' ? value.items : [value];
  return nodes.flatMap((one) => (one.kind === 'scalar' && one.value !== null ? [one.source] : []));
}

export function parseLogSource(
  node: YamlNode | undefined,
  at: Position,
  context: ParseContext,
): LogSource | undefined {
  if (node === undefined) {
    context.problems.add(at, 'the log source is missing');
    return undefined;
  }
  if (node.kind !== 'map') {
    context.problems.add(node, `the log source must be a map, not ${describe(node)}`);
    return undefined;
  }
  const part = (key: string): string | undefined => {
    const entry = entryOf(node, key);
    if (entry === undefined) return undefined;
    if (entry.value.kind === 'scalar' && entry.value.value !== null && entry.value.source !== '')
      return entry.value.source.toLowerCase();
    context.problems.add(entry.value, `“${key}” of the log source must be text`);
    return undefined;
  };
  const source = { category: part('category'), product: part('product'), service: part('service') };
  if (Object.values(source).every((value) => value === undefined))
    context.problems.add(node, 'the log source names no category, product or service');
  return source;
}
