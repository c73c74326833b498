export { isJsonDecoder, jsonDecoder } from './json-decoder.js';
export type { JsonDecoder } from './json-decoder.js';
export { isJsonRecord, numberAt, parseJsonRecord, storableRecord, textAt, valueAt } from './json-record.js';
export type { JsonRecord } from './json-record.js';
export { splitRecords } from './split.js';
