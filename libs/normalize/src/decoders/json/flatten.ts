import type { EventFields } from '../decoder.js';
import { LONGEST_NAME, fieldName } from './field-names.js';
import { isJsonRecord } from './json-record.js';
import type { JsonRecord } from './json-record.js';

const DEEPEST = 16;
const MOST_FIELDS = 500;
const MOST_ELEMENTS = 100;
const LONGEST_VALUE = 32_768;

interface Walk {
  fields: EventFields;
  /** Fields and elements that may still be added. */
  left: number;
  dropped: number;
  /** The name that a field is kept under; undefined for one that is not kept. */
  rename: (name: string) => string | undefined;
}

/**
 * Adds a record's values under their dotted names ("{a:{b:1}}" → `a.b`). What the event has already stays. Arrays of objects become
 * one list a name. Bounds: 16 levels, 500 fields, 100 elements a list, 32,768 characters a value; `labels.fields_dropped` counts
 * what is beyond (`event.original` has it all).
 */
export function flattenRecord(
  record: JsonRecord,
  fields: EventFields,
  prefix = '',
  rename: (name: string) => string | undefined = (name) => name,
): void {
  const walk: Walk = { fields, left: MOST_FIELDS, dropped: 0, rename };
  flattenObject(record, prefix, 0, walk);
  if (walk.dropped > 0) {
    const before = fields['labels.fields_dropped'];
    fields['labels.fields_dropped'] = walk.dropped + (typeof before === 'number' ? before : 0);
  }
}

function flattenObject(record: JsonRecord, prefix: string, depth: number, walk: Walk): void {
  for (const key of Object.keys(record)) {
    if (walk.left <= 0) {
      walk.dropped++;
      continue;
    }
    flattenValue(record[key], prefix === '' ? key : `${prefix}.${key}`, depth, walk);
  }
}

function flattenValue(value: unknown, name: string, depth: number, walk: Walk): void {
  if (value === null || value === undefined) return;
  if (name.length > LONGEST_NAME) walk.dropped++;
  else if (isJsonRecord(value)) {
    if (depth + 1 >= DEEPEST) walk.dropped++;
    else flattenObject(value, name, depth + 1, walk);
  } else if (Array.isArray(value)) flattenArray(value, name, depth, walk);
  else add(name, scalar(value), walk);
}

function flattenArray(values: readonly unknown[], name: string, depth: number, walk: Walk): void {
  if (values.length > MOST_ELEMENTS) walk.dropped++;
  const some = values.slice(0, MOST_ELEMENTS);
  const scalars = some.filter((value) => value !== null && typeof value !== 'object');
  if (scalars.length > 0) add(name, list(scalars), walk);
  if (scalars.length === some.length) return;
  if (depth + 1 >= DEEPEST) {
    walk.dropped++;
    return;
  }
  const gathered = new Map<string, unknown[]>();
  for (const value of some) {
    if (Array.isArray(value)) gather(gathered, name, value);
    else if (isJsonRecord(value))
      for (const key of Object.keys(value)) gather(gathered, `${name}.${key}`, value[key]);
  }
  for (const [inner, found] of gathered) {
    if (walk.left <= 0) walk.dropped++;
    else if (found.length === 1) flattenValue(found[0], inner, depth + 1, walk);
    else flattenArray(found, inner, depth + 1, walk);
  }
}

function gather(gathered: Map<string, unknown[]>, name: string, value: unknown): void {
  if (value === null || value === undefined) return;
  const found = gathered.get(name);
  const values = Array.isArray(value) ? value.slice(0, MOST_ELEMENTS) : [value];
  if (!found) gathered.set(name, values);
  else if (found.length < MOST_ELEMENTS) for (const one of values) found.push(one);
}

function scalar(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A list of one kind: numbers, or all as text. */
function list(values: readonly unknown[]): string[] | number[] {
  const numbers = values.filter((value): value is number => typeof value === 'number');
  return numbers.length === values.length ? numbers : values.map((value) => cut(String(value)));
}

function cut(text: string): string {
  return text.length > LONGEST_VALUE ? text.slice(0, LONGEST_VALUE) : text;
}

function add(
  dotted: string,
  value: string | number | boolean | string[] | number[] | undefined,
  walk: Walk,
): void {
  if (value === undefined || value === '') return;
  const renamed = walk.rename(dotted);
  if (renamed === undefined) return;
  const name = fieldName(renamed);
  if (name === undefined || (typeof value === 'string' && value.length > LONGEST_VALUE)) walk.dropped++;
  if (name === undefined || Object.hasOwn(walk.fields, name)) return;
  walk.fields[name] = typeof value === 'string' ? cut(value) : value;
  walk.left--;
}
