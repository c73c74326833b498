import { CorrelationEngine, MemoryCorrelationStore } from '@parapet/sigma';
import type { CorrelationRule, DetectionRule, SigmaRule } from '@parapet/sigma';
import type { Severity } from '@parapet/contracts';
import type { Technique } from '../detectors/detector.js';
import { techniquesOf } from './attack.js';
import { defaultChoice, withChoice } from './choices.js';
import type { RuleChoice } from './choices.js';
import { GuardedSet } from './guarded-set.js';
import { alertsAt, confidenceOf, LEVEL_UNSAID, severityOfLevel } from './levels.js';
import type { ManagedRules } from './managed-rules.js';
import type { OwnRule } from './own-rules.js';

/** What an alert of a rule says. */
export interface RuleAlert {
  detector: string;
  title: string;
  description: string;
  severity: Severity;
  confidence: number;
  technique: Technique | null;
}

/** A rule that is on for a tenant. */
export interface ActiveRule<R extends DetectionRule | CorrelationRule = DetectionRule | CorrelationRule> {
  /** Under which it is counted: the id of the tenant's row, or the Sigma id of a managed rule. */
  id: string;
  rule: R;
  /** Null: matches are counted, no more. */
  alert: RuleAlert | null;
}

/** Rules that are matched together. */
export interface ActiveSet {
  set: GuardedSet;
  /** Those that are on; a match of another is nothing. */
  active: ReadonlyMap<DetectionRule, ActiveRule<DetectionRule>>;
  idOf(rule: DetectionRule): string | undefined;
}

/** Correlations that run together, with all they refer to. */
export interface ActiveCorrelations {
  /** The tenant's own keep a state of their own of a managed correlation that they refer to: they need other fields of its events. */
  scope: '' | 'own/';
  /** For CorrelationEngine. */
  rules: readonly SigmaRule[];
  watched: ReadonlySet<SigmaRule>;
  /** Correlations that refer to correlations. */
  chained: ReadonlySet<SigmaRule>;
  active: ReadonlyMap<CorrelationRule, ActiveRule<CorrelationRule>>;
}

/** All the Sigma rules that run on one tenant's events. Immutable, but for what GuardedSet takes out. */
export interface TenantRules {
  sets: readonly ActiveSet[];
  correlations: readonly ActiveCorrelations[];
}

export type RuleChoices = ReadonlyMap<string, RuleChoice>;

interface Identified {
  id: string;
  rule: SigmaRule;
}

/** The managed rules as a tenant has them that chose nothing. */
export function managedDefaults(managed: ManagedRules): TenantRules {
  return tenantRules(managed, [], new Map());
}

/** `now`: monotonic milliseconds, so that a slow rule of the tenant's can be found out. */
export function tenantRules(
  managed: ManagedRules,
  own: readonly OwnRule[],
  choices: RuleChoices,
  now?: () => number,
): TenantRules {
  const choiceOf = ({ id, rule }: Identified) => choices.get(id) ?? defaultChoice(rule);
  const isOn = (one: Identified) => choiceOf(one).enabled;
  const chosen = ({ id, rule }: Identified): Identified =>
    rule.kind === 'correlation' ? { id, rule: withChoice(rule, choiceOf({ id, rule })) } : { id, rule };

  const managedOn = managed.rules.filter(isOn).map(chosen);
  const correlations = [correlationsOf('', managedOn, [], choices, managed.silent)];

  const ownLoaded = own.flatMap(({ text, rule }): Identified[] => (rule ? [{ id: text.id, rule }] : []));
  // An id that the pack has got since is the pack's.
  const ownOn = ownLoaded.filter((one) => isOn(one) && !managed.byId.has(one.rule.ruleId)).map(chosen);
  // Managed rules that the tenant's filters speak of are matched with these filters, not with everybody's.
  const filtered = managedOn.filter(({ rule }) => ownOn.some((one) => filters(one.rule, rule)));
  const shared = managedOn.filter((one) => !filtered.includes(one));
  const sets = [setOf(managed.set, managed.rules, shared, choices, managed.silent)];
  if (ownOn.length > 0) {
    const rules = ownOn.map(({ rule }) => rule);
    const engine = new CorrelationEngine(
      [...rules, ...managed.rules.map(({ rule }) => rule)],
      new MemoryCorrelationStore(),
    );
    const together = [...ownOn, ...filtered];
    const pack = managed.rules.filter(({ rule }) => rule.kind === 'filter' && rule.rules !== 'any');
    const set = new GuardedSet(
      [...together, ...pack].map(({ rule }) => rule),
      now,
    );
    const isOwn = new Set<SigmaRule>(rules);
    const silent = new Set([...managed.silent, ...[...engine.silent].filter((rule) => isOwn.has(rule))]);
    sets.push(setOf(set, together, together, choices, silent));
    correlations.push(correlationsOf('own/', ownOn, managedOn, choices, silent));
  }
  return {
    sets: sets.filter(({ set }) => set.rules.length > 0),
    correlations: correlations.filter(({ active }) => active.size > 0),
  };
}

