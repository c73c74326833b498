import type { CompareOperator, DetectionItem, TextShape, Value } from '../ast.js';
import { inCidr } from '../values/cidr.js';
import { compilePattern, literalOf, lowerPattern, withStarAfter, withStarBefore } from '../values/pattern.js';
import { compileRegex } from '../values/regex.js';
import { regexLiterals } from '../values/regex-literals.js';
import { timePart } from '../values/time.js';
import { WHOLE_EVENT, atom, lightest, patternAnchor, together } from './anchor.js';
import type { Anchor } from './anchor.js';
import { LIST, MISSING, NULL, SINGLE } from './event-view.js';
import type { EventView } from './event-view.js';
import type { Compiled, Predicate } from './predicate.js';
import { and, or } from './predicate.js';

type TextTest = (text: string) => boolean;

/** Compiles a field with its values, or keywords. `slotOf` numbers a field. */
export function compileItem(item: DetectionItem, slotOf: (field: string) => number): Compiled {
  const values =
    item.field === undefined
      ? item.values.map(compileKeyword)
      : compileValues(item, slotOf(item.field), slotOf);
  const joined = item.link === 'all' ? and(values) : or(values);
  if (!item.negated) return joined;
  const { test } = joined;
  return { test: (view) => !test(view), anchor: undefined };
}

/** Values of one field. Many plain strings become one look-up. */
function compileValues(item: DetectionItem, slot: number, slotOf: (field: string) => number): Compiled[] {
  const plain = item.link === 'any' ? item.values.filter(isPlain) : [];
  if (plain.length < 3) return item.values.map((value) => compileValue(value, slot, slotOf));
  const literals = plain.map(({ pattern }) => (literalOf(pattern) ?? '').toLowerCase());
  const set = new Set(literals);
  const lookUp: Compiled = {
    test: overLower(slot, (text) => set.has(text)),
    anchor: together(literals.map((literal) => atom(slot, 'equals', literal))),
  };
  const others = item.values.filter((value) => !isPlain(value));
  return [lookUp, ...others.map((value) => compileValue(value, slot, slotOf))];
}

function isPlain(value: Value): value is Extract<Value, { kind: 'text' }> {
  return value.kind === 'text' && !value.cased && literalOf(value.pattern) !== undefined;
}

function compileValue(value: Value, slot: number, slotOf: (field: string) => number): Compiled {
  switch (value.kind) {
    case 'text': {
      const lower = lowerPattern(value.pattern);
      const test = value.cased
        ? overText(slot, compilePattern(value.pattern))
        : overLower(slot, compilePattern(lower));
      return { test, anchor: patternAnchor(slot, lower) };
    }
    case 'regex':
      return {
        test: overText(slot, compileRegex(value.source, value.flags)),
        anchor: regexAnchor(value.source, slot),
      };
    case 'cidr':
      return {
        test: overText(slot, (text) => inCidr(text, value.network)),
        anchor: atom(slot, 'present', ''),
      };
    case 'null':
      return { test: (view) => view.state(slot) === MISSING || view.state(slot) === NULL, anchor: undefined };
    case 'exists': {
      const { expected } = value;
      return { test: (view) => (view.state(slot) !== MISSING) === expected, anchor: undefined };
    }
    case 'compare':
      return { test: compileCompare(value, slot), anchor: atom(slot, 'present', '') };
    case 'fieldref':
      return {
        test: compileReference(slot, slotOf(value.field), value.shape, value.cased),
        anchor: atom(slot, 'present', ''),
      };
    case 'either':
      return or(value.values.map((one) => compileValue(one, slot, slotOf)));
  }
}

/** For a list field one element is enough. */
function overText(slot: number, test: TextTest): Predicate {
  return (view) => {
    const state = view.state(slot);
    if (state === SINGLE) return test(view.text(slot));
    return state === LIST && view.texts(slot).some(test);
  };
}

function overLower(slot: number, test: TextTest): Predicate {
  return (view) => {
    const state = view.state(slot);
    if (state === SINGLE) return test(view.lower(slot));
    return state === LIST && view.lowers(slot).some(test);
  };
}

const COMPARE: Readonly<Record<CompareOperator, (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  eq: (a, b) => a === b,
};

function compileCompare(
  { operator, number, part }: Extract<Value, { kind: 'compare' }>,
  slot: number,
): Predicate {
  const compare = COMPARE[operator];
  if (part === undefined)
    return overText(slot, (text) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      return !Number.isNaN(value) && compare(value, number);
    });
  return (view) => {
    const raw = view.raw(slot);
    const all: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
    return all.some((one) => {
      const value = timePart(one, part);
      return value !== undefined && compare(value, number);
    });
  };
}

const SHAPES: Readonly<Record<TextShape, (a: string, b: string) => boolean>> = {
  equals: (a, b) => a === b,
  startswith: (a, b) => a.startsWith(b),
  endswith: (a, b) => a.endsWith(b),
  contains: (a, b) => a.includes(b),
};

function compileReference(slot: number, other: number, shape: TextShape, cased: boolean): Predicate {
  const compare = SHAPES[shape];
  const all = (view: EventView, which: number): readonly string[] => {
    const state = view.state(which);
    if (state === SINGLE) return [cased ? view.text(which) : view.lower(which)];
    return state === LIST ? (cased ? view.texts(which) : view.lowers(which)) : [];
  };
  return (view) => {
    const right = all(view, other);
    return right.length > 0 && all(view, slot).some((a) => right.some((b) => compare(a, b)));
  };
}

/** A keyword is looked for anywhere in any value of the event. */
function compileKeyword(value: Value): Compiled {
  if (value.kind === 'either') return or(value.values.map(compileKeyword));
  if (value.kind === 'regex') {
    const test = compileRegex(value.source, value.flags);
    return { test: (view) => view.values().some(test), anchor: regexAnchor(value.source, WHOLE_EVENT) };
  }
  if (value.kind !== 'text') return { test: () => false, anchor: { atoms: [], weight: 0 } };
  const pattern = withStarAfter(withStarBefore(value.pattern));
  const lower = lowerPattern(pattern);
  const anchor = patternAnchor(WHOLE_EVENT, lower);
  const test = compilePattern(value.cased ? pattern : lower);
  return { test: (view) => (value.cased ? view.values() : view.lowerValues()).some(test), anchor };
}

/** Text that every match of a pattern contains, whatever its case. */
function regexAnchor(source: string, slot: number): Anchor | undefined {
  return (
    lightest(regexLiterals(source).map((literal) => atom(slot, 'contains', literal))) ??
    (slot === WHOLE_EVENT ? undefined : atom(slot, 'present', ''))
  );
}
