import { RuleError } from '../problem.js';
import { parsePattern, tidy } from '../values/pattern.js';
import type { Pattern, PatternPart } from '../values/pattern.js';
import { text, textOf, valueModifier } from './modifier.js';
import type { ModifierContext } from './modifier.js';

/** `%name%`; a percent sign behind a backslash is a plain one. */
const PLACEHOLDER = /(?<!\\)%([^%\\]+)%/;

/** "If the tool isn't able to handle placeholders, it must reject the rule" (sigma-rules-specification 2.1.0, Placeholders). */
export const expand = valueModifier('expand', (value, context) => {
  const pattern = textOf(value);
  if (pattern === undefined) throw new RuleError('“expand” needs a string');
  const patterns = expandPattern(pattern, context);
  const [only] = patterns;
  if (patterns.length === 1 && only !== undefined) return text(only);
  return { kind: 'either', values: patterns.map(text) };
});

function expandPattern(pattern: Pattern, context: ModifierContext): Pattern[] {
  let variants: PatternPart[][] = [[]];
  for (const part of pattern) {
    const choices = typeof part === 'string' ? expandLiteral(part, context) : [[part]];
    if (variants.length * choices.length > context.limits.values)
      throw new RuleError(`“expand” makes more than ${context.limits.values} values`);
    variants = variants.flatMap((variant) => choices.map((choice) => [...variant, ...choice]));
  }
  return variants.map(tidy);
}

function expandLiteral(literal: string, context: ModifierContext): Pattern[] {
  const found = PLACEHOLDER.exec(literal);
  if (found === null) return [[literal.replaceAll('\\%', '%')]];
  const name = found[1] ?? '';
  const values = context.placeholders.get(name);
  if (values === undefined || values.length === 0)
    throw new RuleError(`the placeholder %${name}% has no values here`);
  const before: Pattern = [literal.slice(0, found.index).replaceAll('\\%', '%')];
  const rest = expandLiteral(literal.slice(found.index + found[0].length), context);
  if (values.length * rest.length > context.limits.values)
    throw new RuleError(`“expand” makes more than ${context.limits.values} values`);
  return values.flatMap((value) => rest.map((behind) => [...before, ...parsePattern(value), ...behind]));
}
