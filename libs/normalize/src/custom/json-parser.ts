import type { FieldValue } from '@parapet/contracts';
import { flattenRecord } from '../decoders/json/flatten.js';
import { isJsonRecord } from '../decoders/json/index.js';
import type { JsonRecord } from '../decoders/json/index.js';
import type { DecodeContext, EventFields } from '../decoders/decoder.js';
import { listValue, setterOf } from './assign.js';
import type { Setter } from './assign.js';
import { MOST_CAPTURES, targetOf } from './definition.js';
import type { ParserDefinition, ParserProblem } from './definition.js';

type Step = string | number;

const LONGEST_PATH = 500;
const MOST_STEPS = 16;
/** ".name", "['any name']", "[3]" */
const STEP = /\.([A-Za-z_@$][\w@$-]*)|\[(?:(\d{1,4})|'([^']{1,200})'|"([^"]{1,200})")\]/y;

/** The steps of "$.a.b[0]['c d']", or where it stops to be a path. */
export function readPath(path: string): Step[] | { offset: number; message: string } {
  const help = "a path is written $.name, $.a.b[0] or $['a name']";
  if (path.length > LONGEST_PATH)
    return { offset: LONGEST_PATH, message: `a path has at most ${LONGEST_PATH} characters` };
  if (!path.startsWith('$')) return { offset: 0, message: help };
  const steps: Step[] = [];
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(path);
    if (!found) return { offset: at, message: help };
    if (steps.length >= MOST_STEPS) return { offset: at, message: `a path has at most ${MOST_STEPS} steps` };
    const [, name, index, single, double] = found;
    steps.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
    at = STEP.lastIndex;
  }
  return steps.length > 0 ? steps : { offset: 1, message: help };
}

function valueAt(record: JsonRecord, steps: readonly Step[]): unknown {
  let value: unknown = record;
  for (const step of steps) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else if (isJsonRecord(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

interface Mapped {
  steps: readonly Step[];
  field: string;
  set: Setter;
  /** The dotted name that the value would be kept under if it were not mapped. */
  ownName: string;
}

export class JsonParser {
  private readonly ownNames: ReadonlySet<string>;

  constructor(private readonly mapped: readonly Mapped[]) {
    this.ownNames = new Set(mapped.map(({ ownName }) => ownName));
  }

  /** Sets the mapped fields; the record's other values keep their own names. False if it has none of the paths. */
  apply(record: JsonRecord, fields: EventFields, context: DecodeContext): boolean {
    let found = false;
    for (const { steps, field, set } of this.mapped) {
      const value = valueAt(record, steps);
      if (value === undefined || value === null) continue;
      found = true;
      assign(fields, field, value, set, context);
    }
    if (found) flattenRecord(record, fields, '', (name) => (this.ownNames.has(name) ? undefined : name));
    return found;
  }
}

function assign(
  fields: EventFields,
  field: string,
  value: unknown,
  set: Setter,
  context: DecodeContext,
): void {
  if (typeof value === 'string' || typeof value === 'number') set(fields, String(value), context);
  else if (field.startsWith('event.') || field === '@timestamp' || field === 'message') return;
  else if (typeof value === 'boolean') fields[field] = value;
  else if (Array.isArray(value)) {
    const list: FieldValue | undefined = listValue(value);
    if (list !== undefined) fields[field] = list;
  }
}

/** Compiles the paths of a JSON parser. */
export function compileJson({
  patterns,
  fields,
}: ParserDefinition): JsonParser | { problems: ParserProblem[] } {
  const problems: ParserProblem[] = [];
  const mapped: Mapped[] = [];
  const paths = Object.entries(fields);
  if (patterns.length > 0)
    problems.push({ path: 'patterns', message: 'a JSON parser has fields and no patterns' });
  if (paths.length === 0) problems.push({ path: 'fields', message: 'map at least one path to a field' });
  if (paths.length > MOST_CAPTURES)
    problems.push({ path: 'fields', message: `at most ${MOST_CAPTURES} paths` });
  for (const [path, written] of paths.slice(0, MOST_CAPTURES)) {
    const steps = readPath(path);
    const target = targetOf(written);
    if (!Array.isArray(steps)) problems.push({ path: `fields.${path}`, ...steps });
    else if ('why' in target) problems.push({ path: `fields.${path}`, message: target.why });
    else
      mapped.push({
        steps,
        field: target.field,
        set: setterOf(target),
        ownName: steps.filter((step) => typeof step === 'string').join('.'),
      });
  }
  return problems.length > 0 ? { problems } : new JsonParser(mapped);
}
