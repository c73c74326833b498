import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Packr } from 'msgpackr';
import { z } from 'zod';
import { eventBatchSchema, type EventBatch, type EventSection } from '@parapet/contracts';
import { fromColumns, toColumns } from './event-columns.js';

const packr = new Packr({ useRecords: false });

/** What a batch may be unpacked: a bomb is refused instead of filling the memory. Bytes. */
const INFLATE_LIMIT = 32 * 1024 * 1024;

/** Packs sections into the queue's message (contracts `EventBatch`): columns, MessagePack, deflate level 1, base64. */
export function packEvents(batchId: string, sections: readonly EventSection[]): EventBatch {
  let count = 0;
  let oldestReceipt = Infinity;
  for (const section of sections) {
    count += section.events.length;
    for (const event of section.events)
      if (event['event.ingested'] < oldestReceipt) oldestReceipt = event['event.ingested'];
  }
  const payload = deflateRawSync(packr.pack(sections.map(toColumns)), { level: 1 }).toString('base64');
  return { kind: 'events', v: 1, batchId, count, oldestReceipt, payload };
}

export interface UnpackedBatch {
  batchId: string;
  oldestReceipt: number;
  sections: EventSection[];
}

/**
 * Reads a message of the `events` queue.
 * @throws when the message is not an `EventBatch`, is over 32 MiB unpacked, or its sections have another shape.
 */
export function unpackEvents(data: unknown): UnpackedBatch {
  const batch = eventBatchSchema.parse(data);
  const raw = inflateRawSync(Buffer.from(batch.payload, 'base64'), { maxOutputLength: INFLATE_LIMIT });
  const sections = z.array(z.unknown()).parse(packr.unpack(raw)).map(fromColumns);
  return { batchId: batch.batchId, oldestReceipt: batch.oldestReceipt, sections };
}
