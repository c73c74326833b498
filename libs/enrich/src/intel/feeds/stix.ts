import { z } from 'zod';
import type { IntelType } from '@parapet/contracts';
import { readIntelValue } from '../value.js';
import { confidenceOf, describe, timeOf, type Reading, type UnreadableFeed } from './reading.js';
import { parseStixPattern } from './stix-pattern.js';

const envelopeSchema = z.object({ objects: z.array(z.unknown()).default([]) });
const indicatorSchema = z.object({
  type: z.literal('indicator'),
  pattern: z.string(),
  pattern_type: z.string().default('stix'),
  revoked: z.boolean().default(false),
  confidence: z.number().optional(),
  valid_from: z.string().optional(),
  valid_until: z.string().optional(),
  modified: z.string().optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  indicator_types: z.array(z.string()).default([]),
});
const typeSchema = z.object({ type: z.string() });

/** Object path → what its value must be. Hash algorithms are told apart by length. */
const PATHS: Record<string, readonly IntelType[]> = {
  'ipv4-addr:value': ['address'],
  'ipv6-addr:value': ['address'],
  'domain-name:value': ['domain'],
  'url:value': ['url'],
  'network-traffic:dst_ref.value': ['address', 'domain'],
  'network-traffic:src_ref.value': ['address', 'domain'],
  'file:hashes.md5': ['file_hash'],
  'file:hashes.sha1': ['file_hash'],
  'file:hashes.sha256': ['file_hash'],
};
const canonical = (path: string) =>
  path.startsWith('file:hashes.') ? path.replace(/['"-]/g, '').toLowerCase() : path;

/** Indicators of a STIX 2.0 or 2.1 bundle, or of the envelope that TAXII 2.1 answers. Other objects say nothing here. */
export function* readStix(document: unknown): Generator<Reading | UnreadableFeed> {
  const envelope = envelopeSchema.safeParse(document);
  if (!envelope.success) return yield { unreadable: 'this is no STIX bundle: it has no list of objects' };
  let at = 0;
  for (const object of envelope.data.objects) {
    at += 1;
    if (typeSchema.safeParse(object).data?.type !== 'indicator') continue;
    const indicator = indicatorSchema.safeParse(object);
    if (!indicator.success) yield { at, why: 'an indicator without a pattern' };
    else yield* readIndicator(at, indicator.data);
  }
}

function* readIndicator(at: number, indicator: z.infer<typeof indicatorSchema>): Generator<Reading> {
  if (indicator.revoked) return;
  if (indicator.indicator_types.includes('benign')) return;
  if (indicator.pattern_type !== 'stix')
    return yield { at, why: `a pattern of the language ${indicator.pattern_type.slice(0, 20)}` };
  const pattern = parseStixPattern(indicator.pattern);
  if ('why' in pattern) return yield { at, why: pattern.why };
  for (const { path, value } of pattern) {
    const types = PATHS[canonical(path)];
    if (types === undefined) {
      yield { at, why: `nothing is matched by ${path.slice(0, 60)}` };
      continue;
    }
    const read = readIntelValue(value);
    if ('why' in read) yield { at, why: read.why };
    else if (!types.includes(read.type)) yield { at, why: `the value does not fit ${path.slice(0, 60)}` };
    else
      yield {
        ...read,
        confidence: confidenceOf(indicator.confidence),
        firstSeen: timeOf(indicator.valid_from),
        lastSeen: timeOf(indicator.modified),
        validUntil: timeOf(indicator.valid_until),
        description: describe(indicator.name ?? indicator.description),
      };
  }
}
