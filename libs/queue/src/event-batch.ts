import { deflateRawSync, inflateRawSync, constants } from 'node:zlib';
import { Packr } from 'msgpackr';
import { z } from 'zod';
import { eventBatchSchema, fieldValueSchema, type EventBatch, type EventSection } from '@parapet/contracts';

/** Records carry the keys of a shape once a message instead of once an event. */
const packr = () => new Packr({ useRecords: true, structures: [], maxSharedStructures: 0 });

const INFLATE_LIMIT = 32 * 1024 * 1024;

const sectionsSchema = z.array(
  z.object({
    tenantId: z.uuid(),
    events: z.array(
      z
        .object({
          id: z.uuid(),
          tenantId: z.uuid(),
          '@timestamp': z.number(),
          'event.ingested': z.number(),
          'event.original': z.string(),
          message: z.string(),
        })
        .catchall(fieldValueSchema.optional()),
    ),
  }),
);

/** Packs sections into the queue's message (contracts `EventBatch`): MessagePack, deflate level 1, base64. */
export function packEvents(batchId: string, sections: readonly EventSection[]): EventBatch {
  let count = 0;
  let oldestReceipt = Infinity;
  for (const section of sections) {
    count += section.events.length;
    for (const event of section.events)
      if (event['event.ingested'] < oldestReceipt) oldestReceipt = event['event.ingested'];
  }
  const payload = deflateRawSync(packr().pack(sections), {
    level: 1,
    strategy: constants.Z_DEFAULT_STRATEGY,
  }).toString('base64');
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
  return {
    batchId: batch.batchId,
    oldestReceipt: batch.oldestReceipt,
    sections: checkSections(packr().unpack(raw)),
  };
}

/** The cheap check that every batch passes; only what fails it is looked at field by field, for the message. */
function checkSections(value: unknown): EventSection[] {
  return isSections(value) ? value : sectionsSchema.parse(value);
}

function isSections(value: unknown): value is EventSection[] {
  if (!Array.isArray(value)) return false;
  for (const section of value) {
    if (typeof section?.tenantId !== 'string' || !Array.isArray(section.events)) return false;
    for (const event of section.events) {
      if (typeof event?.id !== 'string' || event.tenantId !== section.tenantId) return false;
      if (typeof event['@timestamp'] !== 'number' || typeof event['event.ingested'] !== 'number')
        return false;
      if (typeof event.message !== 'string' || typeof event['event.original'] !== 'string') return false;
    }
  }
  return true;
}
