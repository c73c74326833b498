import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { idParamsSchema, idSchema, pageOf, pageQuerySchema } from './common.js';

const nameSchema = z.string().trim().min(1).max(100);
const cidrSchema = z
  .union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])
  .describe('a prefix such as 10.0.1.0/24; a single address is taken as its /32 or /128');
export const timeZoneSchema = z
  .string()
  .max(60)
  .refine((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'not a time zone of the IANA database, such as Europe/Berlin or UTC');

/** Decoder to read a source's lines with; `auto` recognises the program by itself. */
export const sourceTypeSchema = z
  .string()
  .regex(/^[a-z0-9_]{1,40}$/)
  .describe('auto, or the name of a decoder or of one of the tenant’s parsers');

export const sourceSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    cidr: z.string(),
    type: z.string(),
    timeZone: z.string(),
    enabled: z.boolean(),
    status: z
      .enum(['active', 'pending_approval'])
      .describe('pending: the prefix lies inside another customer’s and waits for the operator'),
    lastEventAt: z.iso.datetime().nullable(),
    eventsLast24h: z.int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Source' });
export type Source = z.infer<typeof sourceSchema>;

const sourceInputSchema = z.object({
  name: nameSchema,
  cidr: cidrSchema,
  type: sourceTypeSchema.default('auto'),
  timeZone: timeZoneSchema.default('UTC'),
  enabled: z.boolean().default(true),
});

export const listSources = endpoint({
  id: 'listSources',
  method: 'GET',
  path: '/sources',
  summary: 'The prefixes whose logs are this tenant’s.',
  permission: 'sources:read',
  query: pageQuerySchema,
  response: pageOf(sourceSchema),
});
export const getSource = endpoint({
  id: 'getSource',
  method: 'GET',
  path: '/sources/:id',
  summary: 'One source.',
  permission: 'sources:read',
  params: idParamsSchema,
  response: sourceSchema,
});
export const createSource = endpoint({
  id: 'createSource',
  method: 'POST',
  path: '/sources',
  summary: 'Add a source. The ingestor knows it within 2 s.',
  permission: 'sources:write',
  body: sourceInputSchema.strict(),
  response: sourceSchema,
  status: 201,
});
export const updateSource = endpoint({
  id: 'updateSource',
  method: 'PATCH',
  path: '/sources/:id',
  summary: 'Change a source.',
  permission: 'sources:write',
  params: idParamsSchema,
  body: z
    .object({
      name: nameSchema,
      cidr: cidrSchema,
      type: sourceTypeSchema,
      timeZone: timeZoneSchema,
      enabled: z.boolean(),
    })
    .partial()
    .strict(),
  response: sourceSchema,
});
export const deleteSource = endpoint({
  id: 'deleteSource',
  method: 'DELETE',
  path: '/sources/:id',
  summary: 'Remove a source. Its stored events stay.',
  permission: 'sources:write',
  params: idParamsSchema,
});
