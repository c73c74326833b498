import { RuleError } from '../problem.js';
import { parseCidr } from '../values/cidr.js';
import { valueModifier } from './modifier.js';

export const cidr = valueModifier('cidr', (value) => {
  if (value.kind !== 'scalar') throw new RuleError('“cidr” needs an unmodified value; put it first');
  return { kind: 'cidr', network: parseCidr(String(value.value)) };
});
