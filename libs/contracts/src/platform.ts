import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { idSchema, pageOf } from './common.js';
import { cidrSchema, nameSchema, sourceSchema, sourceTypeSchema, timeZoneSchema } from './sources.js';

/** An address that no tenant claims, with a bounded sample of what it sent. */
export const quarantinedSenderSchema = z
  .object({
    address: z.string(),
    transport: z.string(),
    events: z.int(),
    firstSeen: z.iso.datetime(),
    lastSeen: z.iso.datetime(),
    samples: z.array(z.string()),
  })
  .meta({ id: 'QuarantinedSender' });
export type QuarantinedSender = z.infer<typeof quarantinedSenderSchema>;

export const listQuarantine = endpoint({
  id: 'listQuarantine',
  method: 'GET',
  path: '/sre/quarantine',
  summary: 'Senders that belong to no tenant yet.',
  permission: 'platform:read',
  response: pageOf(quarantinedSenderSchema),
});

export const platformTenantSchema = z
  .object({ id: idSchema, slug: z.string(), name: z.string(), status: z.enum(['active', 'suspended']) })
  .meta({ id: 'PlatformTenant' });
export type PlatformTenant = z.infer<typeof platformTenantSchema>;

export const listTenants = endpoint({
  id: 'listTenants',
  method: 'GET',
  path: '/sre/tenants',
  summary: 'Every customer.',
  permission: 'platform:read',
  response: pageOf(platformTenantSchema),
});

export const assignSender = endpoint({
  id: 'assignSender',
  method: 'POST',
  path: '/sre/quarantine/assign',
  summary: 'Give a sender to a customer: makes a source, and brings the sample that was kept to its events.',
  permission: 'platform:write',
  body: z
    .object({
      tenantId: idSchema,
      cidr: cidrSchema,
      name: nameSchema,
      type: sourceTypeSchema.default('auto'),
      timeZone: timeZoneSchema.default('UTC'),
      reason: z.string().trim().min(3).max(300).describe('why; it stands in the audit log of both sides'),
    })
    .strict(),
  response: z.object({ source: sourceSchema, samples: z.int() }),
  status: 201,
});
