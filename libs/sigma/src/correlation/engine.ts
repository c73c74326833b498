import type { CorrelationRule, DetectionRule, SigmaRule } from '../ast.js';
import type { FlatEvent } from '../match/flatten.js';
import { fieldNames } from '../taxonomy/fields.js';
import { formatCarry, parseCarry } from './carry.js';
import { fieldTexts, groupsOf } from './groups.js';
import type { Completion, CorrelationOp, CorrelationSpec, CorrelationStore, Observation } from './store.js';

/** An event that a detection rule found. */
export interface Sighting {
  rule: DetectionRule;
  /** Flat, as `flattenEvent` makes it. */
  event: FlatEvent;
  /** Id of the event. */
  id: string;
  /** The event's own time, epoch ms. */
  time: number;
}

/** A correlation holds at this event. */
export interface CorrelationMatch {
  rule: CorrelationRule;
  /** The group-by fields (or aliases) and their values; empty without group-by. */
  group: Readonly<Record<string, string>>;
  /** The event whose window fulfils the condition. */
  eventId: string;
  time: number;
}

export interface CorrelationAnswer {
  /** By correlation, then group, then time. Repeats what earlier calls said about events that they name again. */
  matches: CorrelationMatch[];
  /** Observations that were let go because a group held too many. */
  forgotten: number;
}

type Referable = DetectionRule | CorrelationRule;

/** Where a correlation's events come from. */
interface Feed {
  source: number;
  from: Referable;
  /** Field of that rule's events by group-by name. */
  groupFields: readonly string[];
}

interface Node {
  rule: CorrelationRule;
  spec: CorrelationSpec;
  feeds: readonly Feed[];
  /** Fields of the completing event that correlations above need. */
  carried: ReadonlySet<string>;
  depth: number;
}

/**
 * Runs correlations over what detection rules found. All state is in the store, and the answers depend on the events' own times only: neither the
 * order of arrival nor the cut of the batches matters. Tenants never meet.
 */
export class CorrelationEngine {
  /** Rules that are there for correlations only (`generate: false`): their own matches are not to be reported. */
  readonly silent: ReadonlySet<Referable>;
  /** Rules that a correlation waits for. */
  readonly watched: ReadonlySet<Referable>;
  /** By depth, the lowest first. */
  readonly #levels: readonly (readonly Node[])[];

  /** `rules`: loaded together, so that every reference is known to resolve. */
  constructor(
    rules: readonly SigmaRule[],
    private readonly store: CorrelationStore,
  ) {
    const nodes = buildNodes(rules);
    this.silent = new Set(
      nodes.flatMap(({ rule, feeds }) => (rule.generate ? [] : feeds.map(({ from }) => from))),
    );
    this.watched = new Set(nodes.flatMap(({ feeds }) => feeds.map(({ from }) => from)));
    const deepest = Math.max(0, ...nodes.map(({ depth }) => depth));
    this.#levels = Array.from({ length: deepest }, (_, level) =>
      nodes.filter(({ depth }) => depth === level + 1),
    );
  }

  /** One round trip to the store for each level of correlations on correlations. */
  async apply(tenantId: string, sightings: readonly Sighting[]): Promise<CorrelationAnswer> {
    const seen = new Map<Referable, Seen[]>();
    for (const { rule, event, id, time } of sightings)
      if (this.watched.has(rule))
        push(seen, rule, { id, time, read: (field) => lookUp(event, fieldNames(field, rule.logSource)) });
    const answer: CorrelationAnswer = { matches: [], forgotten: 0 };
    for (const level of this.#levels) {
      const ops = level.flatMap((node) => opsOf(node, seen));
      if (ops.length === 0) continue;
      const results = await this.store.apply(
        tenantId,
        ops.map(({ op }) => op),
      );
      results.forEach(({ completions, forgotten }, index) => {
        const from = ops[index];
        answer.forgotten += forgotten;
        if (from === undefined) return;
        for (const completion of completions) {
          if (!this.silent.has(from.node.rule))
            answer.matches.push({
              rule: from.node.rule,
              group: from.group,
              eventId: completion.id,
              time: completion.time,
            });
          push(seen, from.node.rule, seenAgain(completion));
        }
      });
    }
    return answer;
  }
}

/** What a correlation sees of an event: an event itself, or the one that completed a correlation below. */
interface Seen {
  id: string;
  time: number;
  read(field: string): unknown;
}

function seenAgain({ id, time, carry }: Completion): Seen {
  const fields = parseCarry(carry);
  return { id, time, read: (field) => fields.get(field) };
}

