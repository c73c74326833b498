import { z } from 'zod';
import { idParamsSchema, idSchema, listOf, pageOf, pageQuerySchema } from './common.js';
import { endpoint } from './endpoint.js';

export const ASSET_KINDS = ['address', 'host', 'user'] as const;
export const assetKindSchema = z.enum(ASSET_KINDS);
export type AssetKind = z.infer<typeof assetKindSchema>;

/** How much its loss would hurt, least first. */
export const CRITICALITIES = ['low', 'medium', 'high', 'critical'] as const;
export const criticalitySchema = z.enum(CRITICALITIES);
export type Criticality = z.infer<typeof criticalitySchema>;

export const LONGEST_ASSET_VALUE = 255;
export const LONGEST_ASSET_NAME = 200;
export const MOST_IMPORTED_ROWS = 10_000;
export const LARGEST_IMPORT_BYTES = 2 * 1024 * 1024;
/** Of one tenant. The ingestor keeps them all in memory. */
export const MOST_ASSETS = 20_000;

export const assetSchema = z
  .object({
    id: idSchema,
    kind: assetKindSchema,
    value: z.string().describe('address: a prefix; host and user: lower case'),
    name: z.string(),
    criticality: criticalitySchema,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Asset', description: 'What an address, host or user is to its owner.' });
export type Asset = z.infer<typeof assetSchema>;

export const assetInputSchema = z.object({
  kind: assetKindSchema,
  value: z
    .string()
    .trim()
    .min(1)
    .max(LONGEST_ASSET_VALUE)
    .describe('an address or prefix (10.0.1.0/24), a host name, or a user name'),
  name: z.string().trim().min(1).max(LONGEST_ASSET_NAME),
  criticality: criticalitySchema.default('medium'),
});

export const listAssets = endpoint({
  id: 'listAssets',
  method: 'GET',
  path: '/assets',
  summary: 'What addresses, hosts and users are to their owner.',
  permission: 'assets:read',
  query: pageQuerySchema.extend({
    q: z.string().trim().max(100).optional().describe('part of the name or value'),
    kind: listOf(assetKindSchema),
    criticality: listOf(criticalitySchema),
  }),
  response: pageOf(assetSchema),
});
export const getAsset = endpoint({
  id: 'getAsset',
  method: 'GET',
  path: '/assets/:id',
  summary: 'One asset.',
  permission: 'assets:read',
  params: idParamsSchema,
  response: assetSchema,
});
export const createAsset = endpoint({
  id: 'createAsset',
  method: 'POST',
  path: '/assets',
  summary: 'Name an address, host or user. Events that come 2 s later carry it.',
  permission: 'assets:write',
  body: assetInputSchema.strict(),
  response: assetSchema,
  status: 201,
});
export const updateAsset = endpoint({
  id: 'updateAsset',
  method: 'PATCH',
  path: '/assets/:id',
  summary: 'Change an asset. Stored events keep what they carry.',
  permission: 'assets:write',
  params: idParamsSchema,
  body: z
    .object({ ...assetInputSchema.shape, criticality: criticalitySchema })
    .partial()
    .strict(),
  response: assetSchema,
});
export const deleteAsset = endpoint({
  id: 'deleteAsset',
  method: 'DELETE',
  path: '/assets/:id',
  summary: 'Forget an asset.',
  permission: 'assets:write',
  params: idParamsSchema,
});

const refusedRowSchema = z.object({
  line: z.int().describe('in the file, from 1'),
  reason: z.string(),
});
export const assetImportSchema = z
  .object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    refused: z.array(refusedRowSchema).describe('the first 1,000'),
    refusedCount: z.int(),
  })
  .meta({ id: 'AssetImport' });
export type AssetImport = z.infer<typeof assetImportSchema>;

export const importAssets = endpoint({
  id: 'importAssets',
  method: 'POST',
  path: '/assets/import',
  summary:
    'Add or change assets from CSV (UTF-8) with the columns kind, value, name and criticality, named in its first row; at most 10,000 rows and 2 MiB. Good rows are taken, the others told.',
  permission: 'assets:write',
  body: z.string().min(1, 'send the CSV as text/csv'),
  bodyType: 'text/csv',
  bodyLimit: LARGEST_IMPORT_BYTES,
  response: assetImportSchema,
});
