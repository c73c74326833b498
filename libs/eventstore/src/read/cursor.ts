import { z } from 'zod';

/**
 * Where a page ended: the values of its last row in the order of the sort key. Opaque to clients; a cursor that is none
 * of ours reads as undefined.
 */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

export function decodeCursor<T extends z.ZodType>(text: string, schema: T): z.output<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined; // no JSON
  }
}

/** Time in ms and id: the key of event lists. */
export const timeCursorSchema = z.tuple([z.int(), z.uuid()]);
