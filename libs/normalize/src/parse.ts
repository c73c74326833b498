import type { Severity } from '@parapet/contracts';
import type { TenantParsers } from './custom/tenant-parsers.js';
import type { Decoder, EventFields } from './decoders/decoder.js';
import {
  decoderNamed,
  decoderOfLine,
  decoderOfProgram,
  decoderOfRecord,
  decoderOfText,
} from './decoders/index.js';
import { isoInstant, setTime } from './decoders/event-time.js';
import { generic } from './decoders/generic.js';
import { unwrap } from './decoders/json/envelopes.js';
import type { Wrapped } from './decoders/json/envelopes.js';
import { json } from './decoders/json/general.js';
import { flattenRecord } from './decoders/json/flatten.js';
import { isJsonDecoder, parseJsonRecord, storableRecord } from './decoders/json/index.js';
import type { JsonRecord } from './decoders/json/index.js';
import { instant } from './decoders/json/values.js';
import { frameText } from './frame-text.js';
import { parseHeader } from './header.js';
import type { SyslogHeader } from './syslog-header.js';

/** Where a frame came from. */
export interface ParseContext {
  /** Receipt, epoch ms. */
  receivedAt: number;
  /** IANA name of the zone that the source's times are in when they name none. */
  timeZone: string;
  /** Name of a decoder or of one of the tenant's parsers, or `auto`. */
  sourceType: string;
  /** The tenant's own parsers; undefined where it has none. */
  parsers?: TenantParsers;
  transport?: 'udp' | 'tcp' | 'tls' | 'relp' | 'http' | 'file';
  /** The sender proved who it is, by more than an address that anybody can forge. */
  authenticated?: boolean;
  /** The framer cut the frame at its limit. */
  truncated?: boolean;
}

/** Longest text of a record that is read as a line: a frame's limit. */
const MAX_TEXT = 65_536;
/** How far ahead of receipt an event's own time may be. */
const MAX_AHEAD_MS = 300_000;
/** Syslog's eight severities (RFC 5424 6.2.1) as our five. */
const SEVERITY: readonly Severity[] = [
  'critical',
  'critical',
  'critical',
  'high',
  'medium',
  'low',
  'info',
  'info',
];

/** Bytes → text without the line end or NUL that UDP senders leave on. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0) {
    const code = text.charCodeAt(end - 1);
    if (code !== 10 && code !== 13 && code !== 0x2400) break;
    end--;
  }
  return end === text.length ? text : text.slice(0, end);
}

/**
 * One frame → the fields of one event; identity (id, tenant, `event.ingested`) is the caller's. Never throws and never drops: what
 * can't be read is `message` and `event.original`, with the reason in `labels.parse_error`.
 */
export function parseFrame(frame: Buffer, context: ParseContext): EventFields {
  const { text, encoding, nulReplaced } = frameText(frame);
  const line = withoutEnd(text);
  if (isContainerLine(line)) return parseContainerLine(line, text, context);
  let header = parseHeader(line, context.receivedAt, context.timeZone);
  const choice = choose(line, header, context);
  if (choice.wholeLine !== undefined) header = withoutHeader(header, choice.wholeLine);
  const fields: EventFields = {
    '@timestamp': header.timestamp ?? context.receivedAt,
    'event.original': text,
    message: header.message,
    'event.severity': SEVERITY[header.severity ?? 6] ?? 'info',
    'event.kind': 'event',
  };
  addHeader(fields, header);
  decode(fields, header, choice, context, 0);
  if (encoding) fields['labels.encoding'] = encoding;
  if (nulReplaced) fields['labels.nul_replaced'] = true;
  finish(fields, context);
  return fields;
}

/**
 * One JSON object → the fields of one event, as `parseFrame` reads it when it is a line's text. `original`: the JSON as received, for
 * `event.original`. A shipper's envelope (Docker, journald, Filebeat …) is opened, and the line in it read as its program's.
 * `sourceType` names the decoder of the record or of that line. Never throws.
 */
export function parseRecord(record: JsonRecord, original: string, context: ParseContext): EventFields {
  const text = original.includes('\0') ? original.replaceAll('\0', '\u2400') : original;
  const fields = emptyEvent(text, context);
  const asked = askedFor(context);
  decodeRecord(fields, storableRecord(record, text), NO_HEADER, asked, context, 0);
  finish(fields, context);
  return fields;
}

/** CRI's log files: "2026-11-20T20:00:00.123456789Z stdout F line" (F: full, P: partial). */
const CRI =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) [FP](?::[a-zA-Z]{1,20})* /;

function isContainerLine(line: string): boolean {
  return line.charCodeAt(10) === 84 && line.charCodeAt(4) === 45 && CRI.test(line.slice(0, 120));
}

