import type { FlatEvent } from '../match/flatten.js';

/** Where logs keep the event's own time, best first. */
const TIME_FIELDS = [
  '@timestamp',
  'TimeCreated_SystemTime',
  'TimeCreated',
  'winlog.time_created',
  'UtcTime',
  'EventTime',
  'eventTime',
  'timestamp',
  'time',
  'ts',
  't',
];

/** Below this a number is seconds: as milliseconds it would lie in the first days of March 1973. */
const SMALLEST_MS = 1e11;

/**
 * The event's own time, epoch ms; undefined when it has none. Texts are ISO 8601 (a space instead of the T, no zone: UTC); numbers are epoch
 * seconds or milliseconds.
 */
export function eventTime(event: FlatEvent): number | undefined {
  for (const field of TIME_FIELDS) {
    const value = event[field];
    const time = typeof value === 'number' ? value : typeof value === 'string' ? parseTime(value) : undefined;
    if (time === undefined || !Number.isFinite(time)) continue;
    return typeof value === 'number' && Math.abs(value) < SMALLEST_MS
      ? Math.round(value * 1000)
      : Math.round(time);
  }
  return undefined;
}

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|[-+]\d{2}:?\d{2})?$/i;

function parseTime(text: string): number | undefined {
  if (/^\d{1,16}(?:\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    return number < SMALLEST_MS ? number * 1000 : number;
  }
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [, date = '', time = '', zone = 'Z'] = found;
  const parsed = Date.parse(`${date}T${time.replace(',', '.')}${zone}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
