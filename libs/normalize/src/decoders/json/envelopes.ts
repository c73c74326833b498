import type { DecodedFields } from '@parapet/contracts';
import type { SyslogHeader } from '../../syslog-header.js';
import type { DecodeContext } from '../decoder.js';
import { containerLine } from './envelopes-container.js';
import { integration, onlyElement } from './envelopes-cloud.js';
import { journald, syslogRecord, unifiedLog } from './envelopes-syslog.js';
import { beatLine, logstashLine } from './envelopes-elastic.js';
import type { JsonRecord } from './json-record.js';

/** What a shipper put into its record: a line (with what its header said, if the shipper took it off) or another record. */
export interface Wrapped {
  text?: string;
  header?: Pick<SyslogHeader, 'program' | 'pid' | 'host' | 'facility' | 'severity' | 'msgid'>;
  record?: JsonRecord;
  /** The shipper's time of the line, epoch ms. */
  time?: number;
  /** What the shipper says of the line's origin. */
  fields?: DecodedFields;
}

/**
 * Opens one shipper's records. It must know them by names that the shipper writes and an application's own JSON log does not: the
 * text inside is read as a line of whatever program, and an application's `message` may quote one.
 */
export type Envelope = (record: JsonRecord, context: DecodeContext) => Wrapped | undefined;

const ENVELOPES: readonly Envelope[] = [
  containerLine,
  journald,
  unifiedLog,
  syslogRecord,
  beatLine,
  logstashLine,
  integration,
  onlyElement,
];

/** What a record of a known shipper holds; undefined for any other record. */
export function unwrap(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  for (const open of ENVELOPES) {
    const wrapped = open(record, context);
    if (wrapped) return wrapped;
  }
  return undefined;
}
