import type { TextShape } from '../ast.js';
import { RuleError } from '../problem.js';
import { withStarAfter, withStarBefore } from '../values/pattern.js';
import type { Pattern } from '../values/pattern.js';
import { text, textOf, valueModifier } from './modifier.js';
import type { Draft, Modifier } from './modifier.js';

function shape(
  name: Exclude<TextShape, 'equals'>,
  change: (pattern: Pattern) => Pattern,
  changeRegex: (source: string) => string,
): Modifier {
  return valueModifier(name, (value): Draft => {
    if (value.kind === 'fieldref') return { ...value, shape: name };
    if (value.kind === 'regex') return { ...value, source: changeRegex(value.source) };
    const pattern = textOf(value);
    if (pattern === undefined) throw new RuleError(`“${name}” needs a string`);
    return text(change(pattern));
  });
}

/** The wildcards are added as such, never as text, so that a backslash at the end of the value can't escape them. */
export const contains = shape(
  'contains',
  (pattern) => withStarAfter(withStarBefore(pattern)),
  (source) => source,
);
export const startswith = shape('startswith', withStarAfter, (source) => `^(?:${source})`);
export const endswith = shape('endswith', withStarBefore, (source) => `(?:${source})$`);

export const cased: Modifier = {
  name: 'cased',
  apply(item) {
    item.cased = true;
  },
};
