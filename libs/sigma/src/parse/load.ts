import type { SigmaRule } from '../ast.js';
import type { Position, Problem } from '../problem.js';
import { readYaml } from '../yaml/read.js';
import { describe } from '../yaml/node.js';
import { ParseContext } from './context.js';
import type { ParseOptions } from './context.js';
import { parseDocument } from './document.js';
import { applyGlobals } from './global.js';
import { checkReferences } from './references.js';

export interface RuleFile {
  /** Only reported. */
  path: string;
  text: string;
}

/** One document of a rule file. */
export interface LoadedRule {
  path: string;
  /** Its id, else its name, else its title; empty when it has none of them. */
  ruleId: string;
  title: string;
  /** Where it begins. */
  at: Position;
  /** Undefined exactly when there are problems. */
  rule: SigmaRule | undefined;
  problems: Problem[];
}

/**
 * Loads rules: one result a document, in order. Nothing is thrown for what stands in a file; one bad rule never hides another.
 * References between rules are resolved over all the files.
 */
export function loadRules(files: readonly RuleFile[], options: ParseOptions = {}): LoadedRule[] {
  const loaded = files.flatMap((file) => loadFile(file, options));
  checkReferences(loaded, options);
  return loaded;
}

function loadFile({ path, text }: RuleFile, options: ParseOptions): LoadedRule[] {
  const { limits } = new ParseContext(options);
  const documents = applyGlobals(readYaml(text, limits));
  if (documents.length === 0) return [refused(path, { line: 1, column: 1 }, 'the file holds no rule')];
  return documents.map(({ root, at, problems }): LoadedRule => {
    const [problem] = problems;
    if (root === undefined) {
      const list = problem === undefined ? [{ ...at, message: 'the document is empty' }] : problems;
      return { path, ruleId: '', title: '', at, rule: undefined, problems: list };
    }
    if (root.kind !== 'map') return refused(path, at, `a rule must be a map, not ${describe(root)}`);
    const context = new ParseContext(options);
    const { header, rule } = parseDocument(root, at, context);
    return { path, ruleId: header.ruleId, title: header.title, at, rule, problems: context.problems.list };
  });
}

function refused(path: string, at: Position, message: string): LoadedRule {
  return { path, ruleId: '', title: '', at, rule: undefined, problems: [{ ...at, message }] };
}
