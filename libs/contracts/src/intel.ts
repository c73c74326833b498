import { z } from 'zod';
import { idParamsSchema, idSchema, listOf, pageOf, pageQuerySchema } from './common.js';
import { endpoint } from './endpoint.js';
import {
  csvOptionsSchema,
  intelFeedKindSchema,
  intelTypeSchema,
  LONGEST_INTEL_VALUE,
} from './intel-indicators.js';

export const MOST_INTEL_FEEDS = 50;
export const MOST_INTEL_ALLOWED = 10_000;
export const LARGEST_INTEL_UPLOAD = 32 * 1024 * 1024;
/** What is looked at of a feed to choose its columns by. */
export const PREVIEW_CHARACTERS = 64 * 1024;

export const INTEL_AUTHS = ['none', 'basic', 'bearer'] as const;

const refusalSchema = z.object({
  at: z.int().describe('line, or number of the object or attribute, from 1'),
  why: z.string(),
});

export const intelFeedSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    kind: intelFeedKindSchema,
    url: z.string().nullable().describe('null: its content is uploaded'),
    csv: csvOptionsSchema.nullable(),
    confidence: z.int().describe('0–100, of indicators of which the feed says none'),
    validDays: z
      .int()
      .nullable()
      .describe('how long an indicator counts that has no end of its own; null: while it is listed'),
    intervalMinutes: z.int(),
    enabled: z.boolean(),
    auth: z.enum(INTEL_AUTHS),
    authUser: z.string().nullable(),
    shared: z.boolean().describe('matched for every customer: a feed of the operator'),
    indicators: z.int(),
    refused: z.int().describe('entries of the last content that were not taken'),
    refusals: z.array(refusalSchema).describe('the first 20 of them'),
    running: z.boolean(),
    lastRunAt: z.iso.datetime().nullable(),
    lastSuccessAt: z.iso.datetime().nullable(),
    lastError: z.string().nullable().describe('of the last run; the indicators before it are still in force'),
    nextRunAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'IntelFeed', description: 'A list of indicators of compromise.' });
export type IntelFeed = z.infer<typeof intelFeedSchema>;

const feedFields = {
  name: z.string().trim().min(1).max(100),
  kind: intelFeedKindSchema,
  url: z.url().max(2000).nullable().describe('null: its content is uploaded'),
  csv: csvOptionsSchema.nullable().describe('only of kind csv'),
  confidence: z.int().min(0).max(100),
  validDays: z.int().min(1).max(3650).nullable(),
  intervalMinutes: z.int().min(5).max(43_200),
  enabled: z.boolean(),
  auth: z.enum(INTEL_AUTHS),
  authUser: z.string().max(200).nullable(),
  secret: z.string().min(1).max(2000).describe('password or token; never shown again'),
};
export const intelFeedInputSchema = z.object({
  ...feedFields,
  url: feedFields.url.default(null),
  csv: feedFields.csv.default(null),
  confidence: feedFields.confidence.default(50),
  validDays: feedFields.validDays.default(null),
  intervalMinutes: feedFields.intervalMinutes.default(60),
  enabled: feedFields.enabled.default(true),
  auth: feedFields.auth.default('none'),
  authUser: feedFields.authUser.default(null),
  secret: feedFields.secret.optional(),
});

export const intelIndicatorSchema = z
  .object({
    type: intelTypeSchema,
    value: z.string(),
    confidence: z.int(),
    validUntil: z.iso.datetime().nullable(),
    firstSeen: z.iso.datetime(),
    lastSeen: z.iso.datetime().nullable(),
    description: z.string().nullable(),
    feedId: idSchema,
    feedName: z.string(),
    shared: z.boolean(),
  })
  .meta({ id: 'IntelIndicator' });
export type IntelIndicator = z.infer<typeof intelIndicatorSchema>;

export const intelAllowedSchema = z
  .object({
    id: idSchema,
    type: intelTypeSchema,
    value: z.string(),
    note: z.string(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'IntelAllowed', description: 'A value of which nobody is told, with everything below it.' });
export type IntelAllowed = z.infer<typeof intelAllowedSchema>;

const valueSchema = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_INTEL_VALUE * 2);

