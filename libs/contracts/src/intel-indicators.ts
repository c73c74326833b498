import { z } from 'zod';

/** What an indicator is about. `address` is an address or a prefix; `file_hash` MD5, SHA-1 or SHA-256 in hex. */
export const INTEL_TYPES = ['address', 'domain', 'url', 'file_hash'] as const;
export const intelTypeSchema = z.enum(INTEL_TYPES);
export type IntelType = z.infer<typeof intelTypeSchema>;

export const INTEL_FEED_KINDS = ['plain', 'csv', 'stix', 'taxii', 'misp'] as const;
export const intelFeedKindSchema = z.enum(INTEL_FEED_KINDS);
export type IntelFeedKind = z.infer<typeof intelFeedKindSchema>;

/** Bytes of a value, as it is stored and matched. */
export const LONGEST_INTEL_VALUE = 1024;
/** Of one tenant, over all its feeds. The ingestor keeps them in memory. */
export const MOST_INDICATORS = 1_000_000;

const column = z.int().min(0).max(99).describe('from 0');

/** Where the parts of an indicator stand in a row. */
export const csvColumnsSchema = z
  .object({
    value: column,
    confidence: column.optional(),
    validUntil: column.optional(),
    firstSeen: column.optional(),
    lastSeen: column.optional(),
    description: column.optional(),
  })
  .strict();

export const csvOptionsSchema = z
  .object({
    delimiter: z.enum([',', ';', '\t', '|']).default(','),
    header: z.boolean().default(false).describe('the first row that is no comment names the columns'),
    columns: csvColumnsSchema,
  })
  .strict();
export type CsvOptions = z.infer<typeof csvOptionsSchema>;
