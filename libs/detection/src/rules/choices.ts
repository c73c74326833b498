import type { RuleOverrides } from '@parapet/contracts';
import type { CorrelationRule } from '@parapet/sigma';

/** What a tenant chose for a rule. */
export interface RuleChoice extends RuleOverrides {
  enabled: boolean;
}

export const NO_CHOICE: Readonly<RuleChoice> = {
  enabled: true,
  level: null,
  threshold: null,
  timespanSeconds: null,
};

const OFF: Readonly<RuleChoice> = { ...NO_CHOICE, enabled: false };

/** A managed rule that is off until a tenant switches it on: it repeats what a built-in detector sees, or needs a choice first. */
const OPT_IN = 'parapet.opt-in';

/** What holds for a rule when the tenant chose nothing. */
export function defaultChoice({ tags }: { tags: readonly string[] }): Readonly<RuleChoice> {
  return tags.includes(OPT_IN) ? OFF : NO_CHOICE;
}

/** The limit that an override of the threshold speaks of: the first lower bound, else the first. */
export function thresholdOf({ limits }: CorrelationRule): number | null {
  return (limits.find(isLowerBound) ?? limits[0])?.number ?? null;
}

/** The correlation with the tenant's threshold and timespan; the same object where there are none. */
export function withChoice(
  rule: CorrelationRule,
  { threshold, timespanSeconds }: Readonly<RuleChoice>,
): CorrelationRule {
  if (threshold === null && timespanSeconds === null) return rule;
  const changed = rule.limits.find(isLowerBound) ?? rule.limits[0];
  return {
    ...rule,
    timespanMs: timespanSeconds === null ? rule.timespanMs : timespanSeconds * 1000,
    limits:
      threshold === null
        ? rule.limits
        : rule.limits.map((limit) => (limit === changed ? { ...limit, number: threshold } : limit)),
  };
}

const isLowerBound = ({ operator }: CorrelationRule['limits'][number]) =>
  operator === 'gte' || operator === 'gt';

/** Whether any number fulfils all limits. */
export function canHold({ limits }: CorrelationRule): boolean {
  let low = -Infinity;
  let high = Infinity;
  for (const { operator, number } of limits) {
    if (operator === 'gte' || operator === 'eq') low = Math.max(low, number);
    if (operator === 'gt') low = Math.max(low, number + Number.EPSILON);
    if (operator === 'lte' || operator === 'eq') high = Math.min(high, number);
    if (operator === 'lt') high = Math.min(high, number - Number.EPSILON);
  }
  return low <= high;
}
