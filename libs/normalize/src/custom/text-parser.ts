import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { DecodeContext, EventFields } from '../decoders/decoder.js';
import { setterOf } from './assign.js';
import type { Setter } from './assign.js';
import { LONGEST_LINE, LONGEST_PATTERN, MOST_PATTERNS, targetOf } from './definition.js';
import type { ParserDefinition, ParserProblem, Target } from './definition.js';
import { expandPattern } from './expand.js';
import type { Expanded } from './expand.js';

/** Instructions of a pattern's automaton; the largest of the library (NetScreen's session line) has 7,000. */
const LARGEST_PROGRAM = 20_000;
/**
 * Steps that a line may take at the most, at 10 to 25 ns each: every instruction for every character, and more for each capture, which
 * the automaton carries along. A line that could take more is not tried, so that one line costs 0.2 s at the very worst (a pattern made to be slow).
 */
const MOST_STEPS = 16_000_000;
/** Any pattern is tried on lines of this length. */
const ALWAYS_TRIED = 4096;

interface CompiledPattern {
  re: RE2JS;
  setters: { group: number; set: Setter; field: string }[];
  /** Some field has several captures: alternatives that name the same one. */
  doubled: boolean;
  longest: number;
}

export class TextParser {
  constructor(private readonly patterns: readonly CompiledPattern[]) {}

  /** Tries the patterns in order; sets the fields of the first that matches. `enough`: whether to stop before the next one. */
  apply(text: string, fields: EventFields, context: DecodeContext, enough?: () => boolean): boolean {
    for (const [index, { re, setters, doubled, longest }] of this.patterns.entries()) {
      if (text.length > longest) continue;
      if (index > 0 && enough?.()) return false;
      const matcher = re.matcher(text);
      // From the beginning first: it is where most patterns match, and costs a hundredth of a search. A match there is the leftmost.
      if (!matcher.lookingAt() && !matcher.reset().find()) continue;
      const done = doubled ? new Set<string>() : undefined;
      for (const { group, set, field } of setters) {
        const found = matcher.group(group);
        if (found === null || found === '' || done?.has(field)) continue;
        set(fields, found, context);
        done?.add(field);
      }
      return true;
    }
    return false;
  }
}

/** Compiles the patterns of a grok or regex parser. All problems are reported, those of each pattern at its place. */
export function compileText(definition: ParserDefinition): TextParser | { problems: ParserProblem[] } {
  const problems: ParserProblem[] = [];
  const { patterns, fields, kind } = definition;
  if (patterns.length === 0) problems.push({ path: 'patterns', message: 'give at least one pattern' });
  if (patterns.length > MOST_PATTERNS)
    problems.push({ path: 'patterns', message: `at most ${MOST_PATTERNS} patterns` });
  const renamed = new Map<string, Target>();
  for (const [capture, written] of Object.entries(fields)) {
    const target = targetOf(written);
    if ('why' in target) problems.push({ path: `fields.${capture}`, message: target.why });
    else renamed.set(capture, target);
  }
  const used = new Set<string>();
  const compiled = patterns.slice(0, MOST_PATTERNS).map((pattern, index) => {
    const path = `patterns.${index}`;
    const one = compilePattern(pattern, kind === 'grok', path, problems);
    for (const { field } of one?.captures ?? []) used.add(field);
    return one;
  });
  if (problems.length === 0) {
    for (const capture of renamed.keys())
      if (!used.has(capture))
        problems.push({
          path: `fields.${capture}`,
          message: `no pattern has a capture of the name ${capture}`,
        });
  }
  if (problems.length > 0) return { problems };
  const steps = compiled.reduce((sum, one) => sum + (one ? stepsOf(one.re, one.captures.length) : 0), 0);
  const longest = Math.min(LONGEST_LINE, Math.max(ALWAYS_TRIED, Math.floor(MOST_STEPS / Math.max(1, steps))));
  return new TextParser(
    compiled.flatMap((one) => {
      if (!one) return [];
      const setters = one.captures.map((capture, n) => {
        const target = renamed.get(capture.field) ?? capture;
        return { group: n + 1, field: target.field, set: setterOf(target) };
      });
      const doubled = new Set(setters.map(({ field }) => field)).size < setters.length;
      return [{ re: one.re, setters, doubled, longest }];
    }),
  );
}

/** What one character of a line can cost, in steps. */
function stepsOf(re: RE2JS, captures: number): number {
  return re.programSize() * (1 + captures / 12);
}

interface Compiled {
  re: RE2JS;
  captures: Target[];
}

function compilePattern(
  pattern: string,
  references: boolean,
  path: string,
  problems: ParserProblem[],
): Compiled | undefined {
  if (pattern === '' || pattern.length > LONGEST_PATTERN) {
    problems.push({
      path,
      message: `a pattern has 1 to ${LONGEST_PATTERN} characters; this one has ${pattern.length}`,
    });
    return undefined;
  }
  const expanded = expandPattern(pattern, references);
  if ('problems' in expanded) {
    problems.push(...expanded.problems.map((problem) => ({ path, ...problem })));
    return undefined;
  }
  const re = compileRe2(pattern, expanded, path, problems);
  if (!re) return undefined;
  if (re.programSize() > LARGEST_PROGRAM) {
    problems.push({
      path,
      message: 'it is too large when its repetitions and references are written out; split it',
    });
    return undefined;
  }
  return { re, captures: expanded.captures };
}

function compileRe2(
  pattern: string,
  { source, lookbehind }: Expanded,
  path: string,
  problems: ParserProblem[],
): RE2JS | undefined {
  try {
    return RE2JS.compile(source, lookbehind ? RE2JS.LOOKBEHINDS : 0);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    // RE2 names the piece that it does not take. Where that stands in the pattern once, it is the place.
    const piece = error.getPattern() ?? '';
    const offset = piece === '' ? -1 : pattern.indexOf(piece);
    const once = offset !== -1 && pattern.indexOf(piece, offset + 1) === -1;
    const message = `${error.getDescription()}${piece === '' ? '' : `: ${piece.slice(0, 60)}`}`;
    problems.push(once ? { path, offset, message } : { path, message });
    return undefined;
  }
}
