import type { Rule } from '@parapet/contracts';
import {
  alertsAt,
  defaultChoice,
  LEVEL_UNSAID,
  techniquesOf,
  type ManagedRule,
  type RuleChoice,
} from '@parapet/detection';
import type { SigmaRule } from '@parapet/sigma';
import type { RuleHealth, RuleRow } from './rules.repository.js';

const UNSEEN: RuleHealth = {
  lastMatchAt: null,
  matches24h: 0,
  matches7d: 0,
  errors7d: 0,
  lastError: null,
  microseconds: null,
};

/** What is known of a tenant's rules beside the rules. */
export interface RuleSurroundings {
  choices: ReadonlyMap<string, RuleChoice>;
  health: ReadonlyMap<string, RuleHealth>;
  /** Whether a rule is there for correlations only. */
  isSilent: (names: readonly (string | null)[]) => boolean;
}

export function viewOfRow(row: RuleRow, around: RuleSurroundings): Rule {
  const choice = around.choices.get(row.id) ?? defaultChoice({ tags: [] });
  const { updatedAt, level, ...rest } = row;
  return { ...rest, ...common(row, level, choice, around, [row.sigmaId, row.name]), updatedAt };
}

export function viewOfManaged({ id, rule }: ManagedRule, silent: boolean, around: RuleSurroundings): Rule {
  const choice = around.choices.get(id) ?? defaultChoice(rule);
  const source = rule.kind === 'correlation' ? undefined : rule.logSource;
  const tags = [...rule.tags];
  const shown = common({ id, kind: rule.kind, tags }, rule.level ?? null, choice, around, []);
  return {
    ...shown,
    id,
    sigmaId: id,
    name: rule.name ?? null,
    title: rule.title,
    description: rule.description ?? null,
    kind: rule.kind,
    origin: 'managed',
    status: rule.status ?? null,
    tags,
    logSource: {
      category: source?.category ?? null,
      product: source?.product ?? null,
      service: source?.service ?? null,
    },
    alerts: shown.alerts && !silent,
    version: 1,
    updatedAt: null,
  };
}

function common(
  { id, kind, tags }: { id: string; kind: SigmaRule['kind']; tags: readonly string[] },
  written: Rule['level'],
  { enabled, level, threshold, timespanSeconds }: Readonly<RuleChoice>,
  { health, isSilent }: RuleSurroundings,
  names: readonly (string | null)[],
) {
  const inForce = level ?? written;
  return {
    level: inForce,
    techniques: techniquesOf(tags),
    enabled,
    alerts: kind !== 'filter' && alertsAt(inForce ?? LEVEL_UNSAID) && !isSilent(names),
    overrides: { level, threshold, timespanSeconds },
    health: health.get(id) ?? UNSEEN,
  };
}
