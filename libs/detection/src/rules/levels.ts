import type { RuleLevel, Severity } from '@parapet/contracts';

const SEVERITY: Readonly<Record<RuleLevel, Severity>> = {
  informational: 'info',
  low: 'low',
  medium: 'medium',
  high: 'high',
  critical: 'critical',
};

/** What a rule without a level counts as: whoever wrote it wants to see it. */
export const LEVEL_UNSAID: RuleLevel = 'medium';

export const severityOfLevel = (level: RuleLevel): Severity => SEVERITY[level];

/** Whether a match of this level makes an alert; of the others only the number is kept. */
export const alertsAt = (level: RuleLevel): boolean => level !== 'informational' && level !== 'low';

/** How sure a match is that it was an attack, 0–1, by the rule's status. */
export function confidenceOf(status: string | undefined): number {
  return CONFIDENCE[status ?? ''] ?? 0.8;
}

const CONFIDENCE: Readonly<Record<string, number>> = {
  stable: 0.9,
  test: 0.8,
  experimental: 0.7,
  deprecated: 0.5,
  unsupported: 0.5,
};
