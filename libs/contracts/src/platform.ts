import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { pageOf } from './common.js';

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
