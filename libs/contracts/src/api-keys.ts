import { z } from 'zod';
import { idParamsSchema, idSchema, pageOf, pageQuerySchema, timestampSchema } from './common.js';
import { endpoint } from './endpoint.js';
import type { Permission } from './permissions.js';
import { sourceTypeSchema, timeZoneSchema } from './sources.js';

/** What an API key may do: send logs, or read by REST what the permission of the same name covers. */
export const API_KEY_SCOPES = ['ingest', 'events:read', 'alerts:read'] as const satisfies readonly (
  'ingest' | Permission
)[];
export const apiKeyScopeSchema = z.enum(API_KEY_SCOPES);
export type ApiKeyScope = z.infer<typeof apiKeyScopeSchema>;

/** Keys that a tenant may have in force. */
export const MAX_API_KEYS = 200;

export const apiKeySchema = z
  .object({
    id: idSchema,
    name: z.string(),
    prefix: z.string().describe('the beginning of the key, to tell keys apart'),
    scopes: z.array(apiKeyScopeSchema),
    sourceType: z.string(),
    timeZone: z.string(),
    status: z.enum(['active', 'expired', 'revoked']),
    createdBy: z.string().nullable().describe('e-mail address of who made it, while that user exists'),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().describe('to about ten seconds'),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof apiKeySchema>;

export const newApiKeySchema = apiKeySchema
  .extend({
    key: z.string().describe('the key itself, shown this once'),
    ingest: z
      .object({ port: z.int().min(0).max(65_535).describe('0: it is off'), tls: z.boolean() })
      .describe('where HTTP ingest listens'),
  })
  .meta({ id: 'NewApiKey' });
export type NewApiKey = z.infer<typeof newApiKeySchema>;

export const listApiKeys = endpoint({
  id: 'listApiKeys',
  method: 'GET',
  path: '/api-keys',
  summary: 'The API keys of this tenant, revoked and expired ones too.',
  permission: 'api-keys:read',
  query: pageQuerySchema,
  response: pageOf(apiKeySchema),
});
export const createApiKey = endpoint({
  id: 'createApiKey',
  method: 'POST',
  path: '/api-keys',
  summary: 'Make an API key. The ingestor knows it within 2 s; the answer alone holds it.',
  permission: 'api-keys:write',
  body: z
    .object({
      name: z.string().trim().min(1).max(100),
      scopes: z
        .array(apiKeyScopeSchema)
        .min(1)
        .max(API_KEY_SCOPES.length)
        .transform((scopes) => [...new Set(scopes)])
        .default(['ingest']),
      sourceType: sourceTypeSchema.default('auto'),
      timeZone: timeZoneSchema.default('UTC'),
      expiresAt: timestampSchema
        .nullable()
        .default(null)
        .describe('in the future; null: it holds until it is revoked'),
    })
    .strict(),
  response: newApiKeySchema,
  status: 201,
});
export const revokeApiKey = endpoint({
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/api-keys/:id',
  summary: 'Revoke an API key, for ever. It counts within 2 s; what it brought stays.',
  permission: 'api-keys:write',
  params: idParamsSchema,
});
