import type { CompareOperator, TimePart } from '../ast.js';
import { RuleError } from '../problem.js';
import { valueModifier } from './modifier.js';
import type { Draft, Modifier } from './modifier.js';

function numberOf(value: Draft, name: string): number {
  const number = value.kind === 'scalar' && typeof value.value !== 'boolean' ? value.value : undefined;
  const parsed = typeof number === 'string' && number.trim() !== '' ? Number(number) : number;
  if (typeof parsed !== 'number' || !Number.isFinite(parsed)) throw new RuleError(`“${name}” needs a number`);
  return parsed;
}

/** After a time modifier (`hour|gte`) the part of the date is compared. */
function comparison(operator: CompareOperator): Modifier {
  return valueModifier(operator, (value) =>
    value.kind === 'compare' && value.part !== undefined
      ? { ...value, operator }
      : { kind: 'compare', operator, number: numberOf(value, operator), part: undefined },
  );
}

const RANGES: Readonly<Record<TimePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9999],
};

function timePart(part: TimePart): Modifier {
  const [least, most] = RANGES[part];
  return valueModifier(part, (value) => {
    const number = numberOf(value, part);
    if (!Number.isInteger(number) || number < least || number > most)
      throw new RuleError(`“${part}” needs a whole number from ${least} to ${most}`);
    return { kind: 'compare', operator: 'eq', number, part };
  });
}

export const COMPARE_MODIFIERS: readonly Modifier[] = (['lt', 'lte', 'gt', 'gte'] as const).map(comparison);
export const TIME_MODIFIERS: readonly Modifier[] = (
  ['minute', 'hour', 'day', 'week', 'month', 'year'] as const
).map(timePart);
