import type { z } from 'zod';
import { ValidationError } from '@parapet/errors';
import { decodeCursor } from '@parapet/eventstore';

/**
 * A `cursor` query parameter, read by the schema of its list.
 * @throws ValidationError for one that did not come from `nextCursor` of the same list.
 */
export function cursorParam<T extends z.ZodType>(
  text: string | undefined,
  schema: T,
): z.output<T> | undefined {
  if (text === undefined) return undefined;
  const cursor = decodeCursor(text, schema);
  if (cursor === undefined) {
    throw new ValidationError([{ path: 'query.cursor', message: 'is not the nextCursor of this list' }]);
  }
  return cursor;
}
