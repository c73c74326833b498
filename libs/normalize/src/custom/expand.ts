import { fieldOf, MOST_CAPTURES, valueType } from './definition.js';
import type { Target } from './definition.js';
import { GROK_PATTERNS } from './grok-patterns/index.js';
import { nearest } from './nearest.js';

/** A pattern in RE2 syntax. Group n of it (from 1) is the capture at n − 1; there are no other capturing groups. */
export interface Expanded {
  source: string;
  captures: Target[];
  /** It has a look-behind, which takes RE2JS.LOOKBEHINDS: linear too, but about 20 times slower. */
  lookbehind: boolean;
}

export interface PatternProblem {
  offset?: number;
  message: string;
}

const LONGEST_EXPANSION = 65_536;
const DEEPEST = 12;

const REFERENCE = /%\{([A-Za-z0-9_]{1,60})(?::([^:{}]{1,200}))?(?::([^:{}]{1,20}))?\}/y;
const NAMED_GROUP = /\(\?(?:P?<([^>=!][^>]{0,199})>|'([^']{1,200})')/y;
const FLAGS = /\(\?[a-zA-Z-]{0,8}[:)]/y;
const REPEAT = /\{\d{0,4}(?:,\d{0,4})?\}/y;
const UNICODE_OR_HEX = /\\(?:[pPx]\{[^}]{0,40}\}|x[0-9A-Fa-f]{2}|[pP][A-Za-z])/y;
const NOT_BEFORE = /\(\?<!(\[[^\]]{1,20}\])\)/y;
/** What RE2 lacks because it can't be had in linear time, and what to write instead. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['(?=', 'look-ahead is not possible in linear time; match what follows outside of the capture'],
  [
    '(?!',
    'look-ahead is not possible in linear time; write what may follow, for example a class such as [^x]',
  ],
  ['(?<=', 'look-behind is not possible in linear time; match what comes before outside of the capture'],
  [
    '(?<!',
    'look-behind is not possible in linear time; use \\b, or match what comes before outside of the capture',
  ],
  ['(?>', 'atomic groups have no meaning in RE2; write (?:…)'],
  ['(?#', 'comments are not possible; leave it out'],
  ['(?P=', 'back-references are not possible in linear time'],
  ['(?P>', 'subroutines are not possible in linear time'],
];

/** What the character before the next one is: known, unknown (undefined), or none as the pattern begins here. */
type Before = string | undefined;
const BEGINNING = '';

class Expander {
  private out: string[] = [];
  private length = 0;
  readonly captures: Target[] = [];
  /** Alternatives name the same field again. */
  private readonly fields = new Set<string>();
  readonly problems: PatternProblem[] = [];
  lookbehind = false;
  private before: Before = BEGINNING;

  constructor(private readonly references: boolean) {}

  get source(): string {
    return this.out.join('');
  }

  /** `within`: the library's patterns that this text is part of; `at`: offset of the reference that brought it in. */
  walk(text: string, within: readonly string[], at: number): void {
    const written = within.length === 0;
    const open: { before: Before; offset: number }[] = [];
    const beginning = this.before;
    let i = 0;
    while (i < text.length && this.problems.length === 0) {
      const offset = written ? i : at;
      const char = text.charAt(i);
      if (char === '\\') i = this.escape(text, i, offset);
      else if (char === '[') i = this.charClass(text, i, offset);
      else if (char === '(') {
        if (!written && (NOT_BEFORE.lastIndex = i) >= 0) {
          const found = NOT_BEFORE.exec(text);
          if (found) {
            this.notBefore(found[1] ?? '');
            i = NOT_BEFORE.lastIndex;
            continue;
          }
        }
        const flags = this.flags(text, i);
        if (flags) {
          i += flags.length;
          if (flags.endsWith(')')) continue;
          open.push({ before: this.before, offset });
        } else {
          const before = this.before;
          i = this.group(text, i, offset);
          open.push({ before, offset });
        }
      } else if (char === ')') {
        if (open.pop() === undefined)
          this.problem(offset, 'this ) closes nothing; write \\) for the character');
        this.add(')');
        this.before = undefined;
        i++;
      } else if (char === '|') {
        this.before = open.length > 0 ? open.at(-1)?.before : beginning;
        this.add('|');
        i++;
      } else if (char === '%' && this.references && text.charAt(i + 1) === '{') {
        i = this.reference(text, i, within, offset);
      } else i = this.plain(text, i, char);
    }
    const unclosed = open.pop();
    if (unclosed && this.problems.length === 0)
      this.problem(unclosed.offset, 'this ( is not closed; write \\( for the character');
  }

  private problem(offset: number | undefined, message: string): void {
    this.problems.push(offset === undefined ? { message } : { offset, message });
  }

  private add(text: string): void {
    this.out.push(text);
    this.length += text.length;
    if (this.length > LONGEST_EXPANSION && this.problems.length === 0)
      this.problem(
        undefined,
        `with its references written out it is longer than ${LONGEST_EXPANSION} characters`,
      );
  }

  private plain(text: string, i: number, char: string): number {
    REPEAT.lastIndex = i;
    const repeat = char === '{' ? REPEAT.exec(text) : null;
    if (repeat || char === '*' || char === '?' || char === '.') this.before = undefined;
    // After "x+" the character before is still an x; "^" and "$" take none.
    else if (char !== '+' && char !== '^' && char !== '$') this.before = char;
    const taken = repeat ? repeat[0] : char;
    this.add(taken);
    return i + taken.length;
  }

