import { STAR } from '../values/pattern.js';
import type { Pattern } from '../values/pattern.js';

export type AtomKind = 'equals' | 'startswith' | 'endswith' | 'contains' | 'present';

/** Stands for the whole event's text instead of a field. */
export const WHOLE_EVENT = -1;

/** Something cheap to look for: a lower-case literal in a field. */
export interface Atom {
  slot: number;
  kind: AtomKind;
  literal: string;
}

/**
 * What must be seen before a rule is worth evaluating: a rule can match only if at least one of the atoms is in the event. `weight` guesses how often that
 * is so; of several anchors the lightest is taken. `undefined` stands for a rule that has none.
 */
export interface Anchor {
  atoms: readonly Atom[];
  weight: number;
}

/** Literals that most events of their kind have. */
const COMMON =
  /^(?:\\|\/|\.exe|\.dll|\.com|\.tmp|c:\\|c:\\windows\\?|\\windows\\?|\\?system32\\?|http|https?:\/\/|\/usr\/s?bin\/?|\/bin\/?|microsoft.*|true|false|-)$/;

function weigh(kind: AtomKind, literal: string): number {
  if (kind === 'present') return 0.6;
  if (kind === 'equals') return literal === '' ? 0.3 : literal.length < 3 ? 0.1 : 0.02;
  if (COMMON.test(literal)) return 0.7;
  const { length } = literal;
  if (kind === 'contains')
    return length < 2
      ? 0.9
      : length < 3
        ? 0.6
        : length < 4
          ? 0.2
          : length < 6
            ? 0.06
            : length < 9
              ? 0.015
              : 0.008;
  return length < 3 ? 0.5 : length < 5 ? 0.1 : 0.025;
}

export function atom(slot: number, kind: AtomKind, literal: string): Anchor {
  return { atoms: [{ slot, kind, literal }], weight: weigh(kind, literal) };
}

/** The part of a lower-case pattern that says most. */
export function patternAnchor(slot: number, pattern: Pattern): Anchor | undefined {
  if (slot === WHOLE_EVENT)
    return lightest(
      pattern.flatMap((part) => (typeof part === 'string' ? [atom(slot, 'contains', part)] : [])),
    );
  if (pattern.length === 0) return atom(slot, 'equals', '');
  const choices = pattern.flatMap((part, index) => {
    if (typeof part !== 'string') return [];
    const kind =
      pattern.length === 1
        ? 'equals'
        : index === 0
          ? 'startswith'
          : index === pattern.length - 1
            ? 'endswith'
            : 'contains';
    return [atom(slot, kind, part)];
  });
  return (
    lightest(choices) ?? (pattern.every((part) => part === STAR) ? atom(slot, 'present', '') : undefined)
  );
}

/** For parts that must all hold: one of them is enough to look for. */
export function lightest(anchors: readonly (Anchor | undefined)[]): Anchor | undefined {
  let best: Anchor | undefined;
  for (const anchor of anchors)
    if (anchor !== undefined && (best === undefined || anchor.weight < best.weight)) best = anchor;
  return best;
}

/** For parts of which one must hold: all have to be looked for. */
export function together(anchors: readonly (Anchor | undefined)[]): Anchor | undefined {
  const atoms: Atom[] = [];
  let weight = 0;
  for (const anchor of anchors) {
    if (anchor === undefined) return undefined;
    for (const one of anchor.atoms) atoms.push(one);
    weight += anchor.weight;
  }
  return { atoms, weight: Math.min(1, weight) };
}
