import { RuleError } from '../problem.js';
import { valueModifier } from './modifier.js';
import type { Modifier } from './modifier.js';

export const all: Modifier = {
  name: 'all',
  apply(item) {
    item.link = 'all';
  },
};

export const neq: Modifier = {
  name: 'neq',
  apply(item) {
    if (item.field === undefined) throw new RuleError('“neq” needs a field');
    item.negated = true;
  },
};

export const exists = valueModifier('exists', (value) => {
  const flag = value.kind === 'scalar' ? String(value.value).toLowerCase() : '';
  if (flag !== 'true' && flag !== 'false') throw new RuleError('“exists” needs true or false');
  return { kind: 'exists', expected: flag === 'true' };
});
