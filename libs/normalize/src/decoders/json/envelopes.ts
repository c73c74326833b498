import type { DecodedFields } from '@parapet/contracts';
import type { SyslogHeader } from '../../syslog-header.js';
import type { DecodeContext } from '../decoder.js';
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

/** What a record of a known shipper holds; undefined for any other record. */
export function unwrap(_record: JsonRecord, _context: DecodeContext): Wrapped | undefined {
  return undefined;
}
