import { fieldName } from '../decoders/json/field-names.js';

/** How a tenant's parser reads its lines. */
export interface ParserDefinition {
  /** Also the source type that asks for it. */
  name: string;
  kind: 'grok' | 'regex' | 'json';
  /** grok and regex: tried in this order, the first that matches counts. */
  patterns: readonly string[];
  /** json: path → field; grok and regex: capture → field, where the name differs. A type may follow: "http.response.bytes:int". */
  fields: Readonly<Record<string, string>>;
  /** Values that each event gets, such as `event.category`. */
  constants: Readonly<Record<string, string | number | boolean>>;
  /** Syslog programs whose lines it reads without being asked for. */
  programs: readonly string[];
}

/** What is wrong with a definition, and what to do about it. */
export interface ParserProblem {
  /** Of the definition: `patterns.0`, `fields.$.a`, `constants.event.category`. */
  path: string;
  /** Where in that pattern, in UTF-16 units from 0; absent when it is the pattern as a whole. */
  offset?: number;
  message: string;
}

export const MOST_PATTERNS = 20;
/** R40. */
export const LONGEST_PATTERN = 1000;
/** Different fields of one pattern, or paths of a JSON parser. */
export const MOST_CAPTURES = 100;
export const LONGEST_LINE = 65_536;

export type ValueType = 'string' | 'int' | 'float';

/** A capture or path and the field that it fills. */
export interface Target {
  field: string;
  type?: ValueType;
}

const TYPES: ReadonlyMap<string, ValueType> = new Map([
  ['string', 'string'],
  ['int', 'int'],
  ['long', 'int'],
  ['float', 'float'],
  ['double', 'float'],
]);

export function valueType(name: string): ValueType | undefined {
  return TYPES.get(name);
}

const NAME = /^[A-Za-z_@][A-Za-z0-9_@-]{0,63}(?:\.[A-Za-z0-9_@-]{1,64}){0,9}$/;
const BRACKETS = /^(?:\[[^[\]]{1,64}\]){1,10}$/;
/** Of the names that a sender's record can't write, those that a parser may set; `timestamp` is the event's own time. */
const ALLOWED = new Set(['@timestamp', 'timestamp', 'message', 'event.severity']);

/** A field's name from "source.ip" or Logstash's "[source][ip]", or why it can’t be one. */
export function fieldOf(written: string): { field: string } | { why: string } {
  const field = BRACKETS.test(written) ? written.slice(1, -1).replaceAll('][', '.') : written;
  if (!NAME.test(field) || field.length > 200)
    return { why: `“${written.slice(0, 80)}” is no field name such as source.ip` };
  if (!ALLOWED.has(field) && fieldName(field) !== field)
    return { why: `${field} is set by Parapet itself; take another name` };
  return { field: field === 'timestamp' ? '@timestamp' : field };
}

/** "field" or "field:type". */
export function targetOf(written: string): Target | { why: string } {
  const colon = written.lastIndexOf(':');
  const named = fieldOf(colon === -1 ? written : written.slice(0, colon));
  if ('why' in named) return named;
  if (colon === -1) return named;
  const type = valueType(written.slice(colon + 1));
  return type
    ? { ...named, type }
    : { why: `“${written.slice(colon + 1, colon + 40)}” is no type; types are string, int and float` };
}
