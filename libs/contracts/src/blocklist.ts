import { z } from 'zod';
import { idParamsSchema, idSchema, listOf, pageOf, pageQuerySchema } from './common.js';
import { endpoint } from './endpoint.js';
import { severitySchema } from './event.js';
import { cidrSchema } from './sources.js';

/** Entries that a tenant's block list may have in force. */
export const MAX_BLOCKLIST_ENTRIES = 100_000;
/** Prefixes that are never blocked, at the most. */
export const MAX_BLOCKLIST_ALLOWED = 1000;
const MAX_HOURS = 8760;

/** How an entry came: typed in, from an alert by a person, or from a new alert by the tenant's rule. */
export const BLOCK_ORIGINS = ['manual', 'alert', 'automatic'] as const;
export const blockOriginSchema = z.enum(BLOCK_ORIGINS);
export type BlockOrigin = z.infer<typeof blockOriginSchema>;

const reasonSchema = z.string().trim().min(1).max(500);
const hoursSchema = z.int().min(1).max(MAX_HOURS);

export const blocklistEntrySchema = z
  .object({
    id: idSchema,
    prefix: z.string().describe('network form, such as 8.8.8.8/32'),
    reason: z.string(),
    origin: blockOriginSchema,
    alertId: idSchema.nullable(),
    allowPrivate: z.boolean().describe('it is private or reserved, and meant so'),
    createdBy: z.string().nullable().describe('e-mail address, while that user exists'),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable().describe('null: until it is removed'),
    withheld: z
      .boolean()
      .describe('left out of the list because it overlaps the allow-list or a source that was added later'),
  })
  .meta({ id: 'BlocklistEntry' });
export type BlocklistEntry = z.infer<typeof blocklistEntrySchema>;

export const allowedPrefixSchema = z
  .object({
    id: idSchema,
    prefix: z.string(),
    note: z.string(),
    createdBy: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'BlocklistAllowed' });
export type AllowedPrefix = z.infer<typeof allowedPrefixSchema>;

export const automaticBlockSchema = z
  .object({
    enabled: z.boolean(),
    minSeverity: severitySchema,
    detectors: z
      .array(z.string().trim().min(1).max(200))
      .max(500)
      .describe('kinds of detectors or ids of rules; empty: all'),
    hours: hoursSchema.describe('how long an address stays blocked'),
  })
  .strict();
export type AutomaticBlock = z.infer<typeof automaticBlockSchema>;

export const blocklistSettingsSchema = z
  .object({
    automatic: automaticBlockSchema,
    token: z
      .object({
        prefix: z.string().describe('its beginning'),
        createdAt: z.iso.datetime(),
        lastUsedAt: z.iso.datetime().nullable().describe('to about a minute'),
      })
      .nullable(),
    entries: z.int().describe('in force'),
    maxEntries: z.int(),
  })
  .meta({ id: 'BlocklistSettings' });
export type BlocklistSettings = z.infer<typeof blocklistSettingsSchema>;

export const listBlocklist = endpoint({
  id: 'listBlocklist',
  method: 'GET',
  path: '/blocklist',
  summary: 'What is blocked, the newest first.',
  permission: 'blocklist:read',
  query: pageQuerySchema.extend({
    q: z.string().trim().min(1).max(200).optional().describe('an address, or part of a prefix or reason'),
    origin: listOf(blockOriginSchema),
  }),
  response: pageOf(blocklistEntrySchema).extend({ total: z.int() }),
});
export const createBlock = endpoint({
  id: 'createBlock',
  method: 'POST',
  path: '/blocklist',
  summary: 'Block an address or prefix. What is on the list already gets the new reason and end.',
  permission: 'blocklist:write',
  body: z
    .object({
      prefix: cidrSchema,
      reason: reasonSchema,
      hours: hoursSchema.nullable().default(24).describe('null: until it is removed'),
      alertId: idSchema.optional().describe('the alert that it is about; its history tells of it'),
      allowPrivate: z.boolean().default(false).describe('a private or reserved range is meant'),
    })
    .strict(),
  response: blocklistEntrySchema,
  status: 201,
});
export const deleteBlock = endpoint({
  id: 'deleteBlock',
  method: 'DELETE',
  path: '/blocklist/:id',
  summary: 'Unblock.',
  permission: 'blocklist:write',
  params: idParamsSchema,
});
export const getBlocklistSettings = endpoint({
  id: 'getBlocklistSettings',
  method: 'GET',
  path: '/blocklist/settings',
  summary: 'Automatic blocking, and the state of the token.',
  permission: 'blocklist:read',
  response: blocklistSettingsSchema,
});
export const updateBlocklistSettings = endpoint({
  id: 'updateBlocklistSettings',
  method: 'PUT',
  path: '/blocklist/settings',
  summary:
    'When a new alert’s source address is blocked by itself. It counts for alerts that are made from now on.',
  permission: 'blocklist:settings',
  body: automaticBlockSchema,
  response: blocklistSettingsSchema,
});
export const renewBlocklistToken = endpoint({
  id: 'renewBlocklistToken',
  method: 'POST',
  path: '/blocklist/settings/token',
  summary: 'Make the token that firewalls fetch the list with, shown once. The one before ends at once.',
  permission: 'blocklist:settings',
  response: z.object({
    token: z.string(),
    url: z.string().describe('what a firewall fetches'),
  }),
  status: 201,
});
export const deleteBlocklistToken = endpoint({
  id: 'deleteBlocklistToken',
  method: 'DELETE',
  path: '/blocklist/settings/token',
  summary: 'End the token: nobody can fetch the list.',
  permission: 'blocklist:settings',
});
export const listAllowed = endpoint({
  id: 'listAllowed',
  method: 'GET',
  path: '/blocklist/allowed',
  summary: 'What is never blocked, beside this tenant’s own sources.',
  permission: 'blocklist:read',
  response: pageOf(allowedPrefixSchema),
});
export const createAllowed = endpoint({
  id: 'createAllowed',
  method: 'POST',
  path: '/blocklist/allowed',
  summary: 'Never block a prefix. Entries that overlap it leave the list at once.',
  permission: 'blocklist:settings',
  body: z.object({ prefix: cidrSchema, note: z.string().trim().max(200).default('') }).strict(),
  response: allowedPrefixSchema,
  status: 201,
});
export const deleteAllowed = endpoint({
  id: 'deleteAllowed',
  method: 'DELETE',
  path: '/blocklist/allowed/:id',
  summary: 'Take a prefix from the allow-list.',
  permission: 'blocklist:settings',
  params: idParamsSchema,
});
export const fetchBlocklist = endpoint({
  id: 'fetchBlocklist',
  method: 'GET',
  path: '/blocklist.txt',
  summary: 'The list for a firewall: one prefix a line. Answers If-None-Match; a wrong token is a 404.',
  permission: 'public',
  query: z
    .object({
      token: z.string().max(200).default(''),
    })
    .strict(),
  stream: 'text/plain',
});
