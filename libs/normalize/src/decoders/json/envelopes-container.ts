import type { DecodedFields } from '@parapet/contracts';
import type { DecodeContext } from '../decoder.js';
import type { Wrapped } from './envelopes.js';
import { parseJsonRecord, textAt } from './json-record.js';
import type { JsonRecord } from './json-record.js';
import { instant } from './values.js';

/**
 * Names beside the line in the records of Docker's json-file driver, of its splunk and fluentd drivers, of Fluent Bit's and Fluentd's
 * readers of them and of CRI files, with their Kubernetes filter. A record with any other name is an application's own.
 */
const BESIDE = new Set([
  'log',
  'line',
  'message',
  'stream',
  'source',
  'time',
  'date',
  'timestamp',
  '@timestamp',
  'attrs',
  'tag',
  'logtag',
  '_p',
  'kubernetes',
  'docker',
  'container_id',
  'container_name',
  'partial_message',
  'file',
  'filename',
  'cluster_name',
  'hostname',
]);

/** {"log":"line\n","stream":"stdout","time":"…"} and its relatives. */
export function containerLine(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  const text = textAt(record, 'log') ?? textAt(record, 'line') ?? textAt(record, 'message');
  if (text === undefined) return undefined;
  const stream = textAt(record, 'stream') ?? textAt(record, 'source');
  const names = Object.keys(record);
  const output = stream === 'stdout' || stream === 'stderr';
  // Fluent Bit's tail input alone writes `log` and, over HTTP, `date`.
  const tail =
    textAt(record, 'log') !== undefined &&
    names.every((name) => /^(?:log|date|@?time(?:stamp)?|file(?:name)?)$/.test(name));
  if (!(output || tail) || !names.every((name) => BESIDE.has(name))) return undefined;
  const fields: DecodedFields = {};
  const put = (name: string, value: string | undefined) => {
    if (value !== undefined) fields[name] = value;
  };
  if (output) put('stream', stream);
  put(
    'container.id',
    textAt(record, 'container_id') ??
      textAt(record, 'docker', 'container_id') ??
      textAt(record, 'kubernetes', 'docker_id'),
  );
  put(
    'container.name',
    textAt(record, 'container_name')?.replace(/^\//, '') ?? textAt(record, 'kubernetes', 'container_name'),
  );
  put('container.image.name', textAt(record, 'kubernetes', 'container_image'));
  put('orchestrator.namespace', textAt(record, 'kubernetes', 'namespace_name'));
  put('orchestrator.resource.name', textAt(record, 'kubernetes', 'pod_name'));
  put('host.name', textAt(record, 'kubernetes', 'host') ?? textAt(record, 'hostname'));
  put('log.file.path', textAt(record, 'file') ?? textAt(record, 'filename'));
  return {
    ...content(text),
    fields,
    time: instant(record.time ?? record.date ?? record.timestamp ?? record['@timestamp'], context),
  };
}

/** Many programs in containers log JSON: then it is their record. */
function content(text: string): Pick<Wrapped, 'text' | 'record'> {
  const line = text.trimEnd();
  const record = parseJsonRecord(line);
  return record ? { record } : { text: line };
}
