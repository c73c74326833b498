import {
  DECODER_NAMES,
  isJsonRecord,
  listElements,
  listStart,
  MAX_FRAME_BYTES,
  parseFrame,
  parseRecord,
  splitRecords,
  splitText,
  type EventFields,
  type JsonRecord,
  type ParseContext,
} from '@parapet/normalize';
import type { Severity } from '@parapet/contracts';
import type { Route } from '../../pipeline/route.js';

/** What a protocol says about an event beside the event. It counts where the event itself says nothing. */
export interface Metadata {
  /** The event's own time, epoch ms; stronger than what its text says. */
  time?: number;
  /** When its shipper saw it, epoch ms; weaker than what its text says. */
  observed?: number;
  host?: string;
  /** A file's path or another name of where it comes from. */
  source?: string;
  /** A decoder's name, or anything else that the sender calls its kind. */
  sourceType?: string;
  index?: string;
  severity?: Severity;
  /** Further names and values. Hostile, like all of it. */
  fields?: JsonRecord;
}

/** One event as it was sent. `content`: the bytes by which a second delivery is recognised. */
export type Item = { content: Buffer; meta?: Metadata } & (
  { kind: 'line' } | { kind: 'record'; record: JsonRecord; original: string }
);

/** Longest JSON of one event, bytes. Its text is kept to 64 KiB, its fields in full. */
export const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_NAME = 1024;
/** As far ahead of receipt as an event's own time may be (DESIGN §4). */
const MAX_AHEAD_MS = 300_000;
const DECODERS: ReadonlySet<string> = new Set(DECODER_NAMES);
/** What the reading of an event itself settles; never taken from what stands beside it. */
const OWN: ReadonlySet<string> = new Set([
  '@timestamp',
  'message',
  'event.original',
  'event.severity',
  'event.kind',
  'event.module',
  'event.dataset',
  'labels.decoder',
  'labels.parse_error',
]);

/** The text of a JSON body as an object; undefined if it is none. */
export function recordOf(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonRecord(value) ? value : undefined;
  } catch {
    return undefined; // the caller says what was wrong
  }
}

/**
 * The events of an item: itself, or each of the records that it holds (a service's list, an array, objects one after the other).
 * The same bytes give the same parts, by which each is recognised when it comes again.
 */
export function partsOf(item: Item): Iterable<Item> {
  const { content, meta } = item;
  if (item.kind === 'record') {
    const records = splitRecords(item.record);
    return records.length === 1 ? [item] : recordParts(records, meta);
  }
  if (content.length > MAX_RECORD_BYTES) {
    const start = listStart(content);
    return start === undefined ? [item] : longListParts(content, start, meta);
  }
  const records = splitText(content);
  return records === undefined ? [item] : recordParts(records, meta);
}

function* recordParts(records: readonly JsonRecord[], meta: Metadata | undefined): Generator<Item> {
  const shared = metaOfPart(meta);
  for (const record of records) {
    const original = JSON.stringify(record);
    yield { kind: 'record', content: Buffer.from(original), record, original, meta: shared };
  }
}

function* longListParts(list: Buffer, start: number, meta: Metadata | undefined): Generator<Item> {
  const shared = metaOfPart(meta);
  for (const content of listElements(list, start)) {
    const original = content.length > MAX_RECORD_BYTES ? '' : content.toString();
    const record = recordOf(original);
    if (record === undefined) yield { kind: 'line', content, meta: shared };
    else yield { kind: 'record', content, record, original, meta: shared };
  }
}

/** The time of the whole is when it was delivered; its parts have times of their own. */
function metaOfPart(meta: Metadata | undefined): Metadata | undefined {
  return meta && { ...meta, time: undefined, observed: meta.time ?? meta.observed };
}

/** One event's bytes → its fields, under the source type and zone of the key's route. Never throws. */
export function readItem(
  item: Item,
  route: Pick<Route, 'sourceType' | 'timeZone' | 'parsers'>,
  now: number,
): { event: EventFields; truncated: boolean } {
  const { meta, content } = item;
  const truncated = content.length > MAX_FRAME_BYTES;
  const asked = meta?.sourceType?.toLowerCase();
  const context: ParseContext = {
    receivedAt: now,
    timeZone: route.timeZone,
    parsers: route.parsers,
    sourceType:
      route.sourceType === 'auto' && asked !== undefined && known(asked, route) ? asked : route.sourceType,
    transport: 'http',
    truncated,
  };
  let event: EventFields;
  if (item.kind === 'line') {
    event = parseFrame(truncated ? content.subarray(0, MAX_FRAME_BYTES) : content, context);
  } else {
    event = parseRecord(item.record, item.original, context);
    if (truncated) {
      event['event.original'] = cut(event['event.original']);
      event.message = cut(event.message);
    }
  }
  if (meta !== undefined) addMetadata(event, meta, context);
  return { event, truncated };
}

function known(type: string, { parsers }: Pick<Route, 'parsers'>): boolean {
  return parsers?.named(type) !== undefined || DECODERS.has(type);
}

function cut(text: string): string {
  if (text.length <= MAX_FRAME_BYTES) return text;
  const last = text.charCodeAt(MAX_FRAME_BYTES - 1);
  // Not through a surrogate pair: half of one can't be stored.
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_FRAME_BYTES - 1 : MAX_FRAME_BYTES);
}

function addMetadata(event: EventFields, meta: Metadata, context: ParseContext): void {
  const { time, observed, host, source, sourceType, index, severity, fields } = meta;
  if (time !== undefined) setTime(event, time, context.receivedAt);
  else if (observed !== undefined && event['@timestamp'] === context.receivedAt)
    setTime(event, observed, context.receivedAt);
  if (host !== undefined && host !== '') event['host.name'] ??= storable(host);
  if (source !== undefined && source !== '') {
    if (/^(?:\/|[A-Za-z]:[\\/])/.test(source)) event['log.file.path'] ??= storable(source);
    else event['labels.source'] = storable(source);
  }
  if (sourceType !== undefined && sourceType !== '') event['labels.sourcetype'] = storable(sourceType);
  if (index !== undefined && index !== '') event['labels.index'] = storable(index);
  if (severity !== undefined && event['event.severity'] === 'info') event['event.severity'] = severity;
  if (fields === undefined) return;
  // Read as a record of its own, so that names and values pass the same checks as any JSON event's.
  const beside = parseRecord(fields, JSON.stringify(fields), {
    ...context,
    sourceType: 'json',
    truncated: false,
  });
  for (const [name, value] of Object.entries(beside))
    if (!OWN.has(name) && value !== undefined) event[name] ??= value;
}

function setTime(event: EventFields, time: number, now: number): void {
  if (time > now + MAX_AHEAD_MS) {
    event['labels.time_adjusted'] = new Date(time).toISOString();
    event['@timestamp'] = now;
  } else event['@timestamp'] = time;
}

function storable(text: string): string {
  // Through UTF-8, in which half a surrogate pair has no place.
  return Buffer.from(text.slice(0, MAX_NAME)).toString().replaceAll('\0', '\u2400');
}