function parseContainerLine(line: string, original: string, context: ParseContext): EventFields {
  const head = CRI.exec(line.slice(0, 120));
  const text = line.slice(head?.[0].length ?? 0);
  const fields = emptyEvent(original, context);
  const wrapped = { text, time: isoInstant(head?.[1] ?? '', context), fields: { stream: head?.[2] } };
  decodeWrapped(fields, wrapped, NO_HEADER, context, 1);
  finish(fields, context);
  return fields;
}

function emptyEvent(original: string, context: ParseContext): EventFields {
  return {
    '@timestamp': context.receivedAt,
    'event.original': original,
    message: original,
    'event.severity': 'info',
    'event.kind': 'event',
  };
}

const NO_HEADER: SyslogHeader = { format: 'none', valid5424: false, message: '' };

function finish(fields: EventFields, context: ParseContext): void {
  if (fields['@timestamp'] > context.receivedAt + MAX_AHEAD_MS) {
    fields['labels.time_adjusted'] = new Date(fields['@timestamp']).toISOString();
    fields['@timestamp'] = context.receivedAt;
  }
  if (context.truncated) fields['labels.truncated'] = true;
  if (context.transport === 'udp' && context.authenticated !== true) fields['labels.unauthenticated'] = true;
}

interface Choice {
  /** What the source's type asks for. */
  asked?: Decoder;
  /** What the line itself tells. */
  told?: Decoder;
  /** The line without its PRI, when the decoder's own form begins there and what looked like a header is none. */
  wholeLine?: string;
}

/** What the source's type names; a tenant's parser before a decoder of the same name. */
function askedFor({ sourceType, parsers }: ParseContext): Decoder | undefined {
  if (sourceType === 'auto') return undefined;
  return parsers?.named(sourceType) ?? decoderNamed(sourceType);
}

/** The tenant's parser for the program of the line. */
function parserOfProgram({ program }: SyslogHeader, { parsers }: ParseContext): Decoder | undefined {
  return parsers === undefined || program === undefined ? undefined : parsers.ofProgram(program);
}

/** Which decoder reads the line: the one that is asked for, else that of the program, else the one that knows its own text. */
function choose(line: string, header: SyslogHeader, context: ParseContext): Choice {
  const asked = askedFor(context) ?? parserOfProgram(header, context);
  const body = header.format === 'rfc3164' ? withoutPriority(line, header) : undefined;
  if (asked) {
    const whole = asked.wholeLines && body !== undefined && asked.recognise?.(header, body);
    if (whole) return { asked, wholeLine: body };
    const told = decoderOfProgram(header);
    return { asked, told: told === asked ? undefined : told };
  }
  const known = decoderOfProgram(header);
  if (known) return { told: known };
  if (isStructured(header.message) && parseJsonRecord(header.message)) return {};
  const told = decoderOfText(header, header.message);
  if (told || body === undefined) return { told };
  const owner = decoderOfLine(header, body);
  return owner ? { told: owner, wholeLine: body } : {};
}

function withoutPriority(line: string, header: SyslogHeader): string {
  return header.priority === undefined ? line : line.slice(line.indexOf('>') + 1);
}

function withoutHeader({ priority, facility, severity }: SyslogHeader, message: string): SyslogHeader {
  return { format: 'none', valid5424: false, priority, facility, severity, message };
}

/** syslogd and rsyslog fold equal lines: the message in brackets came N times more. */
const REPEATED = /^message repeated (\d{1,10}) times: \[ ?(.*)\]$/s;
/** Envelopes in envelopes (a container's journald line in a Beat's document …). */
const DEEPEST_ENVELOPE = 4;

function decode(
  fields: EventFields,
  header: SyslogHeader,
  choice: Choice,
  context: ParseContext,
  depth: number,
): void {
  let message = header.message;
  if (message.startsWith('message repeated ')) {
    const repeated = REPEATED.exec(message);
    if (repeated) {
      fields['labels.repeat_count'] = Number(repeated[1]);
      message = (repeated[2] ?? '').trim();
    }
  }
  const { asked, told } = choice;
  const record = isStructured(message) ? parseJsonRecord(message) : undefined;
  if (asked && (record === undefined || !isJsonDecoder(asked))) {
    fields['labels.decoder'] = asked.name;
    if (asked.decode(message, header, fields, context)) return;
  }
  const decoder = told ?? generic;
  fields['labels.decoder'] = decoder.name;
  if (decoder !== generic && decoder.decode(message, header, fields, context)) return;
  if (record) {
    decodeRecord(fields, record, header, asked, context, depth);
    return;
  }
  if (decoder === generic) generic.decode(message, header, fields, context);
  if (header.problem !== undefined) return;
  if (asked && asked !== generic) fields['labels.parse_error'] = unknownTo(asked);
  else if (header.format === 'none' && depth === 0)
    fields['labels.parse_error'] = 'no syslog header and no known message';
}

function unknownTo({ name }: Decoder): string {
  return `not a message that the ${name} decoder knows`;
}

function isStructured(message: string): boolean {
  const first = message.charCodeAt(0);
  return first === 123 || (first === 64 && message.startsWith('@cee:'));
}

