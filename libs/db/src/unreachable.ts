import { z } from 'zod';

/**
 * Prisma's codes for a database that can't be reached or has no connection left: unreachable, timed out, closed, pool
 * exhausted, transaction not begun in time.
 */
const CODES = z.object({ code: z.enum(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']) });

/** Whether an error of Prisma's is about the way to the database, so that the same request can succeed later. */
export function isUnreachable(error: unknown): boolean {
  return CODES.safeParse(error).success;
}
