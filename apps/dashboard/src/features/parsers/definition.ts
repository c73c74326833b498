import type { Parser, ParserKind, RequestOf } from '@parapet/contracts';
import type { endpoints } from '@parapet/contracts';

/** A parser as its editor holds it: lists as lines of text. */
export interface ParserForm {
  name: string;
  kind: ParserKind;
  /** One a line. */
  patterns: string;
  /** "capture or path = field" a line. */
  fields: string;
  /** "field = value" a line. */
  constants: string;
  /** Separated by commas or spaces. */
  programs: string;
  /** One a line. */
  samples: string;
  enabled: boolean;
}

export const EMPTY_FORM: ParserForm = {
  name: '',
  kind: 'grok',
  patterns: '',
  fields: '',
  constants: 'event.category = network',
  programs: '',
  samples: '',
  enabled: true,
};

type Definition = RequestOf<typeof endpoints.createParser>['body'];

export interface LineProblem {
  /** From 0. */
  line: number;
  message: string;
}

const lines = (text: string) => text.split(/\r?\n/).filter((line) => line.trim() !== '');

export function formOf(parser: Parser): ParserForm {
  const assignments = (values: Record<string, string | number | boolean>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} = ${String(value)}`)
      .join('\n');
  return {
    name: parser.name,
    kind: parser.kind,
    patterns: parser.patterns.join('\n'),
    fields: assignments(parser.fields),
    constants: assignments(parser.constants),
    programs: parser.programs.join(', '),
    samples: parser.samples.join('\n'),
    enabled: parser.enabled,
  };
}

/** "a = b" lines. The last "=" of a path's line counts, as a path may hold one in quotes; the first of a constant's, as its value may. */
function assignmentsOf(text: string, problems: LineProblem[], last: boolean): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [index, line] of lines(text).entries()) {
    const at = last ? line.lastIndexOf('=') : line.indexOf('=');
    const name = line.slice(0, at).trim();
    const value = line.slice(at + 1).trim();
    if (at === -1 || name === '' || value === '')
      problems.push({ line: index, message: `line ${index + 1} is not “name = value”` });
    else result[name] = value;
  }
  return result;
}

export interface ReadForm {
  definition: Definition;
  fieldProblems: LineProblem[];
  constantProblems: LineProblem[];
}

/** The definition that the form says, and what of it can't be read. */
export function definitionOf(form: ParserForm): ReadForm {
  const fieldProblems: LineProblem[] = [];
  const constantProblems: LineProblem[] = [];
  return {
    definition: {
      name: form.name.trim(),
      kind: form.kind,
      // Blanks at the ends may be meant.
      patterns: form.kind === 'json' ? [] : lines(form.patterns),
      fields: assignmentsOf(form.fields, fieldProblems, true),
      constants: assignmentsOf(form.constants, constantProblems, false),
      programs: form.programs.split(/[\s,]+/).filter((program) => program !== ''),
      samples: lines(form.samples).slice(0, 20),
      enabled: form.enabled,
    },
    fieldProblems,
    constantProblems,
  };
}

/** A pattern in three pieces around the character that a problem is about. */
export function pieces(text: string, offset: number): [string, string, string] {
  const at = Math.max(0, Math.min(offset, text.length));
  return [text.slice(Math.max(0, at - 60), at), text.slice(at, at + 1) || '␣', text.slice(at + 1, at + 60)];
}
