import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { idSchema, pageOf, pageQuerySchema } from './common.js';

/** An event that could not be stored, with the reason and, once it was sent on its way again, when. */
export const deadLetterSchema = z
  .object({
    id: idSchema,
    createdAt: z.iso.datetime(),
    stage: z.string(),
    reason: z.string(),
    detail: z.string().nullable(),
    replayedAt: z.iso.datetime().nullable(),
    event: z.record(z.string(), z.unknown()).describe('the event as it was, flat ECS names'),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof deadLetterSchema>;

const reasonSchema = z.string().regex(/^[a-z_]{1,60}$/);

export const listDeadLetters = endpoint({
  id: 'listDeadLetters',
  method: 'GET',
  path: '/dead-letters',
  summary: 'Events that could not be stored, newest first, and how many there are by reason.',
  permission: 'dead-letters:read',
  query: pageQuerySchema.extend({
    reason: reasonSchema.optional(),
    state: z.enum(['open', 'replayed', 'all']).default('open'),
  }),
  response: pageOf(deadLetterSchema).extend({
    open: z.array(z.object({ reason: z.string(), letters: z.int() })).describe('open letters by reason'),
  }),
});

export const replayDeadLetters = endpoint({
  id: 'replayDeadLetters',
  method: 'POST',
  path: '/dead-letters/replay',
  summary: 'Send events on their way again, after what kept them is mended. None is stored twice.',
  permission: 'dead-letters:replay',
  body: z
    .object({
      ids: z.array(idSchema).min(1).max(500).optional().describe('left out: all open ones'),
      reason: reasonSchema.optional().describe('only those with this reason'),
    })
    .strict(),
  response: z.object({
    replayed: z.int(),
    unreadable: z.int().describe('letters whose event has no valid form; they stay open'),
    more: z.boolean().describe('there are more than one request takes: ask again'),
  }),
});
