import { RuleError } from '../problem.js';
import { mapLiterals, tidy } from '../values/pattern.js';
import type { Pattern, PatternPart } from '../values/pattern.js';
import { text, textOf, valueModifier } from './modifier.js';

/** Hyphen, slash, en dash, em dash, horizontal bar (modifiers appendix 2.1.0). */
const DASHES = ['-', '/', '–', '—', '―'];
/** A dash that begins a word: `-param-name` has one, not two. */
const FLAG = /(?<![\p{L}\p{N}_])[-/–—―](?=[\p{L}\p{N}_])/gu;
/** 5⁴ strings; more flags than that belong into values of their own. */
const MOST_FLAGS = 4;

export const windash = valueModifier('windash', (value) => {
  const pattern = textOf(value);
  if (pattern === undefined) throw new RuleError('“windash” needs a string');
  const pieces = split(pattern);
  const flags = pieces.filter((piece) => piece === null).length;
  if (flags === 0) return text(pattern);
  if (flags > MOST_FLAGS)
    throw new RuleError(`“windash” is given ${flags} flags in one value; ${MOST_FLAGS} are allowed`);
  let variants: PatternPart[][] = [[]];
  for (const piece of pieces) {
    if (piece !== null) for (const variant of variants) variant.push(piece);
    else variants = variants.flatMap((variant) => DASHES.map((dash) => [...variant, dash]));
  }
  return { kind: 'either', values: variants.map((variant) => text(tidy(variant))) };
});

/** The pattern with null in place of each dash that begins a word. */
function split(pattern: Pattern): (PatternPart | null)[] {
  const marked = mapLiterals(pattern, (literal) => literal.replace(FLAG, '\u0000'));
  return marked.flatMap((part): (PatternPart | null)[] =>
    typeof part === 'string'
      ? part.split('\u0000').flatMap((piece, index) => (index === 0 ? [piece] : [null, piece]))
      : [part],
  );
}
