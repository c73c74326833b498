import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { wireEventSchema, severitySchema } from './event.js';
import { idParamsSchema, listOf, pageOf, pageQuerySchema, timeRangeQuerySchema } from './common.js';

const textFilter = z.string().trim().min(1).max(200).optional();

/** Filters of the event list. Fields are exact matches; `q` is a case-insensitive substring of the message. */
export const eventFilterSchema = timeRangeQuerySchema.extend({
  q: textFilter,
  severity: listOf(severitySchema),
  category: textFilter,
  action: textFilter,
  outcome: z.enum(['success', 'failure', 'unknown']).optional(),
  dataset: textFilter.describe('event.dataset: the decoder that read the line'),
  sourceIp: z
    .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])
    .optional()
    .describe('an address or a prefix'),
  userName: textFilter,
  hostName: textFilter,
});
export type EventFilter = z.infer<typeof eventFilterSchema>;

export const listEvents = endpoint({
  id: 'listEvents',
  method: 'GET',
  path: '/events',
  summary: 'Events, newest first. Without `from`, the last 24 hours.',
  permission: 'events:read',
  query: eventFilterSchema.extend(pageQuerySchema.shape),
  response: pageOf(wireEventSchema),
});

export const getEvent = endpoint({
  id: 'getEvent',
  method: 'GET',
  path: '/events/:id',
  summary: 'One event with all its fields.',
  permission: 'events:read',
  params: idParamsSchema,
  response: wireEventSchema,
});

export const eventHistogram = endpoint({
  id: 'eventHistogram',
  method: 'GET',
  path: '/events/histogram',
  summary: 'How many events, by severity, in equal steps of time.',
  permission: 'events:read',
  query: eventFilterSchema.extend({ buckets: z.coerce.number().int().min(1).max(400).default(60) }),
  response: z.object({
    stepSeconds: z.int(),
    buckets: z.array(
      z.object({
        at: z.iso.datetime(),
        total: z.int(),
        bySeverity: z.partialRecord(severitySchema, z.int()),
      }),
    ),
  }),
});
