import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { idParamsSchema, idSchema, pageOf, pageQuerySchema } from './common.js';

export const nameSchema = z.string().trim().min(1).max(100);
export const cidrSchema = z
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

/** What tells that an event is of a source: a proof, or only the address that it came from. */
export const SOURCE_IDENTITIES = ['address', 'certificate', 'token'] as const;
export type SourceIdentity = (typeof SOURCE_IDENTITIES)[number];

const certificateSchema = z
  .string()
  .trim()
  .min(1, 'is needed: PEM or a SHA-256 fingerprint')
  .max(16_384)
  .describe('a client certificate as PEM, or its SHA-256 fingerprint in hex, with or without colons');

export const sourceSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    identifiedBy: z
      .enum(SOURCE_IDENTITIES)
      .describe('a certificate or a token names the tenant more strongly than an address does'),
    cidr: z.string().nullable().describe('of a source known by address'),
    certificateSha256: z.string().nullable().describe('hex, of a source known by its certificate'),
    tokenPrefix: z.string().nullable().describe('beginning of the token of a source known by one'),
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

const createdSourceSchema = sourceSchema
  .extend({
    token: z.string().nullable().describe('the whole token, shown this once; null where there is none'),
  })
  .meta({ id: 'CreatedSource' });
export type CreatedSource = z.infer<typeof createdSourceSchema>;

const sourceInputSchema = z
  .object({
    name: nameSchema,
    identifiedBy: z.enum(SOURCE_IDENTITIES).default('address'),
    cidr: cidrSchema.optional(),
    certificate: certificateSchema.optional(),
    type: sourceTypeSchema.default('auto'),
    timeZone: timeZoneSchema.default('UTC'),
    enabled: z.boolean().default(true),
  })
  .strict()
  .superRefine(({ identifiedBy, cidr, certificate }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const ofAnother = `not of a source known by ${identifiedBy}`;
    if (identifiedBy === 'address' && cidr === undefined) wrong('cidr', 'is needed: an address or a prefix');
    if (identifiedBy !== 'address' && cidr !== undefined) wrong('cidr', ofAnother);
    if (identifiedBy === 'certificate' && certificate === undefined)
      wrong('certificate', 'is needed: PEM or a SHA-256 fingerprint');
    if (identifiedBy !== 'certificate' && certificate !== undefined) wrong('certificate', ofAnother);
  });

export const listSources = endpoint({
  id: 'listSources',
  method: 'GET',
  path: '/sources',
  summary: 'The senders whose logs are this tenant’s: known by address, certificate or token.',
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
  summary: 'Add a source. The ingestor knows it within 2 s. A token is made here and shown once.',
  permission: 'sources:write',
  body: sourceInputSchema,
  response: createdSourceSchema,
  status: 201,
});
export const updateSource = endpoint({
  id: 'updateSource',
  method: 'PATCH',
  path: '/sources/:id',
  summary: 'Change a source. What it is known by stays of its kind.',
  permission: 'sources:write',
  params: idParamsSchema,
  body: z
    .object({
      name: nameSchema,
      cidr: cidrSchema,
      certificate: certificateSchema,
      type: sourceTypeSchema,
      timeZone: timeZoneSchema,
      enabled: z.boolean(),
    })
    .partial()
    .strict(),
  response: sourceSchema,
});
export const renewSourceToken = endpoint({
  id: 'renewSourceToken',
  method: 'POST',
  path: '/sources/:id/token',
  summary: 'Give a source known by its token a new one, shown once. The old one ends within 2 s.',
  permission: 'sources:write',
  params: idParamsSchema,
  response: createdSourceSchema,
  status: 200,
});
export const deleteSource = endpoint({
  id: 'deleteSource',
  method: 'DELETE',
  path: '/sources/:id',
  summary: 'Remove a source. Its stored events stay.',
  permission: 'sources:write',
  params: idParamsSchema,
});
