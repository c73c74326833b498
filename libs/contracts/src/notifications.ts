import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { severitySchema } from './event.js';
import { idParamsSchema, idSchema, pageOf } from './common.js';

export const CHANNEL_TYPES = ['email', 'webhook'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** A channel tells a list of addresses, or a machine, of a tenant's alerts. Web push and WebSocket are by user, not by channel. */
export const channelSchema = z
  .object({
    id: idSchema,
    type: z.enum(CHANNEL_TYPES),
    name: z.string(),
    recipients: z.array(z.email()).describe('of an e-mail channel; a webhook has none'),
    url: z
      .string()
      .nullable()
      .describe('of a webhook: https; whoever may not change channels sees its host alone'),
    minSeverity: severitySchema,
    enabled: z.boolean(),
    lastError: z.string().nullable(),
    lastSentAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'NotificationChannel' });
export type NotificationChannel = z.infer<typeof channelSchema>;

export const createdChannelSchema = channelSchema
  .extend({
    secret: z
      .string()
      .nullable()
      .describe('of a webhook: the key its messages are signed with (whsec_ and base64), shown this once'),
  })
  .meta({ id: 'CreatedChannel' });
export type CreatedChannel = z.infer<typeof createdChannelSchema>;

const recipientsSchema = z.array(z.email().max(254)).max(50);
const webhookUrlSchema = z.url().max(2000);

const channelInputSchema = z
  .object({
    type: z.enum(CHANNEL_TYPES),
    name: z.string().trim().min(1).max(100),
    recipients: recipientsSchema.default([]).describe('of an e-mail channel'),
    url: webhookUrlSchema.optional().describe('of a webhook'),
    minSeverity: severitySchema.default('medium'),
    enabled: z.boolean().default(true),
  })
  .strict()
  .superRefine(({ type, recipients, url }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (type === 'email' && recipients.length === 0) wrong('recipients', 'at least one address is needed');
    if (type === 'email' && url !== undefined) wrong('url', 'not of an e-mail channel');
    if (type === 'webhook' && url === undefined) wrong('url', 'is needed');
    if (type === 'webhook' && recipients.length > 0) wrong('recipients', 'not of a webhook');
  });

export const listChannels = endpoint({
  id: 'listChannels',
  method: 'GET',
  path: '/notifications/channels',
  summary: 'E-mail channels and webhooks of this tenant.',
  permission: 'notifications:read',
  response: pageOf(channelSchema),
});
export const createChannel = endpoint({
  id: 'createChannel',
  method: 'POST',
  path: '/notifications/channels',
  summary: 'Add a channel. The key that a webhook’s messages are signed with is made here and shown once.',
  permission: 'notifications:write',
  body: channelInputSchema,
  response: createdChannelSchema,
  status: 201,
});
export const updateChannel = endpoint({
  id: 'updateChannel',
  method: 'PATCH',
  path: '/notifications/channels/:id',
  summary: 'Change a channel.',
  permission: 'notifications:write',
  params: idParamsSchema,
  body: z
    .object({
      name: z.string().trim().min(1).max(100),
      recipients: recipientsSchema.min(1),
      url: webhookUrlSchema,
      minSeverity: severitySchema,
      enabled: z.boolean(),
    })
    .partial()
    .strict(),
  response: channelSchema,
});
export const renewChannelSecret = endpoint({
  id: 'renewChannelSecret',
  method: 'POST',
  path: '/notifications/channels/:id/secret',
  summary: 'Give a webhook a new key, shown once. The old one ends at once.',
  permission: 'notifications:write',
  params: idParamsSchema,
  response: createdChannelSchema,
  status: 200,
});
export const testChannel = endpoint({
  id: 'testChannel',
  method: 'POST',
  path: '/notifications/channels/:id/test',
  summary: 'Send a signed test message to a webhook, now and once. 503 says what came of it.',
  permission: 'notifications:write',
  params: idParamsSchema,
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
