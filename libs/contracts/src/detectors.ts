import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { severitySchema } from './event.js';
import { idParamsSchema, idSchema, pageOf } from './common.js';

export const DETECTOR_KINDS = [
  'brute_force',
  'distributed_brute_force',
  'password_spraying',
  'brute_force_success',
  'port_scan',
  'horizontal_scan',
  'impossible_travel',
  'new_country',
  'rate_spike',
  'silent_source',
  'threat_intel',
] as const;
export const detectorKindSchema = z.enum(DETECTOR_KINDS);
export type DetectorKind = z.infer<typeof detectorKindSchema>;

const addressSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

export const EXCEPTION_KINDS = ['address', 'user', 'host'] as const;
const namedExceptionSchema = z.object({
  kind: z.enum(EXCEPTION_KINDS),
  value: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe('an address or prefix; or the exact name of a user or host, in any case'),
  expiresAt: z.iso.datetime({ offset: true }).optional().describe('events received from then on count again'),
  note: z.string().trim().max(300).optional(),
});

/** Whom a detector leaves alone. A bare text is an address or prefix without an end. */
export const detectorExceptionSchema = z.union([
  addressSchema,
  namedExceptionSchema
    .strict()
    .refine(({ kind, value }) => kind !== 'address' || addressSchema.safeParse(value).success, {
      path: ['value'],
      message: 'not an address or prefix',
    }),
]);
export type DetectorException = z.infer<typeof detectorExceptionSchema>;
export type NamedException = z.infer<typeof namedExceptionSchema>;

/** An exception with its kind spelled out. */
export function namedException(exception: DetectorException): NamedException {
  return typeof exception === 'string' ? { kind: 'address', value: exception } : exception;
}

/** What a tenant can set on a built-in detector. What the two numbers mean is each detector's own (`labels`). */
export const detectorSettingsSchema = z.object({
  enabled: z.boolean(),
  threshold: z.int().min(1).max(1000),
  windowSeconds: z.int().min(10).max(86_400),
  severity: severitySchema,
  exceptions: z
    .array(detectorExceptionSchema)
    .max(500)
    .describe('addresses, prefixes, users and hosts that never alert'),
});
export type DetectorSettings = z.infer<typeof detectorSettingsSchema>;

export const detectorSchema = detectorSettingsSchema
  .extend({
    id: idSchema,
    kind: detectorKindSchema,
    name: z.string(),
    description: z.string(),
    technique: z.object({ id: z.string(), name: z.string(), tactic: z.string() }),
    labels: z.object({ threshold: z.string(), window: z.string() }).describe('what the two numbers mean'),
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
