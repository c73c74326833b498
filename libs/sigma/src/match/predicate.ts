import type { Condition, Detection, DetectionItem, LogSource, Selection } from '../ast.js';
import { fieldNames } from '../taxonomy/fields.js';
import { lightest, together } from './anchor.js';
import type { Anchor } from './anchor.js';
import type { EventView, Slots } from './event-view.js';
import { compileItem } from './item.js';

/** A condition as a closure over the event. */
export type Predicate = (view: EventView) => boolean;

export interface Compiled {
  test: Predicate;
  /** What must be in the event for `test` to be true; undefined when nothing must. */
  anchor: Anchor | undefined;
}

/** Compiles a detection for events of a log source. */
export function compileDetection(detection: Detection, source: LogSource, slots: Slots): Compiled {
  const compiled = new Map<string, Compiled>();
  const selectionOf = (name: string): Compiled => {
    let known = compiled.get(name);
    const selection = detection.selections.get(name);
    if (known === undefined) {
      known = selection === undefined ? NEVER : compileSelection(selection, source, slots);
      compiled.set(name, known);
    }
    return known;
  };
  return compileCondition(detection.condition, selectionOf);
}

/** Of a name that the parser has not let through. */
const NEVER: Compiled = { test: () => false, anchor: { atoms: [], weight: 0 } };

function compileCondition(condition: Condition, selectionOf: (name: string) => Compiled): Compiled {
  switch (condition.kind) {
    case 'identifier':
      return selectionOf(condition.name);
    case 'not': {
      const { test } = compileCondition(condition.part, selectionOf);
      return { test: (view) => !test(view), anchor: undefined };
    }
    case 'of':
      return (condition.quantifier === 'all' ? and : or)(condition.names.map(selectionOf));
    default:
      return (condition.kind === 'and' ? and : or)(
        condition.parts.map((part) => compileCondition(part, selectionOf)),
      );
  }
}

function compileSelection(selection: Selection, source: LogSource, slots: Slots): Compiled {
  if (selection.kind === 'item') return compileOne(selection, source, slots);
  return (selection.kind === 'and' ? and : or)(
    selection.parts.map((part) => compileSelection(part, source, slots)),
  );
}

function compileOne(item: DetectionItem, source: LogSource, slots: Slots): Compiled {
  return compileItem(item, (field) => slots.slot(fieldNames(field, source)));
}

/** Parts with an anchor come first: they are the cheap ones. */
export function and(parts: readonly Compiled[]): Compiled {
  const sorted = [...parts].sort((a, b) => (a.anchor?.weight ?? 2) - (b.anchor?.weight ?? 2));
  const tests = sorted.map(({ test }) => test);
  return { test: every(tests), anchor: lightest(parts.map(({ anchor }) => anchor)) };
}

export function or(parts: readonly Compiled[]): Compiled {
  return { test: some(parts.map(({ test }) => test)), anchor: together(parts.map(({ anchor }) => anchor)) };
}

function every(tests: readonly Predicate[]): Predicate {
  const [a, b, c] = tests;
  if (a !== undefined && b === undefined) return a;
  if (a !== undefined && b !== undefined && c === undefined) return (view) => a(view) && b(view);
  return (view) => {
    for (const test of tests) if (!test(view)) return false;
    return true;
  };
}

export function some(tests: readonly Predicate[]): Predicate {
  const [a, b, c] = tests;
  if (a !== undefined && b === undefined) return a;
  if (a !== undefined && b !== undefined && c === undefined) return (view) => a(view) || b(view);
  return (view) => {
    for (const test of tests) if (test(view)) return true;
    return false;
  };
}
