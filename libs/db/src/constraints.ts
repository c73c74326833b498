import pg from 'pg';
import { z } from 'zod';

/** How Prisma's driver adapter wraps PostgreSQL's own error. */
const prismaErrorSchema = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({
        originalCode: z.string(),
        constraint: z.object({ index: z.string() }).optional(),
      }),
    }),
  }),
});

const UNIQUE = '23505';

/**
 * The name of the unique constraint or index that an error from Prisma or pg is about, such as `sources_cidr_key`;
 * undefined for every other error.
 */
export function violatedUnique(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) return error.code === UNIQUE ? error.constraint : undefined;
  const parsed = prismaErrorSchema.safeParse(error);
  if (!parsed.success) return undefined;
  const { cause } = parsed.data.meta.driverAdapterError;
  return cause.originalCode === UNIQUE ? cause.constraint?.index : undefined;
}
