import { flattenRecord } from './flatten.js';
import { jsonDecoder } from './json-decoder.js';

/** Any JSON object: its values under their dotted names. */
export const json = jsonDecoder({
  name: 'json',
  types: ['_json', 'ndjson', 'jsonl'],
  recogniseRecord: () => true,
  decodeRecord(record, fields) {
    fields['event.module'] = 'json';
    fields['event.dataset'] = 'json.log';
    flattenRecord(record, fields);
    return true;
  },
});
