import type { Condition, DetectionRule, FilterRule, LogSource, SigmaRule } from '../ast.js';
import { accepts, factsOf, isIdentified, isKnown } from '../taxonomy/facts.js';
import type { Origin } from '../taxonomy/facts.js';
import { originKey, originOf } from '../taxonomy/origin.js';
import { EventView, Slots } from './event-view.js';
import { flattenEvent } from './flatten.js';
import type { FlatEvent } from './flatten.js';
import { Candidates, Plan } from './plan.js';
import { compileDetection } from './predicate.js';
import type { Compiled } from './predicate.js';

/** How many kinds of event are remembered; what an event calls itself is the sender's choice. */
const MAX_ORIGINS = 4096;
const MAX_CHANNELS = 256;

/**
 * Detection rules, compiled once, matched against one event after another. Filters among the rules are applied to those that they name;
 * correlations are left to the CorrelationEngine.
 *
 * An event goes to the rules of its log source. One that tells nothing of its origin (no Windows channel, no `event.module`, `event.dataset`,
 * `event.category`) is tried on every rule, but for those of a known log source that say only what must not be there.
 */
export class RuleSet {
  /** In the order given; `match` reports positions in this list. */
  readonly rules: readonly DetectionRule[];
  readonly #compiled: readonly Compiled[];
  readonly #view: EventView;
  readonly #candidates: Candidates;
  readonly #byOrigin = new Map<string, Plan>();
  readonly #byChannel = new Map<string, Map<number, Plan>>();
  readonly #byRules = new Map<string, Plan>();
  #everything: Plan | undefined;

  constructor(rules: readonly SigmaRule[]) {
    this.rules = rules.filter((rule) => rule.kind === 'detection');
    const filters = rules.filter((rule) => rule.kind === 'filter');
    const slots = new Slots();
    this.#compiled = this.rules.map((rule) => compileRule(rule, filters, slots));
    this.#view = new EventView(slots);
    this.#candidates = new Candidates(this.rules.length);
  }

  /** The rules that match, in their order. `event`: nested objects or dotted names; nothing of it is kept. */
  match(event: Readonly<Record<string, unknown>>): readonly DetectionRule[] {
    const flat = flattenEvent(event);
    const plan = this.#planFor(flat);
    if (plan.rules.length === 0) return NONE;
    let found: number[] | undefined;
    this.#view.reset(flat);
    plan.run(this.#view, this.#candidates, (ordinal) => (found ??= []).push(ordinal));
    if (found === undefined) return NONE;
    return found.sort((a, b) => a - b).flatMap((ordinal) => this.rules[ordinal] ?? []);
  }

  #planFor(event: FlatEvent): Plan {
    const channel = event['Channel'];
    const eventId = event['EventID'];
    // Most Windows events come this way; it spares them the making of a key.
    if (typeof channel === 'string' && typeof eventId === 'number') {
      let plans = this.#byChannel.get(channel);
      if (plans === undefined) remember(this.#byChannel, channel, (plans = new Map()));
      let plan = plans.get(eventId);
      if (plan === undefined) remember(plans, eventId, (plan = this.#makePlan(originOf(event))));
      return plan;
    }
    const origin = originOf(event);
    const key = originKey(origin);
    let plan = this.#byOrigin.get(key);
    if (plan === undefined) remember(this.#byOrigin, key, (plan = this.#makePlan(origin)));
    return plan;
  }

  /** Origins that lead to the same rules share a plan. */
  #makePlan(origin: Origin): Plan {
    if (!isIdentified(origin)) return (this.#everything ??= this.#newPlan(this.#triedOnStrangers()));
    const facts = factsOf(origin);
    const ordinals = this.rules.flatMap(({ logSource }, ordinal) =>
      accepts(logSource, facts) ? [ordinal] : [],
    );
    const key = ordinals.join(',');
    let plan = this.#byRules.get(key);
    if (plan === undefined) this.#byRules.set(key, (plan = this.#newPlan(ordinals)));
    return plan;
  }

  #triedOnStrangers(): number[] {
    return this.rules.flatMap(({ logSource, detection }, ordinal) =>
      isKnown(logSource) && isNegation(detection.condition) ? [] : [ordinal],
    );
  }

  #newPlan(ordinals: readonly number[]): Plan {
    return new Plan(ordinals, this.#compiled);
  }
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (map.size >= (value instanceof Map ? MAX_CHANNELS : MAX_ORIGINS)) map.clear();
  map.set(key, value);
}

const NONE: readonly DetectionRule[] = [];

function compileRule(rule: DetectionRule, filters: readonly FilterRule[], slots: Slots): Compiled {
  const compiled = compileDetection(rule.detection, rule.logSource, slots);
  const applied = filters.filter((filter) => appliesTo(filter, rule));
  if (applied.length === 0) return compiled;
  const suppressed = applied.map((filter) => suppression(filter, rule.logSource, slots));
  const { test } = compiled;
  return { ...compiled, test: (view) => test(view) && !suppressed.some((suppresses) => suppresses(view)) };
}

/** A filter applies to the rules that it names, where their log source is (part of) its own. */
export function appliesTo({ rules, logSource }: FilterRule, rule: DetectionRule): boolean {
  const named = rules === 'any' || rules.some((name) => name === rule.id || name === rule.name);
  return named && within(rule.logSource, logSource);
}

function within(source: LogSource, wider: LogSource): boolean {
  return (
    (wider.category === undefined || wider.category === source.category) &&
    (wider.product === undefined || wider.product === source.product) &&
    (wider.service === undefined || wider.service === source.service)
  );
}

/**
 * Two conventions are about. The specification's example names what is to be suppressed (`condition: selection`, "to suppress matches of multiple rules");
 * pySigma joins the condition to the rule's with `and`, so its filters say `condition: not selection`. A condition made of negations is read as
 * the latter.
 */
function suppression({ detection }: FilterRule, source: LogSource, slots: Slots): Compiled['test'] {
  const { test } = compileDetection(detection, source, slots);
  return isNegation(detection.condition) ? (view) => !test(view) : test;
}

function isNegation(condition: Condition): boolean {
  if (condition.kind === 'not') return true;
  return condition.kind === 'and' && condition.parts.every(isNegation);
}
