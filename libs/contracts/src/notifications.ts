import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { severitySchema } from './event.js';
import { idParamsSchema, idSchema, pageOf } from './common.js';

/** A channel tells a list of recipients of a tenant's alerts. Web push and WebSocket are by user, not by channel. */
export const channelSchema = z
  .object({
    id: idSchema,
    type: z.enum(['email']),
    name: z.string(),
    recipients: z.array(z.email()),
    minSeverity: severitySchema,
    enabled: z.boolean(),
    lastError: z.string().nullable(),
    lastSentAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'NotificationChannel' });
export type NotificationChannel = z.infer<typeof channelSchema>;

const channelInput = z.object({
  type: z.enum(['email']),
  name: z.string().trim().min(1).max(100),
  recipients: z.array(z.email().max(254)).min(1).max(50),
  minSeverity: severitySchema,
  enabled: z.boolean(),
});

export const listChannels = endpoint({
  id: 'listChannels',
  method: 'GET',
  path: '/notifications/channels',
  summary: 'E-mail channels of this tenant.',
  permission: 'notifications:read',
  response: pageOf(channelSchema),
});
export const createChannel = endpoint({
  id: 'createChannel',
  method: 'POST',
  path: '/notifications/channels',
  summary: 'Add a channel.',
  permission: 'notifications:write',
  body: channelInput
    .extend({ minSeverity: severitySchema.default('medium'), enabled: z.boolean().default(true) })
    .strict(),
  response: channelSchema,
  status: 201,
});
export const updateChannel = endpoint({
  id: 'updateChannel',
  method: 'PATCH',
  path: '/notifications/channels/:id',
  summary: 'Change a channel.',
  permission: 'notifications:write',
  params: idParamsSchema,
  body: channelInput.omit({ type: true }).partial().strict(),
  response: channelSchema,
});
export const deleteChannel = endpoint({
  id: 'deleteChannel',
  method: 'DELETE',
  path: '/notifications/channels/:id',
  summary: 'Remove a channel.',
  permission: 'notifications:write',
  params: idParamsSchema,
});

/** A browser's own push subscription (W3C Push API), kept for the user who made it. */
export const pushSubscriptionSchema = z
  .object({
    id: idSchema,
    endpointHost: z.string(),
    label: z.string(),
    minSeverity: severitySchema,
    createdAt: z.iso.datetime(),
    lastSentAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'PushSubscription' });

export const getPushKey = endpoint({
  id: 'getPushKey',
  method: 'GET',
  path: '/notifications/push/key',
  summary: 'The VAPID public key (RFC 8292) that a browser subscribes with.',
  permission: 'self:read',
  response: z.object({ publicKey: z.string() }),
});
export const listPushSubscriptions = endpoint({
  id: 'listPushSubscriptions',
  method: 'GET',
  path: '/notifications/push/subscriptions',
  summary: 'The push subscriptions of the signed-in user.',
  permission: 'self:read',
  response: pageOf(pushSubscriptionSchema),
});
export const createPushSubscription = endpoint({
  id: 'createPushSubscription',
  method: 'POST',
  path: '/notifications/push/subscriptions',
  summary: 'Keep this browser’s subscription; the same endpoint again replaces it.',
  permission: 'self:write',
  body: z
    .object({
      endpoint: z.url().max(2000),
      keys: z.object({ p256dh: z.string().min(20).max(200), auth: z.string().min(8).max(100) }),
      label: z.string().trim().max(100).default(''),
      minSeverity: severitySchema.default('medium'),
    })
    .strip(),
  response: pushSubscriptionSchema,
  status: 201,
});
export const deletePushSubscription = endpoint({
  id: 'deletePushSubscription',
  method: 'DELETE',
  path: '/notifications/push/subscriptions/:id',
  summary: 'Forget a subscription.',
  permission: 'self:write',
  params: idParamsSchema,
});
export const testPushSubscription = endpoint({
  id: 'testPushSubscription',
  method: 'POST',
  path: '/notifications/push/subscriptions/:id/test',
  summary: 'Send a test message to a subscription.',
  permission: 'self:write',
  params: idParamsSchema,
});
