import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { severitySchema } from './event.js';
import { idParamsSchema, idSchema, pageOf } from './common.js';

export const DETECTOR_KINDS = ['brute_force', 'port_scan'] as const;
export const detectorKindSchema = z.enum(DETECTOR_KINDS);
export type DetectorKind = z.infer<typeof detectorKindSchema>;

/** What a tenant can set on a built-in detector. */
export const detectorSettingsSchema = z.object({
  enabled: z.boolean(),
  threshold: z.int().min(2).max(1000),
  windowSeconds: z.int().min(10).max(86_400),
  severity: severitySchema,
  exceptions: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(500)
    .describe('addresses and prefixes that never alert'),
});
export type DetectorSettings = z.infer<typeof detectorSettingsSchema>;

export const detectorSchema = detectorSettingsSchema
  .extend({
    id: idSchema,
    kind: detectorKindSchema,
    name: z.string(),
    description: z.string(),
    technique: z.object({ id: z.string(), name: z.string(), tactic: z.string() }),
    defaults: detectorSettingsSchema,
    alertsLast24h: z.int(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Detector' });
export type Detector = z.infer<typeof detectorSchema>;

export const listDetectors = endpoint({
  id: 'listDetectors',
  method: 'GET',
  path: '/detectors',
  summary: 'The built-in detectors with this tenant’s settings.',
  permission: 'detectors:read',
  response: pageOf(detectorSchema),
});
export const getDetector = endpoint({
  id: 'getDetector',
  method: 'GET',
  path: '/detectors/:id',
  summary: 'One detector.',
  permission: 'detectors:read',
  params: idParamsSchema,
  response: detectorSchema,
});
export const updateDetector = endpoint({
  id: 'updateDetector',
  method: 'PATCH',
  path: '/detectors/:id',
  summary: 'Change a detector’s settings; in force within 2 s.',
  permission: 'detectors:write',
  params: idParamsSchema,
  body: detectorSettingsSchema.partial().strict(),
  response: detectorSchema,
});
