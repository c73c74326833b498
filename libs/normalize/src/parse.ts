import type { Severity } from '@parapet/contracts';
import type { EventFields } from './decoders/decoder.js';
import { decoderFor, decoderNamed } from './decoders/index.js';
import { generic } from './decoders/generic.js';
import { frameText } from './frame-text.js';
import { parseHeader } from './header.js';
import type { SyslogHeader } from './syslog-header.js';

/** Where a frame came from. */
export interface ParseContext {
  /** Receipt, epoch ms. */
  receivedAt: number;
  /** IANA name of the zone that the source's times are in when they name none. */
  timeZone: string;
  /** Name of a decoder, or `auto`. */
  sourceType: string;
  transport?: 'udp' | 'tcp' | 'tls' | 'file';
  /** The framer cut the frame at its limit. */
  truncated?: boolean;
}

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
  const header = parseHeader(withoutEnd(text), context.receivedAt, context.timeZone);
  const fields: EventFields = {
    '@timestamp': header.timestamp ?? context.receivedAt,
    'event.original': text,
    message: header.message,
    'event.severity': SEVERITY[header.severity ?? 6] ?? 'info',
    'event.kind': 'event',
  };
  addHeader(fields, header);
  if (fields['@timestamp'] > context.receivedAt + MAX_AHEAD_MS) {
    fields['labels.time_adjusted'] = new Date(fields['@timestamp']).toISOString();
    fields['@timestamp'] = context.receivedAt;
  }
  if (encoding) fields['labels.encoding'] = encoding;
  if (nulReplaced) fields['labels.nul_replaced'] = true;
  if (context.truncated) fields['labels.truncated'] = true;
  if (context.transport === 'udp') fields['labels.unauthenticated'] = true;
  decode(fields, header, context.sourceType);
  return fields;
}

function decode(fields: EventFields, header: SyslogHeader, sourceType: string): void {
  const message = header.message;
  const asked = sourceType === 'auto' ? undefined : decoderNamed(sourceType);
  if (asked) {
    fields['labels.decoder'] = asked.name;
    if (asked.decode(message, header, fields)) return;
  }
  const decoder = decoderFor(header, message);
  fields['labels.decoder'] = decoder.name;
  if (decoder !== asked && decoder !== generic && decoder.decode(message, header, fields)) return;
  if (decoder === generic) generic.decode(message, header, fields);
  if (header.problem !== undefined) return;
  if (asked && asked !== generic)
    fields['labels.parse_error'] = `not a message that the ${asked.name} decoder knows`;
  else if (header.format === 'none') fields['labels.parse_error'] = 'no syslog header and no known message';
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