function lookUp(event: FlatEvent, names: readonly string[]): unknown {
  for (const name of names) if (event[name] !== undefined) return event[name];
  return undefined;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

interface PlannedOp {
  node: Node;
  group: Readonly<Record<string, string>>;
  op: CorrelationOp;
}

/** One op for each group. An event without a value for a group-by field belongs to no group. */
function opsOf(node: Node, seen: ReadonlyMap<Referable, readonly Seen[]>): PlannedOp[] {
  const { rule, spec, feeds } = node;
  const groups = new Map<string, { group: Readonly<Record<string, string>>; observations: Observation[] }>();
  for (const { source, from, groupFields } of feeds) {
    for (const one of seen.get(from) ?? []) {
      const values = observedValues(rule, one);
      if (values.length === 0) continue;
      const carry = carryOf(node, one);
      for (const texts of groupsOf(groupFields.map((field) => fieldTexts(one.read(field))))) {
        const key = JSON.stringify(texts);
        let entry = groups.get(key);
        if (entry === undefined) {
          const group = Object.fromEntries(rule.groupBy.map((name, index) => [name, texts[index] ?? '']));
          groups.set(key, (entry = { group, observations: [] }));
        }
        // A list of values is as many observations of one event.
        for (const value of values)
          entry.observations.push({ id: one.id, time: one.time, source, value, carry });
      }
    }
  }
  return Array.from(groups, ([group, entry]) => ({
    node,
    group: entry.group,
    op: { rule: rule.ruleId, group, spec, observations: entry.observations },
  }));
}

const NUMERIC = new Set([
  'value_sum',
  'value_avg',
  'value_min',
  'value_max',
  'value_median',
  'value_percentile',
]);

/** What counts of an event: its values, or one empty text for types that look at no value. Nothing when the value is absent or no number. */
function observedValues({ type, valueFields }: CorrelationRule, one: Seen): string[] {
  if (valueFields.length === 0) return [''];
  const lists = valueFields.map((field) => fieldTexts(one.read(field)));
  if (NUMERIC.has(type))
    return (lists[0] ?? []).filter((text) => text.trim() !== '' && Number.isFinite(Number(text)));
  return groupsOf(lists).map((texts) => (texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts)));
}

function carryOf({ carried }: Node, one: Seen): string {
  if (carried.size === 0) return '';
  return formatCarry([...carried].map((field) => [field, fieldTexts(one.read(field))]));
}

function buildNodes(rules: readonly SigmaRule[]): Node[] {
  const byName = new Map<string, Referable>();
  for (const rule of rules) {
    if (rule.kind === 'filter') continue;
    for (const name of [rule.id, rule.name])
      if (name !== undefined && !byName.has(name)) byName.set(name, rule);
  }
  const correlations = rules.filter((rule) => rule.kind === 'correlation');
  const carried = new Map(correlations.map((rule) => [rule, new Set<string>()]));
  const depths = new Map<Referable, number>();
  const depthOf = (rule: Referable): number => {
    if (rule.kind === 'detection') return 0;
    const known = depths.get(rule);
    if (known !== undefined) return known;
    const below = rule.rules.map(({ reference }) => byName.get(reference)).filter((one) => one !== undefined);
    const depth = 1 + Math.max(0, ...below.map(depthOf));
    depths.set(rule, depth);
    return depth;
  };
  const nodes = correlations.map((rule): Node => {
    const feeds = rule.rules.flatMap(({ reference }, source): Feed[] => {
      const from = byName.get(reference);
      if (from === undefined) return [];
      return [
        {
          source,
          from,
          groupFields: rule.groupBy.map((name) => rule.aliases.get(name)?.get(reference) ?? name),
        },
      ];
    });
    const { type, timespanMs: windowMs, limits, percentile } = rule;
    const spec = { type, windowMs, limits, percentile, rules: rule.rules.length };
    return { rule, spec, feeds, carried: carried.get(rule) ?? new Set(), depth: depthOf(rule) };
  });
  // From the top down: what a correlation needs of an event, those below must carry, and so on.
  for (const { rule, feeds } of [...nodes].sort((a, b) => b.depth - a.depth)) {
    for (const { from, groupFields } of feeds) {
      const needs = from.kind === 'correlation' ? carried.get(from) : undefined;
      for (const field of [...groupFields, ...rule.valueFields, ...(carried.get(rule) ?? [])])
        needs?.add(field);
    }
  }
  return nodes;
}
