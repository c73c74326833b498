import { RuleError } from '../problem.js';
import { valueModifier } from './modifier.js';
import type { Modifier } from './modifier.js';

export const re = valueModifier('re', (value, { limits }) => {
  if (value.kind !== 'scalar') throw new RuleError('“re” needs an unmodified value; put it first');
  const source = String(value.value);
  if (source.length > limits.patternCharacters)
    throw new RuleError(
      `the regular expression has ${source.length} characters; ${limits.patternCharacters} are allowed`,
    );
  return { kind: 'regex', source, flags: '' };
});

function flag(name: string): Modifier {
  return valueModifier(name, (value) => {
    if (value.kind !== 'regex') throw new RuleError(`“${name}” stands behind “re” only`);
    return { ...value, flags: value.flags + name };
  });
}

export const REGEX_FLAGS: readonly Modifier[] = ['i', 'm', 's'].map(flag);
