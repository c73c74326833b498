import type { Decoder, DecodeContext, EventFields } from '../decoder.js';
import { parseJsonRecord } from './json-record.js';
import type { JsonRecord } from './json-record.js';

/** Reads one program's JSON records. The text is parsed once for all of them. */
export interface JsonDecoder extends Decoder {
  recogniseRecord(record: JsonRecord): boolean;
  decodeRecord(record: JsonRecord, fields: EventFields, context: DecodeContext): boolean;
}

export function isJsonDecoder(decoder: Decoder): decoder is JsonDecoder {
  return 'decodeRecord' in decoder;
}

/** A row of the registry from what is particular to one program's records. */
export function jsonDecoder(
  definition: Pick<JsonDecoder, 'name' | 'types' | 'recogniseRecord' | 'decodeRecord'> & {
    programs?: readonly string[];
  },
): JsonDecoder {
  return {
    programs: [],
    ...definition,
    decode(message, _header, fields, context) {
      const record = parseJsonRecord(message);
      return record !== undefined && definition.decodeRecord(record, fields, context);
    },
  };
}
