import { z } from 'zod';
import {
  fieldValueSchema,
  type EventSection,
  type FieldValue,
  type NormalizedEvent,
} from '@parapet/contracts';

/**
 * Events of one tenant by column, the form they travel in: a name once a batch instead of once an event, a value
 * that all share once, ids as 16 bytes, times as differences, and the message as a place in the frame it came in.
 */
const packedSectionSchema = z.object({
  tenantId: z.uuid(),
  count: z.int().min(1).max(100_000),
  ids: z.instanceof(Uint8Array),
  baseTime: z.number(),
  times: z.array(z.number()),
  baseReceipt: z.number(),
  receipts: z.array(z.number()),
  originals: z.array(z.string()),
  /** A number is where the message begins in the original, of which it is the end. */
  messages: z.array(z.union([z.string(), z.int().min(0)])),
  names: z.array(z.string()),
  /** For each name either one value for all events, or a value (null: absent) for each. */
  shared: z.array(fieldValueSchema.nullable()),
  columns: z.array(z.array(fieldValueSchema.nullable()).nullable()),
});
export type PackedSection = z.output<typeof packedSectionSchema>;

const OWN_COLUMNS = new Set(['id', 'tenantId', '@timestamp', 'event.ingested', 'event.original', 'message']);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws RangeError when an id is no UUID: those are minted at receipt, so it is our own mistake. */
export function toColumns({ tenantId, events }: EventSection): PackedSection {
  const count = events.length;
  const baseTime = events.find((event) => Number.isFinite(event['@timestamp']))?.['@timestamp'] ?? 0;
  const baseReceipt = events[0]?.['event.ingested'] ?? 0;
  const times = new Array<number>(count);
  const receipts = new Array<number>(count);
  const originals = new Array<string>(count);
  const messages = new Array<string | number>(count);
  const byName = new Map<string, (FieldValue | null)[]>();
  let ids = '';
  for (let i = 0; i < count; i += 1) {
    const event = events[i];
    if (event === undefined) continue;
    if (!UUID.test(event.id)) throw new RangeError('the id of an event is no UUID');
    ids += event.id;
    times[i] = event['@timestamp'] - baseTime;
    receipts[i] = event['event.ingested'] - baseReceipt;
    const original = (originals[i] = event['event.original']);
    messages[i] = original.endsWith(event.message) ? original.length - event.message.length : event.message;
    for (const name in event) {
      const value = event[name];
      if (value === undefined || OWN_COLUMNS.has(name)) continue;
      let column = byName.get(name);
      if (column === undefined) byName.set(name, (column = new Array<FieldValue | null>(count).fill(null)));
      column[i] = value;
    }
  }
  const names = [...byName.keys()];
  const shared: (FieldValue | null)[] = [];
  const columns: ((FieldValue | null)[] | null)[] = [];
  for (const column of byName.values()) {
    const first = column[0] ?? null;
    const same = first !== null && !Array.isArray(first) && column.every((value) => value === first);
    shared.push(same ? first : null);
    columns.push(same ? null : column);
  }
  return {
    tenantId,
    count,
    ids: Buffer.from(ids.replaceAll('-', ''), 'hex'),
    baseTime,
    times,
    baseReceipt,
    receipts,
    originals,
    messages,
    names,
    shared,
    columns,
  };
}

function uuidAt(hex: string, i: number): string {
  const at = i * 32;
  return `${hex.slice(at, at + 8)}-${hex.slice(at + 8, at + 12)}-${hex.slice(at + 12, at + 16)}-${hex.slice(at + 16, at + 20)}-${hex.slice(at + 20, at + 32)}`;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isMessage = (value: unknown) => typeof value === 'string' || (typeof value === 'number' && value >= 0);
const isField = (value: unknown) =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (Array.isArray(value) && (value.every(isText) || value.every(isNumber)));
const isColumn = (value: unknown) => value === null || (Array.isArray(value) && value.every(isField));
const isListOf = (value: unknown, check: (item: unknown) => boolean) =>
  Array.isArray(value) && value.every(check);

/** The cheap form of the schema, which every batch passes; only what fails it is parsed, for the message. */
function isPackedSection(value: unknown): value is PackedSection {
  if (typeof value !== 'object' || value === null) return false;
  const section = value as Record<string, unknown>;
  return (
    isText(section.tenantId) &&
    isNumber(section.count) &&
    section.ids instanceof Uint8Array &&
    isNumber(section.baseTime) &&
    isNumber(section.baseReceipt) &&
    isListOf(section.times, isNumber) &&
    isListOf(section.receipts, isNumber) &&
    isListOf(section.originals, isText) &&
    isListOf(section.messages, isMessage) &&
    isListOf(section.names, isText) &&
    isListOf(section.shared, isField) &&
    isListOf(section.columns, isColumn)
  );
}

/** @throws when the value is not what `toColumns` makes, or its columns are not of one length. */
export function fromColumns(value: unknown): EventSection {
  const packed = isPackedSection(value) ? value : packedSectionSchema.parse(value);
  const { tenantId, count, times, receipts, originals, messages, names, shared, columns } = packed;
  const lengths = [times, receipts, originals, messages, ...columns.filter((column) => column !== null)];
  if (lengths.some((column) => column.length !== count) || packed.ids.byteLength !== count * 16)
    throw new RangeError('the columns of a batch differ in length');
  if (shared.length !== names.length || columns.length !== names.length)
    throw new RangeError('the columns of a batch and their names differ in number');
  const ids = Buffer.from(packed.ids).toString('hex');
  const events = originals.map((original, i): NormalizedEvent => {
    const message = messages[i] ?? '';
    const event: NormalizedEvent = {
      id: uuidAt(ids, i),
      tenantId,
      '@timestamp': packed.baseTime + (times[i] ?? 0),
      'event.ingested': packed.baseReceipt + (receipts[i] ?? 0),
      'event.original': original,
      message: typeof message === 'number' ? original.slice(message) : message,
    };
    for (let n = 0; n < names.length; n += 1) {
      const name = names[n];
      const column = columns[n];
      const field = column ? column[i] : shared[n];
      if (name !== undefined && field !== null && field !== undefined) event[name] = field;
    }
    return event;
  });
  return { tenantId, events };
}
