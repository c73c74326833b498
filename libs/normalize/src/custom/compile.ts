import { SEVERITIES } from '@parapet/contracts';
import { DECODER_NAMES } from '../decoders/index.js';
import type { Decoder, DecodeContext, EventFields } from '../decoders/decoder.js';
import { jsonDecoder } from '../decoders/json/index.js';
import { complete, severityOfWord } from './assign.js';
import { fieldOf, LONGEST_LINE } from './definition.js';
import type { ParserDefinition, ParserProblem } from './definition.js';
import { compileJson, JsonParser } from './json-parser.js';
import { compileText } from './text-parser.js';
import type { TextParser } from './text-parser.js';
import { TimeBudget } from './time-budget.js';

export type CompiledParser = { ok: true; decoder: Decoder } | { ok: false; problems: ParserProblem[] };

const NAME = /^[a-z][a-z0-9_]{1,39}$/;
const PROGRAM = /^[!-~]{1,48}$/;
const MOST_CONSTANTS = 50;
const MOST_PROGRAMS = 20;
const LONGEST_CONSTANT = 1000;

type Constant = readonly [string, string | number | boolean];

/**
 * A tenant's parser as a decoder, or everything that is wrong with it. `now` (monotonic milliseconds) bounds what it may cost; see
 * TimeBudget. Never throws on a definition.
 */
export function compileParser(definition: ParserDefinition, now?: () => number): CompiledParser {
  const problems: ParserProblem[] = [];
  checkName(definition.name, problems);
  checkPrograms(definition.programs, problems);
  const constants = readConstants(definition.constants, problems);
  const parser = definition.kind === 'json' ? compileJson(definition) : compileText(definition);
  if ('problems' in parser) problems.push(...parser.problems);
  else if (problems.length === 0) return { ok: true, decoder: decoderOf(definition, parser, constants, now) };
  return { ok: false, problems };
}

function checkName(name: string, problems: ParserProblem[]): void {
  if (!NAME.test(name))
    problems.push({ path: 'name', message: 'use 2 to 40 lower-case letters, digits and _, a letter first' });
  else if (name === 'auto' || DECODER_NAMES.includes(name))
    problems.push({ path: 'name', message: `${name} is the name of a built-in decoder; take another` });
}

function checkPrograms(programs: readonly string[], problems: ParserProblem[]): void {
  if (programs.length > MOST_PROGRAMS)
    problems.push({ path: 'programs', message: `at most ${MOST_PROGRAMS} programs` });
  for (const [index, program] of programs.entries())
    if (!PROGRAM.test(program))
      problems.push({
        path: `programs.${index}`,
        message: 'a program is a syslog tag: 1 to 48 visible ASCII characters',
      });
}

function readConstants(constants: ParserDefinition['constants'], problems: ParserProblem[]): Constant[] {
  const entries = Object.entries(constants);
  if (entries.length > MOST_CONSTANTS)
    problems.push({ path: 'constants', message: `at most ${MOST_CONSTANTS} constants` });
  return entries.slice(0, MOST_CONSTANTS).flatMap(([written, value]): Constant[] => {
    const path = `constants.${written}`;
    const named = fieldOf(written);
    if ('why' in named) problems.push({ path, message: named.why });
    else if (named.field === '@timestamp' || named.field === 'message')
      problems.push({ path, message: 'this differs from event to event; it can’t be a constant' });
    else if (named.field === 'event.severity') {
      const severity = severityOfWord(String(value));
      if (severity) return [[named.field, severity]];
      problems.push({ path, message: `write one of ${SEVERITIES.join(', ')}` });
    } else if (named.field === 'event.outcome' && !['success', 'failure', 'unknown'].includes(String(value)))
      problems.push({ path, message: 'write success, failure or unknown' });
    else if (String(value).length > LONGEST_CONSTANT)
      problems.push({ path, message: `a constant has at most ${LONGEST_CONSTANT} characters` });
    else return [[named.field, value]];
    return [];
  });
}

function decoderOf(
  { name, programs }: ParserDefinition,
  parser: TextParser | JsonParser,
  constants: readonly Constant[],
  now: (() => number) | undefined,
): Decoder {
  const budget = now && new TimeBudget(now);
  const finished = (fields: EventFields) => {
    fields['event.module'] = name;
    fields['event.dataset'] = `${name}.log`;
    complete(fields);
    for (const [field, value] of constants) setConstant(fields, field, value);
    return true;
  };
  if (parser instanceof JsonParser) {
    return jsonDecoder({
      name,
      programs,
      recogniseRecord: () => false,
      decodeRecord: (record, fields, context) => parser.apply(record, fields, context) && finished(fields),
    });
  }
  const decode = (
    message: string,
    fields: EventFields,
    context: DecodeContext,
    enough?: () => boolean,
  ): boolean => {
    if (message.length <= LONGEST_LINE && parser.apply(message, fields, context, enough)) return true;
    // Patterns made for whole lines of a file or of syslog, its header included.
    const line = fields['event.original'].trimEnd();
    if (line === message || line.length > LONGEST_LINE || enough?.()) return false;
    return parser.apply(line, fields, context, enough);
  };
  return {
    name,
    programs,
    decode: (message, _header, fields, context) => {
      const done = budget
        ? budget.spend((enough) => decode(message, fields, context, enough))
        : decode(message, fields, context);
      if (done === undefined) fields['labels.parser_paused'] = name;
      return done === true && finished(fields);
    },
  };
}

function setConstant(fields: EventFields, field: string, value: string | number | boolean): void {
  if (field !== 'event.severity') fields[field] = value;
  else fields['event.severity'] = severityOfWord(String(value)) ?? fields['event.severity'];
}
