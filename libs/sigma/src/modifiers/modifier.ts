import type { Value } from '../ast.js';
import type { Limits } from '../limits.js';
import { RuleError } from '../problem.js';
import { literalOf, literalPattern, parsePattern } from '../values/pattern.js';
import type { Pattern } from '../values/pattern.js';

/** A value on its way through the modifiers: as written, encoded, or final. */
export type Draft =
  | Exclude<Value, { kind: 'either' }>
  | { readonly kind: 'scalar'; readonly value: string | number | boolean }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'either'; readonly values: readonly Draft[] };

/** A detection item on its way through the modifiers. */
export interface ItemDraft {
  field: string | undefined;
  values: Draft[];
  link: 'any' | 'all';
  negated: boolean;
  cased: boolean;
}

/** What modifiers may ask for beyond the value. */
export interface ModifierContext {
  readonly limits: Readonly<Limits>;
  /** Values of the placeholders that `expand` knows, by name without the percent signs. */
  readonly placeholders: ReadonlyMap<string, readonly string[]>;
}

/** One modifier: a row in `index.ts`. Changes the item; throws a RuleError that says what is wrong with the value. */
export interface Modifier {
  readonly name: string;
  apply(item: ItemDraft, context: ModifierContext): void;
}

/** A modifier that looks at one value at a time, those of an expansion included. */
export function valueModifier(
  name: string,
  change: (value: Exclude<Draft, { kind: 'either' }>, context: ModifierContext) => Draft,
): Modifier {
  const apply = (value: Draft, context: ModifierContext): Draft =>
    value.kind === 'either'
      ? { kind: 'either', values: value.values.map((one) => apply(one, context)) }
      : change(value, context);
  return {
    name,
    apply(item, context) {
      item.values = item.values.map((value) => apply(value, context));
      if (item.values.reduce((sum, value) => sum + count(value), 0) > context.limits.values)
        throw new RuleError(`“${name}” makes more than ${context.limits.values} values`);
    },
  };
}

function count(value: Draft): number {
  return value.kind === 'either' ? value.values.reduce((sum, one) => sum + count(one), 0) : 1;
}

/** The value as a string with wildcards; numbers and booleans count as their text. Undefined for what is no string. */
export function textOf(value: Draft): Pattern | undefined {
  if (value.kind === 'text') return value.pattern;
  if (value.kind === 'bytes') return literalPattern(value.bytes.toString('latin1'));
  if (value.kind !== 'scalar') return undefined;
  return typeof value.value === 'string' ? parsePattern(value.value) : literalPattern(String(value.value));
}

/** The string's bytes, for encodings; wildcards can't be encoded. */
export function bytesOf(value: Draft, name: string): Buffer {
  if (value.kind === 'bytes') return value.bytes;
  const pattern = textOf(value);
  if (pattern === undefined) throw new RuleError(`“${name}” needs a string`);
  const literal = literalOf(pattern);
  if (literal === undefined)
    throw new RuleError(`“${name}” can't encode wildcards; escape * and ? with a backslash`);
  if (literal === '') throw new RuleError(`“${name}” needs a string that is not empty`);
  return Buffer.from(literal, 'utf8');
}

export function text(pattern: Pattern): Draft {
  return { kind: 'text', pattern, cased: false };
}