export const listIntelFeeds = endpoint({
  id: 'listIntelFeeds',
  method: 'GET',
  path: '/intel/feeds',
  summary: 'The feeds of indicators with their health.',
  permission: 'intel:read',
  response: pageOf(intelFeedSchema),
});
export const getIntelFeed = endpoint({
  id: 'getIntelFeed',
  method: 'GET',
  path: '/intel/feeds/:id',
  summary: 'One feed.',
  permission: 'intel:read',
  params: idParamsSchema,
  response: intelFeedSchema,
});
export const createIntelFeed = endpoint({
  id: 'createIntelFeed',
  method: 'POST',
  path: '/intel/feeds',
  summary: 'Add a feed. One with a URL is fetched at once.',
  permission: 'intel:write',
  body: intelFeedInputSchema.strict(),
  response: intelFeedSchema,
  status: 201,
});
export const updateIntelFeed = endpoint({
  id: 'updateIntelFeed',
  method: 'PATCH',
  path: '/intel/feeds/:id',
  summary: 'Change a feed; what changes its content is fetched anew.',
  permission: 'intel:write',
  params: idParamsSchema,
  body: z.object(feedFields).omit({ kind: true }).partial().strict(),
  response: intelFeedSchema,
});
export const deleteIntelFeed = endpoint({
  id: 'deleteIntelFeed',
  method: 'DELETE',
  path: '/intel/feeds/:id',
  summary: 'Remove a feed and its indicators.',
  permission: 'intel:write',
  params: idParamsSchema,
});
export const refreshIntelFeed = endpoint({
  id: 'refreshIntelFeed',
  method: 'POST',
  path: '/intel/feeds/:id/refresh',
  summary: 'Fetch a feed now; its state tells how it went.',
  permission: 'intel:write',
  params: idParamsSchema,
  response: intelFeedSchema,
  status: 202,
});
export const uploadIntelFeed = endpoint({
  id: 'uploadIntelFeed',
  method: 'POST',
  path: '/intel/feeds/:id/upload',
  summary: 'Replace the indicators of a feed without a URL; at most 32 MiB of UTF-8.',
  permission: 'intel:write',
  params: idParamsSchema,
  body: z.string().min(1, 'send the list as text/plain'),
  bodyType: 'text/plain',
  bodyLimit: LARGEST_INTEL_UPLOAD,
  response: intelFeedSchema,
});
export const previewIntelFeed = endpoint({
  id: 'previewIntelFeed',
  method: 'POST',
  path: '/intel/preview',
  summary:
    'What would be read from a piece of text, or from the beginning of what a URL answers; nothing is kept.',
  permission: 'intel:write',
  body: z
    .object({
      kind: intelFeedKindSchema,
      csv: csvOptionsSchema.nullable().default(null),
      text: z.string().max(PREVIEW_CHARACTERS).optional(),
      url: z.url().max(2000).optional(),
    })
    .strict()
    .refine(({ text, url }) => (text === undefined) !== (url === undefined), 'give either text or url'),
  response: z
    .object({
      rows: z.array(z.array(z.string())).describe('of CSV, the first 20 as they stand'),
      indicators: z.array(z.object({ type: intelTypeSchema, value: z.string() })).describe('the first 20'),
      refusals: z.array(refusalSchema).describe('the first 20'),
      problem: z.string().nullable().describe('why nothing can be read'),
    })
    .meta({ id: 'IntelPreview' }),
});
export const listIntelIndicators = endpoint({
  id: 'listIntelIndicators',
  method: 'GET',
  path: '/intel/indicators',
  summary: 'Indicators in the order of their values.',
  permission: 'intel:read',
  query: pageQuerySchema.extend({
    q: z.string().trim().max(LONGEST_INTEL_VALUE).optional().describe('how the value begins'),
    type: listOf(intelTypeSchema),
    feedId: idSchema.optional(),
  }),
  response: pageOf(intelIndicatorSchema),
});
export const lookupIntel = endpoint({
  id: 'lookupIntel',
  method: 'POST',
  path: '/intel/lookup',
  summary: 'The indicators that an event with this address, domain, URL or file hash would meet now.',
  permission: 'intel:read',
  body: z.object({ value: valueSchema }).strict(),
  response: z
    .object({
      type: intelTypeSchema,
      value: z.string().describe('as it is matched'),
      allowed: z.boolean().describe('on the allow-list: nobody is told'),
      items: z.array(intelIndicatorSchema).describe('highest confidence first'),
    })
    .meta({ id: 'IntelLookup' }),
});
export const listIntelAllowed = endpoint({
  id: 'listIntelAllowed',
  method: 'GET',
  path: '/intel/allowed',
  summary: 'What is never matched.',
  permission: 'intel:read',
  query: pageQuerySchema,
  response: pageOf(intelAllowedSchema),
});
export const createIntelAllowed = endpoint({
  id: 'createIntelAllowed',
  method: 'POST',
  path: '/intel/allowed',
  summary: 'Never match a value: an address or prefix, a domain with all below it, a URL, a file hash.',
  permission: 'intel:write',
  body: z.object({ value: valueSchema, note: z.string().trim().max(200).default('') }).strict(),
  response: intelAllowedSchema,
  status: 201,
});
export const deleteIntelAllowed = endpoint({
  id: 'deleteIntelAllowed',
  method: 'DELETE',
  path: '/intel/allowed/:id',
  summary: 'Match a value again.',
  permission: 'intel:write',
  params: idParamsSchema,
});
