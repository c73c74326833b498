import type { TextShape } from '../ast.js';
import { RuleError } from '../problem.js';
import { STAR } from '../values/pattern.js';
import { valueModifier } from './modifier.js';
import type { Draft } from './modifier.js';

/** May stand before or behind startswith, endswith and contains. */
export const fieldref = valueModifier('fieldref', (value) => {
  const [field, shape] = reference(value);
  return { kind: 'fieldref', field, shape, cased: false };
});

function reference(value: Draft): [string, TextShape] {
  if (value.kind === 'scalar' && typeof value.value === 'string' && value.value !== '')
    return [value.value, 'equals'];
  if (value.kind === 'text') {
    const [field, ...others] = value.pattern.filter((part) => part !== STAR);
    if (typeof field === 'string' && others.length === 0) {
      const before = value.pattern[0] === STAR;
      const after = value.pattern.at(-1) === STAR;
      return [field, before && after ? 'contains' : before ? 'endswith' : after ? 'startswith' : 'equals'];
    }
  }
  throw new RuleError('“fieldref” needs the name of a field');
}