  private escape(text: string, i: number, offset: number): number {
    const next = text.charAt(i + 1);
    if (next === '') this.problem(offset, 'a \\ at the end escapes nothing; write \\\\ for the character');
    if (/[1-9k]/.test(next)) this.problem(offset, 'back-references are not possible in linear time');
    UNICODE_OR_HEX.lastIndex = i;
    const taken = UNICODE_OR_HEX.exec(text)?.[0] ?? text.slice(i, i + 2);
    this.add(taken);
    if (next === 's') this.before = ' ';
    else if (!/[A-Za-z0-9]/.test(next)) this.before = next;
    else if (!/[bBA]/.test(next)) this.before = undefined;
    return i + taken.length;
  }

  private charClass(text: string, i: number, offset: number): number {
    let end = i + 1;
    if (text.charAt(end) === '^') end++;
    if (text.charAt(end) === ']') end++;
    while (end < text.length && text.charAt(end) !== ']') {
      const named = text.startsWith('[:', end) ? text.indexOf(':]', end) : -1;
      if (named !== -1) end = named + 2;
      else end += text.charAt(end) === '\\' ? 2 : 1;
    }
    if (end >= text.length) {
      this.problem(offset, 'this [ is not closed; write \\[ for the character');
      return text.length;
    }
    this.add(text.slice(i, end + 1));
    this.before = undefined;
    return end + 1;
  }

  /** "(?i)", "(?s-m:", "(?:" */
  private flags(text: string, i: number): string | undefined {
    FLAGS.lastIndex = i;
    const found = FLAGS.exec(text)?.[0];
    if (found !== undefined) this.add(found);
    return found;
  }

  private group(text: string, i: number, offset: number): number {
    NAMED_GROUP.lastIndex = i;
    const named = NAMED_GROUP.exec(text);
    if (named) {
      const target = fieldOf(named[1] ?? named[2] ?? '');
      if ('why' in target) this.problem(offset, target.why);
      else this.capture(target, offset);
      return i + named[0].length;
    }
    const refused = REFUSED.find(([begin]) => text.startsWith(begin, i));
    if (refused) this.problem(offset, refused[1]);
    else if (text.charAt(i + 1) === '?') this.problem(offset, 'no group of RE2; write (?:…) or (?<name>…)');
    // Grok's and ours: what has no name is not captured.
    this.add('(?:');
    return i + 1;
  }

  private capture(target: Target, offset: number): void {
    this.captures.push(target);
    this.fields.add(target.field);
    if (this.fields.size > MOST_CAPTURES || this.captures.length > 2 * MOST_CAPTURES)
      this.problem(offset, `more than ${MOST_CAPTURES} captures, those of the references included`);
    this.add('(');
  }

  private reference(text: string, i: number, within: readonly string[], offset: number): number {
    REFERENCE.lastIndex = i;
    const found = REFERENCE.exec(text);
    const [whole = '', name = '', semantic, typeName] = found ?? [];
    const pattern = GROK_PATTERNS.get(name);
    if (!found) {
      this.problem(offset, 'a reference is written %{NAME}, %{NAME:field} or %{NAME:field:int}');
      return text.length;
    }
    if (pattern === undefined) {
      const near = nearest(name.toUpperCase(), GROK_PATTERNS.keys());
      this.problem(
        offset,
        `there is no pattern ${name}${near === undefined ? '' : `; did you mean ${near}?`}`,
      );
      return i + whole.length;
    }
    const type = typeName === undefined ? undefined : valueType(typeName);
    if (typeName !== undefined && !type)
      this.problem(offset, `“${typeName}” is no type; types are string, int and float`);
    if (within.includes(name) || within.length >= DEEPEST) this.problem(offset, `${name} is nested too deep`);
    if (semantic === undefined) this.add('(?:');
    else {
      const target = fieldOf(semantic);
      if ('why' in target) this.problem(offset, target.why);
      else this.capture(type ? { ...target, type } : target, offset);
    }
    this.walk(pattern, [...within, name], offset);
    this.add(')');
    this.before = undefined;
    return i + whole.length;
  }

  /**
   * Logstash's patterns say with a look-behind that a number or an address does not begin in the middle of another. Where the
   * character before is known, or nothing is before, there is nothing to check. Else an address takes a word boundary (it is then
   * never the tail of a longer one), and a number the look-behind itself: after a greedy ".*" a boundary would cut "1.5" to "5".
   */
  private notBefore(characters: string): void {
    const before = this.before;
    if (characters === '[0-9]') {
      if (before === undefined || before === BEGINNING || /[0-9]/.test(before)) this.add('\\b');
      return;
    }
    if (before === BEGINNING || (before !== undefined && !/[0-9A-Za-z.+-]/.test(before))) return;
    this.lookbehind = true;
    this.add(`(?<!${characters})`);
  }
}

/** A pattern as a tenant wrote it, with its references written out, or what is wrong with it. */
export function expandPattern(
  pattern: string,
  references: boolean,
): Expanded | { problems: PatternProblem[] } {
  const expander = new Expander(references);
  expander.walk(pattern, [], 0);
  const { source, captures, lookbehind, problems } = expander;
  return problems.length > 0 ? { problems } : { source, captures, lookbehind };
}
