import type { FilterRule, RuleHeader, SigmaRule } from '../ast.js';
import type { Position } from '../problem.js';
import { describe, entryOf } from '../yaml/node.js';
import type { MapNode, YamlNode } from '../yaml/node.js';
import type { ParseContext } from './context.js';
import { parseCorrelation } from './correlation.js';
import { parseDetection } from './detection.js';
import { parseHeader, parseLogSource } from './header.js';

/** What a document calls itself, whether or not the rest of it could be read. */
export interface ParsedDocument {
  header: RuleHeader;
  /** Undefined when the context has problems. */
  rule: SigmaRule | undefined;
}

/** One YAML document as a rule, a correlation or a filter. Problems go to the context. */
export function parseDocument(node: MapNode, at: Position, context: ParseContext): ParsedDocument {
  const header = parseHeader(node, at, context);
  const rule = parseBody(node, header, context);
  return { header, rule: context.problems.list.length > 0 ? undefined : rule };
}

function parseBody(node: MapNode, header: RuleHeader, context: ParseContext): SigmaRule | undefined {
  const taxonomy = entryOf(node, 'taxonomy');
  if (taxonomy !== undefined && !(taxonomy.value.kind === 'scalar' && taxonomy.value.value === 'sigma'))
    context.problems.add(taxonomy.value, 'only the taxonomy “sigma” is known here');
  const kinds = ['detection', 'correlation', 'filter'].filter((key) => entryOf(node, key) !== undefined);
  if (kinds.length !== 1) {
    context.problems.add(
      header.at,
      kinds.length === 0
        ? 'this is no Sigma rule: it has neither “detection” nor “correlation” nor “filter”'
        : `a rule has one of ${kinds.join(', ')}, not several`,
    );
    return undefined;
  }
  const correlation = entryOf(node, 'correlation');
  if (correlation !== undefined)
    return parseCorrelation(header, correlation.value, context, entryOf(node, 'generate')?.value);
  const logSource = parseLogSource(entryOf(node, 'logsource')?.value, header.at, context);
  const filter = entryOf(node, 'filter');
  if (filter !== undefined) return parseFilter(header, logSource, filter.value, context);
  const section = entryOf(node, 'detection');
  if (section?.value.kind !== 'map') {
    context.problems.add(section?.value ?? header.at, '“detection” must be a map');
    return undefined;
  }
  const detection = parseDetection(section.value, section.keyAt, context);
  if (logSource === undefined || detection === undefined) return undefined;
  return { ...header, kind: 'detection', logSource, detection };
}

function parseFilter(
  header: RuleHeader,
  logSource: FilterRule['logSource'] | undefined,
  node: YamlNode,
  context: ParseContext,
): FilterRule | undefined {
  if (node.kind !== 'map') {
    context.problems.add(node, `“filter” must be a map, not ${describe(node)}`);
    return undefined;
  }
  const rules = readReferences(node, context);
  const detection = parseDetection(node, node, context, ['rules']);
  if (logSource === undefined || detection === undefined || rules === undefined) return undefined;
  return { ...header, kind: 'filter', logSource, rules, detection };
}

function readReferences(node: MapNode, context: ParseContext): readonly string[] | 'any' | undefined {
  const value = entryOf(node, 'rules')?.value;
  const nodes = value === undefined ? [] : value.kind === 'list' ? value.items : [value];
  const names = nodes.flatMap((one) => (one.kind === 'scalar' && one.value !== null ? [one.source] : []));
  if (names.length === nodes.length && names.length > 0)
    return value?.kind === 'scalar' && names[0] === 'any' ? 'any' : names;
  context.problems.add(value ?? node, '“rules” of a filter must name rules by id or name, or be “any”');
  return undefined;
}
