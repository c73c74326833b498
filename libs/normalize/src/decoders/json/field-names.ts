/**
 * Names that a record's sender can't write: identity (DESIGN §4), what the decoders and the ingestor say about the event, and what
 * JavaScript gives a meaning of its own. A record's own field of such a name is kept below `json.`.
 */
const RESERVED = new Set([
  'id',
  'tenantId',
  'tenant_id',
  '_echo',
  '@timestamp',
  'message',
  'event.ingested',
  'event.original',
  'event.severity',
  'labels.decoder',
  'labels.parse_error',
  'labels.time_adjusted',
  'labels.encoding',
  'labels.nul_replaced',
  'labels.truncated',
  'labels.unauthenticated',
  'labels.repeat_count',
  'labels.invalid_user',
  'labels.fields_dropped',
]);
const RESERVED_ROOTS = /^(?:parapet|tenant|json|labels\.parapet[_.])(?:\.|$)/;
const LANGUAGE_NAMES = new Set([
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'hasOwnProperty',
]);

export const LONGEST_NAME = 256;

/** The event field that a record's dotted name is kept under; undefined if it can be kept under none. */
export function fieldName(dotted: string): string | undefined {
  if (dotted === '' || dotted.length > LONGEST_NAME || LANGUAGE_NAMES.has(dotted)) return undefined;
  if (dotted.startsWith('__')) return `json.${dotted}`;
  return RESERVED.has(dotted) || RESERVED_ROOTS.test(dotted) ? `json.${dotted}` : dotted;
}
