import { normalizeIp } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { epochInstant, isoInstant, wallClock } from '../event-time.js';
import { setPort, setSource } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';

const US_TIME = /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?: ([AP])M)?(?: (?:UTC|Z))?$/;
/** Where a record calls its time by a name that says nothing else. */
const PLAIN_NUMBER = /^\d{9,19}(?:\.\d{1,9})?$/;

/** A record's time: ISO 8601 (with or without a zone), or seconds to nanoseconds since 1970 as a number or as text. Epoch ms. */
export function instant(value: unknown, context: DecodeContext): number | undefined {
  if (typeof value === 'number') return epochInstant(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const iso = isoInstant(value, context);
  if (iso !== undefined) return iso;
  if (PLAIN_NUMBER.test(value)) return epochInstant(Number(value));
  const us = US_TIME.exec(value);
  if (!us) return undefined;
  const hour = Number(us[4]);
  return wallClock(
    {
      year: Number(us[3]),
      month: Number(us[1]),
      day: Number(us[2]),
      hour: us[7] === undefined ? hour : (hour % 12) + (us[7] === 'P' ? 12 : 0),
      minute: Number(us[5]),
      second: Number(us[6]),
      offset: /UTC|Z/.test(value) ? 0 : undefined,
    },
    context,
  );
}

/** The same for times that the service defines as UTC but writes without a zone. */
export function utcInstant(value: unknown, context: DecodeContext): number | undefined {
  return instant(value, { ...context, timeZone: 'UTC' });
}

const SEVERITY_WORDS = new Map<string, Severity>([
  ...['emergency', 'emerg', 'panic', 'alert', 'critical', 'crit', 'fatal', 'dpanic', 'severe'].map(
    (word) => [word, 'critical'] as const,
  ),
  ...['error', 'err', 'high', 'failure', 'audit_failure'].map((word) => [word, 'high'] as const),
  ...['warning', 'warn', 'medium', 'moderate'].map((word) => [word, 'medium'] as const),
  ...['notice', 'low', 'important'].map((word) => [word, 'low'] as const),
  ...['information', 'informational', 'info', 'debug', 'trace', 'verbose', 'default', 'ok', 'none'].map(
    (word) => [word, 'info'] as const,
  ),
]);

/** A level's English word in any case (syslog's, log4j's, the cloud services') as our severity. */
export function severityOfWord(word: unknown): Severity | undefined {
  return typeof word === 'string' && word.length <= 20 ? SEVERITY_WORDS.get(word.toLowerCase()) : undefined;
}

const NOBODY = new Set([
  '',
  '-',
  '--',
  'n/a',
  'none',
  'null',
  'unknown',
  '(null)',
  'not available',
  '<unknown>',
  'undefined',
]);
const LONGEST_USER = 1024;

/** A name that stands for somebody; undefined for the words that programs write where there is none. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_USER) return undefined;
  const name = value.trim();
  return NOBODY.has(name.toLowerCase()) ? undefined : name;
}

/** Sets `user.name`, unless the value stands for nobody. */
export function setUserName(fields: EventFields, value: unknown): boolean {
  const name = nameOf(value);
  if (name === undefined) return false;
  fields['user.name'] = name;
  return true;
}

const BRACKETED = /^\[([0-9a-f:.]{2,45})\](?::(\d{1,5}))?$/i;
const WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;

/** "198.51.100.7", "198.51.100.7:443", "[2001:db8::1]:443", "2001:db8::1" as address and port; undefined if it is no address. */
export function endpointOf(value: unknown): { ip: string; port?: string } | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  const match = BRACKETED.exec(text) ?? WITH_PORT.exec(text);
  const ip = normalizeIp(match?.[1] ?? text);
  return ip === undefined ? undefined : { ip, port: match?.[2] };
}

/** Sets `source.ip` (and `source.port`, if the text or `port` has one). False if it is no address. */
export function setSourceEndpoint(fields: EventFields, value: unknown, port?: unknown): boolean {
  const endpoint = endpointOf(value);
  if (!endpoint) return false;
  setSource(fields, endpoint.ip, endpoint.port ?? portText(port));
  return true;
}

/** Sets `destination.ip` (and `destination.port`). False if it is no address. */
export function setDestinationEndpoint(fields: EventFields, value: unknown, port?: unknown): boolean {
  const endpoint = endpointOf(value);
  if (!endpoint) return false;
  fields['destination.ip'] = endpoint.ip;
  const text = endpoint.port ?? portText(port);
  if (text !== undefined) setPort(fields, 'destination.port', text);
  return true;
}

function portText(port: unknown): string | undefined {
  const text = typeof port === 'number' ? String(port) : port;
  return typeof text === 'string' && /^[1-9]\d{0,4}$/.test(text) ? text : undefined;
}

/** Puts a text that is there under a name; numbers as text. */
export function setText(fields: EventFields, name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') fields[name] = value;
  else if (typeof value === 'number') fields[name] = String(value);
}

/** Puts a whole number that is there (or a text that is one) under a name. */
export function setNumber(fields: EventFields, name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value)) fields[name] = value;
  else if (typeof value === 'string' && /^\d{1,15}$/.test(value)) fields[name] = Number(value);
}

/** `url.path` and `url.query` of what a request asked for. */
export function setUrl(fields: EventFields, original: unknown): void {
  if (typeof original !== 'string' || original === '') return;
  fields['url.original'] = original;
  const rest = original.replace(/^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]{0,300}/i, '');
  const path = /^[^?#]*/.exec(rest)?.[0] ?? '';
  if (path !== '') fields['url.path'] = path;
  const query = /\?([^#]*)/.exec(rest)?.[1];
  if (query) fields['url.query'] = query;
}
