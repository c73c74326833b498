import { z } from 'zod';
import type { IntelType } from '@parapet/contracts';
import { readIntelValue } from '../value.js';
import { describe, timeOf, type Reading, type UnreadableFeed } from './reading.js';

const attributeSchema = z.object({
  type: z.string(),
  value: z.string(),
  to_ids: z.union([z.boolean(), z.enum(['0', '1']).transform((flag) => flag === '1')]).default(false),
  deleted: z.union([z.boolean(), z.enum(['0', '1']).transform((flag) => flag === '1')]).default(false),
  comment: z.string().nullish(),
  category: z.string().nullish(),
  first_seen: z.string().nullish(),
  last_seen: z.string().nullish(),
  timestamp: z.union([z.string(), z.number()]).nullish(),
});
const listSchema = z.array(z.unknown()).default([]);
const eventSchema = z.object({
  Attribute: listSchema,
  Object: z.array(z.object({ Attribute: listSchema })).default([]),
  info: z.string().optional(),
});
const wrappedSchema = z.object({ Event: eventSchema });
/** An exported event; the answer of restSearch, by events or by attributes; a list of events. */
const documentSchema = z.union([
  wrappedSchema.transform(({ Event }) => [Event]),
  z
    .object({ response: z.array(wrappedSchema) })
    .transform(({ response }) => response.map(({ Event }) => Event)),
  z.object({ response: eventSchema }).transform(({ response }) => [response]),
  z.array(wrappedSchema).transform((events) => events.map(({ Event }) => Event)),
]);

/** Type of MISP → what each of its parts (separated by |) is; null: a part that is not matched. */
const TYPES: Record<string, readonly (IntelType | null)[]> = {
  'ip-src': ['address'],
  'ip-dst': ['address'],
  'ip-src|port': ['address', null],
  'ip-dst|port': ['address', null],
  domain: ['domain'],
  hostname: ['domain'],
  'hostname|port': ['domain', null],
  'domain|ip': ['domain', 'address'],
  url: ['url'],
  uri: ['url'],
  link: ['url'],
  md5: ['file_hash'],
  sha1: ['file_hash'],
  sha256: ['file_hash'],
  'filename|md5': [null, 'file_hash'],
  'filename|sha1': [null, 'file_hash'],
  'filename|sha256': [null, 'file_hash'],
};

/** Attributes with `to_ids` of MISP events. What is not meant for detection is passed over. */
export function* readMisp(document: unknown): Generator<Reading | UnreadableFeed> {
  const events = documentSchema.safeParse(document);
  if (!events.success)
    return yield { unreadable: 'this is no MISP event, nor a list of events or attributes' };
  let at = 0;
  for (const { Attribute, Object: objects, info } of events.data) {
    for (const attributes of [Attribute, ...objects.map((object) => object.Attribute)]) {
      for (const one of attributes) yield* readAttribute((at += 1), one, info);
    }
  }
}

function* readAttribute(at: number, given: unknown, info: string | undefined): Generator<Reading> {
  const parsed = attributeSchema.safeParse(given);
  if (!parsed.success) return yield { at, why: 'an attribute without type or value' };
  const attribute = parsed.data;
  if (!attribute.to_ids || attribute.deleted) return;
  const types = TYPES[attribute.type];
  if (types === undefined)
    return yield { at, why: `nothing is matched by the type ${attribute.type.slice(0, 40)}` };
  // A URL may hold a | of its own.
  const parts = types.length === 1 ? [attribute.value] : attribute.value.split('|');
  for (const [index, type] of types.entries()) {
    if (type === null) continue;
    const read = readIntelValue(parts[index] ?? '');
    if ('why' in read) yield { at, why: read.why };
    else if (read.type !== type) yield { at, why: `the value is no ${type.replace('_', ' ')}` };
    else
      yield {
        ...read,
        firstSeen: timeOf(attribute.first_seen ?? undefined),
        lastSeen: timeOf(attribute.last_seen ?? attribute.timestamp ?? undefined),
        description: describe(attribute.comment || info || attribute.category),
      };
  }
}
