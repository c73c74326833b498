import { z } from 'zod';
import { formatRange, parseRange } from '../time/range.js';
import type { TimeRange } from '../time/range.js';

/** One parameter of a page's URL: how it reads (undefined when it can't), what it is when absent, how it is written. */
export interface QueryField<T> {
  fallback: T;
  read(raw: string): T | undefined;
  write(value: T): string;
}

function field<T>(schema: z.ZodType<T, string>, fallback: T, write: (value: T) => string): QueryField<T> {
  return { fallback, write, read: (raw) => schema.safeParse(raw).data };
}

/** Free text; absent is ''. */
export function text(): QueryField<string> {
  return field(z.string().trim().max(200), '', (value) => value.trim());
}

/** One of a list of words. */
export function oneOf<const T extends string>(values: readonly T[], fallback: NoInfer<T>): QueryField<T> {
  return field(z.string().pipe(z.enum(values)), fallback, (value) => value);
}

/** Several of a list of words, comma-separated; absent is none. One unknown word makes it unreadable. */
export function listOf<const T extends string>(values: readonly T[]): QueryField<T[]> {
  const list = z
    .string()
    .transform((raw) => [...new Set(raw.split(','))])
    .pipe(z.array(z.enum(values)));
  return field<T[]>(list, [], (value) => value.join(','));
}

/** A time range: a preset or `<from>..<to>`. */
export function timeRange(fallback: TimeRange): QueryField<TimeRange> {
  return { fallback, read: (raw) => parseRange(raw) ?? undefined, write: formatRange };
}
