import { z } from 'zod';

export const idSchema = z.uuid();
export const idParamsSchema = z.object({ id: idSchema });
export const timestampSchema = z.iso.datetime({ offset: true });

/** Keyset paging: `cursor` is opaque and comes from the previous page's `nextCursor`. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(500).optional(),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A query parameter that may be given several times or comma-separated: `?status=new,acknowledged`. */
export function listOf<T extends z.ZodType<string>>(item: T) {
  return z.preprocess(
    (value) =>
      value === undefined || value === ''
        ? undefined
        : (Array.isArray(value) ? value : [value]).flatMap((v) => String(v).split(',')),
    z.array(item).optional(),
  );
}

export const timeRangeQuerySchema = z.object({
  from: timestampSchema.optional(),
  to: timestampSchema.optional(),
});
