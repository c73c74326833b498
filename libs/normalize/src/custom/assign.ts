import { normalizeIp, SEVERITIES } from '@parapet/contracts';
import type { FieldValue, Severity } from '@parapet/contracts';
import { isHostName } from '../decoders/decoder.js';
import type { DecodeContext, EventFields } from '../decoders/decoder.js';
import { anyInstant } from './any-time.js';
import type { Target } from './definition.js';

/** Sets one field of an event from a piece of its text. What is no value for the field is left out: absent is better than wrong. */
export type Setter = (fields: EventFields, text: string, context: DecodeContext) => void;

const LONGEST_VALUE = 32_768;
const MOST_ELEMENTS = 100;
const WHOLE_NUMBERS = /(?:^|\.)(?:port|pid|ppid|bytes|packets|status_code)$/;
const ADDRESSES = /(?:^|\.)ip$/;
/** ECS has these in lower case. */
const LOWER_CASE = new Set(['network.transport', 'network.protocol', 'network.direction', 'network.type']);
const OUTCOMES = new Set(['success', 'failure', 'unknown']);

/** Words for a message's weight, as syslog, Java and others have them. */
const SEVERITY_WORDS: ReadonlyMap<string, Severity> = new Map([
  ...SEVERITIES.map((name) => [name, name] as const),
  ...(['emerg', 'emergency', 'panic', 'alert', 'crit', 'fatal', '0', '1', '2'] as const).map(
    (word) => [word, 'critical'] as const,
  ),
  ...(['error', 'err', 'severe', '3'] as const).map((word) => [word, 'high'] as const),
  ...(['warning', 'warn', '4'] as const).map((word) => [word, 'medium'] as const),
  ...(['notice', '5'] as const).map((word) => [word, 'low'] as const),
  ...(['information', 'informational', 'debug', 'trace', '6', '7'] as const).map(
    (word) => [word, 'info'] as const,
  ),
]);

export function severityOfWord(word: string): Severity | undefined {
  return SEVERITY_WORDS.get(word.slice(0, 20).toLowerCase());
}

function numberOf(text: string, whole: boolean): number | undefined {
  if (text.length > 40 || !/^[+-]?(?:\d|\.\d)/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) && (!whole || Number.isSafeInteger(number)) ? number : undefined;
}

/** How a field is set: by its type, and by what ECS says of its name. */
export function setterOf({ field, type }: Target): Setter {
  if (field === '@timestamp') return setEventTime;
  if (field === 'event.severity')
    return (fields, text) => {
      fields['event.severity'] = severityOfWord(text) ?? fields['event.severity'];
    };
  if (field === 'event.outcome')
    return (fields, text) => {
      const outcome = text.slice(0, 20).toLowerCase();
      if (OUTCOMES.has(outcome)) fields['event.outcome'] = outcome;
    };
  if (ADDRESSES.test(field))
    return (fields, text) => {
      const address = normalizeIp(text);
      if (address !== undefined) fields[field] = address;
    };
  if (field === 'port' || field.endsWith('.port'))
    return (fields, text) => {
      const port = numberOf(text, true);
      if (port !== undefined && port >= 0 && port <= 65_535) fields[field] = port;
    };
  if (type === 'int' || type === 'float' || (type === undefined && WHOLE_NUMBERS.test(field))) {
    const whole = type !== 'float';
    return (fields, text) => {
      const number = numberOf(text, whole);
      if (number !== undefined) fields[field] = number;
    };
  }
  const lower = LOWER_CASE.has(field);
  return (fields, text) => {
    const value = text.length > LONGEST_VALUE ? text.slice(0, LONGEST_VALUE) : text;
    if (value !== '') fields[field] = lower ? value.toLowerCase() : value;
  };
}

function setEventTime(fields: EventFields, text: string, context: DecodeContext): void {
  const ms = anyInstant(text, context);
  if (ms !== undefined) fields['@timestamp'] = ms;
  else fields['labels.parse_error'] = `“${text.slice(0, 60)}” is no time that can be read`;
}

/** A list of one kind, as an event may hold it; undefined for what it can't. */
export function listValue(values: readonly unknown[]): FieldValue | undefined {
  const some = values.slice(0, MOST_ELEMENTS);
  const numbers = some.filter((value) => typeof value === 'number' && Number.isFinite(value));
  if (numbers.length > 0 && numbers.length === some.length) return numbers.map(Number);
  const texts = some.filter((value) => value !== null && typeof value !== 'object').map(String);
  return texts.length > 0 ? texts.map((text) => text.slice(0, LONGEST_VALUE)) : undefined;
}

/** What follows from the fields that were set: an address in `source.address` is `source.ip`, a request's target has a path. */
export function complete(fields: EventFields): void {
  const source = fields['source.address'];
  if (typeof source === 'string' && fields['source.ip'] === undefined) {
    const ip = normalizeIp(source);
    if (ip !== undefined) fields['source.ip'] = ip;
    else if (isHostName(source)) fields['source.domain'] ??= source;
  }
  const destination = fields['destination.address'];
  if (typeof destination === 'string' && fields['destination.ip'] === undefined) {
    const ip = normalizeIp(destination);
    if (ip !== undefined) fields['destination.ip'] = ip;
    else if (isHostName(destination)) fields['destination.domain'] ??= destination;
  }
  const url = fields['url.original'];
  if (typeof url === 'string' && url.startsWith('/') && fields['url.path'] === undefined) {
    const query = url.indexOf('?');
    fields['url.path'] = query === -1 ? url : url.slice(0, query);
    if (query !== -1 && query + 1 < url.length) fields['url.query'] ??= url.slice(query + 1);
  }
  const host = fields['host.hostname'];
  if (typeof host === 'string') fields['host.name'] ??= host;
}
