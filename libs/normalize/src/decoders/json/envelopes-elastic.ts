import type { DecodedFields } from '@parapet/contracts';
import type { DecodeContext } from '../decoder.js';
import type { Wrapped } from './envelopes.js';
import { parseJsonRecord, textAt, valueAt } from './json-record.js';
import type { JsonRecord } from './json-record.js';
import { instant } from './values.js';

const SHIPPERS = new Set(['filebeat', 'journalbeat']);

/** At a path, whether the names are nested or dotted. */
function at(record: JsonRecord, ...path: readonly string[]): string | undefined {
  return textAt(record, ...path) ?? textAt(record, path.join('.'));
}

/** A Beat's or Logstash's document around one line of a file, of a socket or of the journal. */
function lineDocument(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  const text = textAt(record, 'message');
  // A module or an ingest pipeline has read the line already: its fields stand beside it.
  if (
    text === undefined ||
    at(record, 'event', 'module') !== undefined ||
    at(record, 'event', 'category') !== undefined
  )
    return undefined;
  const fields: DecodedFields = {};
  const put = (name: string, value: string | undefined) => {
    if (value !== undefined) fields[name] = value;
  };
  put('host.name', at(record, 'host', 'name') ?? at(record, 'host', 'hostname') ?? textAt(record, 'host'));
  put('log.file.path', at(record, 'log', 'file', 'path') ?? textAt(record, 'path'));
  put('agent.type', at(record, 'agent', 'type'));
  put('agent.name', at(record, 'agent', 'name'));
  put('container.id', at(record, 'container', 'id'));
  put('container.name', at(record, 'container', 'name'));
  put('orchestrator.namespace', at(record, 'kubernetes', 'namespace'));
  put('orchestrator.resource.name', at(record, 'kubernetes', 'pod', 'name'));
  const time = instant(valueAt(record, '@timestamp'), context);
  const inner = parseJsonRecord(text.trimEnd());
  if (inner) return { record: inner, time, fields };
  const program =
    at(record, 'log', 'syslog', 'appname') ??
    at(record, 'syslog', 'identifier') ??
    at(record, 'process', 'name');
  const header =
    program === undefined
      ? undefined
      : {
          program,
          pid:
            at(record, 'log', 'syslog', 'procid') ??
            at(record, 'process', 'pid') ??
            at(record, 'syslog', 'pid'),
          host: at(record, 'host', 'hostname') ?? at(record, 'host', 'name'),
        };
  return { text, header, time, fields };
}

/** Filebeat's documents, and the Elastic Agent's, which runs Filebeat. */
export function beatLine(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  const type = at(record, 'agent', 'type') ?? at(record, '@metadata', 'beat') ?? at(record, 'beat', 'name');
  const shipped =
    (type !== undefined && SHIPPERS.has(type)) ||
    (at(record, 'log', 'file', 'path') !== undefined && valueAt(record, 'log', 'offset') !== undefined);
  return shipped ? lineDocument(record, context) : undefined;
}

/** What application log libraries write beside Logstash's `@version`. */
const LIBRARY_NAMES = [
  'logger_name',
  'logger',
  'thread_name',
  'level',
  'level_value',
  'stack_trace',
  'severity',
];

/** Logstash's documents: `@version`, a message, and where it was read; not those that an application writes in its form. */
export function logstashLine(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  if (record['@version'] === undefined || LIBRARY_NAMES.some((name) => record[name] !== undefined))
    return undefined;
  const read =
    at(record, 'log', 'file', 'path') ??
    textAt(record, 'path') ??
    at(record, 'event', 'original') ??
    at(record, 'input', 'type');
  return read === undefined ? undefined : lineDocument(record, context);
}