function decodeRecord(
  fields: EventFields,
  record: JsonRecord,
  header: SyslogHeader,
  asked: Decoder | undefined,
  context: ParseContext,
  depth: number,
): void {
  const wrapped = depth < DEEPEST_ENVELOPE ? unwrap(record, context) : undefined;
  if (wrapped) {
    decodeWrapped(fields, wrapped, header, context, depth + 1);
    return;
  }
  const told = decoderOfRecord(record) ?? json;
  if (asked && told === json && decodeText(fields, record, header, asked, context)) return;
  // `json` is asked for records of any kind: what knows this one better goes first.
  for (const decoder of asked?.name === json.name ? [told, asked] : [asked, told]) {
    if (!decoder || !isJsonDecoder(decoder)) continue;
    fields['labels.decoder'] = decoder.name;
    if (decoder.decodeRecord(record, fields, context)) break;
  }
  const known = fields['labels.decoder'] === asked?.name || fields['labels.decoder'] !== json.name;
  if (asked && !known) fields['labels.parse_error'] = `not a message that the ${asked.name} decoder knows`;
}

/** The source's type says whose lines come; a shipper that nobody knows put them into a record. */
function decodeText(
  fields: EventFields,
  record: JsonRecord,
  header: SyslogHeader,
  asked: Decoder,
  context: ParseContext,
): boolean {
  if (isJsonDecoder(asked) || asked === generic) return false;
  const text = record.message ?? record.msg ?? record.log ?? record.line;
  if (typeof text !== 'string' || text.length > MAX_TEXT) return false;
  const inner = parseHeader(withoutEnd(text), context.receivedAt, context.timeZone);
  const told = record['@timestamp'] ?? record.timestamp ?? record.time ?? record.date;
  setTime(fields, inner.timestamp ?? instant(told, context));
  if (!asked.decode(inner.message, { ...header, ...inner }, fields, context)) return false;
  fields['labels.decoder'] = asked.name;
  fields.message = inner.message;
  addHeader(fields, inner);
  flattenRecord(record, fields);
  return true;
}

/** What an envelope holds is read like a frame of its own; what the envelope says counts where the line itself says nothing. */
function decodeWrapped(
  fields: EventFields,
  wrapped: Wrapped,
  outer: SyslogHeader,
  context: ParseContext,
  depth: number,
): void {
  for (const [name, value] of Object.entries(wrapped.fields ?? {}))
    if (value !== undefined) fields[name] ??= value;
  if (wrapped.time !== undefined) fields['@timestamp'] = wrapped.time;
  const asked = askedFor(context);
  if (wrapped.record) {
    decodeRecord(fields, wrapped.record, outer, asked, context, depth);
    return;
  }
  const line = withoutEnd(wrapped.text ?? '');
  let header: SyslogHeader = wrapped.header
    ? { format: 'rfc5424', valid5424: false, ...wrapped.header, message: line }
    : parseHeader(line, context.receivedAt, context.timeZone);
  const choice = choose(line, header, context);
  if (choice.wholeLine !== undefined) header = withoutHeader(header, choice.wholeLine);
  fields.message = header.message;
  if (header.timestamp !== undefined) fields['@timestamp'] = header.timestamp;
  if (header.severity !== undefined) fields['event.severity'] = SEVERITY[header.severity] ?? 'info';
  addHeader(fields, header);
  decode(fields, header, choice, context, depth);
}

function addHeader(fields: EventFields, header: SyslogHeader): void {
  if (header.priority !== undefined) {
    fields['log.syslog.priority'] = header.priority;
    fields['log.syslog.facility.code'] = header.facility;
    fields['log.syslog.severity.code'] = header.severity;
  }
  if (header.valid5424) fields['log.syslog.version'] = String(header.version);
  if (header.host !== undefined) fields['host.name'] = fields['log.syslog.hostname'] = header.host;
  if (header.program !== undefined) {
    fields['log.syslog.appname'] = header.program;
    const paren = header.program.indexOf('(');
    // Cisco's "%ASA-6-302013" stands where the program does, and names a message.
    if (header.program.charCodeAt(0) !== 37)
      fields['process.name'] = paren > 0 ? header.program.slice(0, paren) : header.program;
  }
  if (header.pid !== undefined) {
    fields['log.syslog.procid'] = header.pid;
    const pid = Number(header.pid);
    if (Number.isSafeInteger(pid) && pid >= 0) fields['process.pid'] = pid;
  }
  if (header.msgid !== undefined) fields['log.syslog.msgid'] = header.msgid;
  if (header.problem !== undefined)
    fields['labels.parse_error'] = `not well-formed RFC 5424: ${header.problem}`;
  if (header.structuredData) {
    for (const [id, params] of Object.entries(header.structuredData)) {
      for (const [name, value] of Object.entries(params))
        fields[`log.syslog.structured_data.${id}.${name}`] = value;
    }
  }
}