function filters(filter: SigmaRule, rule: SigmaRule): boolean {
  if (filter.kind !== 'filter' || rule.kind !== 'detection') return false;
  return filter.rules === 'any' || filter.rules.some((name) => name === rule.id || name === rule.name);
}

function setOf(
  set: GuardedSet,
  all: readonly Identified[],
  on: readonly Identified[],
  choices: RuleChoices,
  silent: ReadonlySet<SigmaRule>,
): ActiveSet {
  const active = new Map<DetectionRule, ActiveRule<DetectionRule>>();
  for (const { id, rule } of on)
    if (rule.kind === 'detection') active.set(rule, { id, rule, alert: alertOf(id, rule, choices, silent) });
  const ids = new Map<SigmaRule, string>(all.map(({ id, rule }) => [rule, id]));
  return { set, active, idOf: (rule) => ids.get(rule) };
}

/** `others` may be referred to; what they find is reported elsewhere. */
function correlationsOf(
  scope: ActiveCorrelations['scope'],
  on: readonly Identified[],
  others: readonly Identified[],
  choices: RuleChoices,
  silent: ReadonlySet<SigmaRule>,
): ActiveCorrelations {
  const active = new Map<CorrelationRule, ActiveRule<CorrelationRule>>();
  for (const { id, rule } of on)
    if (rule.kind === 'correlation')
      active.set(rule, { id, rule, alert: alertOf(id, rule, choices, silent) });
  const needed = needs(
    [...active.keys()],
    [...on, ...others].map(({ rule }) => rule),
  );
  const { watched } = new CorrelationEngine(needed, new MemoryCorrelationStore());
  const names = new Set(needed.flatMap((rule) => (rule.kind === 'correlation' ? [rule.id, rule.name] : [])));
  const chained = new Set<SigmaRule>(
    [...active.keys()].filter(({ rules }) => rules.some(({ reference }) => names.has(reference))),
  );
  return { scope, rules: needed, watched, chained, active };
}

/** The correlations and all that they refer to, directly or not. The first of a name is meant. */
function needs(correlations: readonly CorrelationRule[], among: readonly SigmaRule[]): SigmaRule[] {
  const byName = new Map<string, SigmaRule>();
  for (const rule of among)
    for (const name of [rule.id, rule.name])
      if (rule.kind !== 'filter' && name !== undefined && !byName.has(name)) byName.set(name, rule);
  const needed = new Set<SigmaRule>();
  const add = (rule: SigmaRule | undefined) => {
    if (rule === undefined || needed.has(rule)) return;
    needed.add(rule);
    if (rule.kind === 'correlation') for (const { reference } of rule.rules) add(byName.get(reference));
  };
  for (const rule of correlations) add(rule);
  return [...needed];
}

function alertOf(
  id: string,
  rule: DetectionRule | CorrelationRule,
  choices: RuleChoices,
  silent: ReadonlySet<SigmaRule>,
): RuleAlert | null {
  const level = choices.get(id)?.level ?? rule.level ?? LEVEL_UNSAID;
  if (!alertsAt(level) || silent.has(rule)) return null;
  return {
    detector: `rule:${rule.ruleId}`,
    title: rule.title,
    description: rule.description?.trim() ?? '',
    severity: severityOfLevel(level),
    confidence: confidenceOf(rule.status),
    technique: techniquesOf(rule.tags)[0] ?? null,
  };
}
