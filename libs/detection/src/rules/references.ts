import { loadRules } from '@parapet/sigma';
import type { LoadedRule, ParseOptions, RuleFile } from '@parapet/sigma';

/** A rule that others may refer to. */
export interface Referable extends RuleFile {
  /** Its id and name. */
  names: readonly string[];
}

/**
 * Loads files whose correlations may refer to other rules, and answers for the files only. Of the others just those are read whose id or name occurs in a
 * text, so that the cost doesn't grow with how many there are.
 */
export function loadWithReferences(
  files: readonly RuleFile[],
  others: readonly Referable[],
  options: ParseOptions = {},
): LoadedRule[] {
  const own = new Set(files.map(({ path }) => path));
  return loadAllReferenced(files, others, options).filter(({ path }) => own.has(path));
}

/** The same, with what is referred to. */
export function loadAllReferenced(
  files: readonly RuleFile[],
  others: readonly Referable[],
  options: ParseOptions = {},
): LoadedRule[] {
  return loadRules([...files, ...namedIn(files, others)], options);
}

function namedIn(files: readonly RuleFile[], others: readonly Referable[]): Referable[] {
  const named = new Set<Referable>();
  let texts = files.filter(({ text }) => text.includes('correlation')).map(({ text }) => text);
  while (texts.length > 0) {
    const found = others.filter(
      (other) => !named.has(other) && other.names.some((name) => texts.some((text) => text.includes(name))),
    );
    for (const other of found) named.add(other);
    // A correlation among them has references of its own.
    texts = found.filter(({ text }) => text.includes('correlation')).map(({ text }) => text);
  }
  return [...named];
}
