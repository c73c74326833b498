import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { severitySchema, wireEventSchema } from './event.js';
import { idParamsSchema, idSchema, listOf, pageOf, pageQuerySchema, timeRangeQuerySchema } from './common.js';

export const ALERT_STATUSES = ['new', 'acknowledged', 'investigating', 'resolved', 'false_positive'] as const;
export const alertStatusSchema = z.enum(ALERT_STATUSES);
export type AlertStatus = z.infer<typeof alertStatusSchema>;

/** The alert life cycle: from a status to those it may change to. `new` after an end is a reopening. */
export const ALERT_TRANSITIONS: Record<AlertStatus, readonly AlertStatus[]> = {
  new: ['acknowledged', 'investigating', 'resolved', 'false_positive'],
  acknowledged: ['investigating', 'resolved', 'false_positive'],
  investigating: ['acknowledged', 'resolved', 'false_positive'],
  resolved: ['new'],
  false_positive: ['new'],
};

const techniqueSchema = z.object({ id: z.string(), name: z.string(), tactic: z.string() });

export const alertSchema = z
  .object({
    id: idSchema,
    detector: z.string().describe('kind of the detector or id of the rule that fired'),
    title: z.string(),
    description: z.string(),
    severity: severitySchema,
    score: z.int().min(0).max(100),
    status: alertStatusSchema,
    group: z.record(z.string(), z.string()).describe('what the events have in common, as ECS field → value'),
    technique: techniqueSchema.nullable(),
    eventCount: z.int(),
    firstSeen: z.iso.datetime(),
    lastSeen: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    assignee: z.object({ id: idSchema, name: z.string() }).nullable(),
    historical: z
      .boolean()
      .describe('about events more than 24 h older than their receipt; nobody was notified'),
    source: z
      .object({
        ip: z.string(),
        countryCode: z.string().nullable(),
        country: z.string().nullable(),
        city: z.string().nullable(),
        lat: z.number().nullable(),
        lon: z.number().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof alertSchema>;

export const alertHistoryEntrySchema = z
  .object({
    id: idSchema,
    at: z.iso.datetime(),
    actor: z.string().describe('name of the user, or `system`'),
    action: z.enum(['created', 'status', 'assigned', 'note']),
    from: z.string().nullable(),
    to: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'AlertHistoryEntry' });

export const alertNotificationSchema = z
  .object({
    channel: z.enum(['email', 'webpush', 'websocket', 'webhook']),
    recipient: z.string(),
    status: z.enum(['pending', 'sent', 'failed']),
    at: z.iso.datetime(),
    error: z.string().nullable(),
  })
  .meta({ id: 'AlertNotification' });

export const alertDetailSchema = alertSchema
  .extend({
    events: z
      .array(wireEventSchema)
      .describe('copies of the first events that made the alert; `eventCount` counts all'),
    history: z.array(alertHistoryEntrySchema),
    notifications: z.array(alertNotificationSchema),
  })
  .meta({ id: 'AlertDetail' });
export type AlertDetail = z.infer<typeof alertDetailSchema>;

export const listAlerts = endpoint({
  id: 'listAlerts',
  method: 'GET',
  path: '/alerts',
  summary: 'Alerts, by default those last updated first.',
  permission: 'alerts:read',
  query: timeRangeQuerySchema.extend({
    ...pageQuerySchema.shape,
    status: listOf(alertStatusSchema),
    severity: listOf(severitySchema),
    detector: z.string().max(100).optional(),
    q: z.string().trim().min(1).max(200).optional().describe('substring of title or group'),
    sort: z.enum(['lastSeen', 'createdAt', 'severity', 'eventCount']).default('lastSeen'),
    order: z.enum(['asc', 'desc']).default('desc'),
  }),
  response: pageOf(alertSchema).extend({ total: z.int() }),
});

export const getAlert = endpoint({
  id: 'getAlert',
  method: 'GET',
  path: '/alerts/:id',
  summary: 'One alert with its evidence, history and notifications.',
  permission: 'alerts:read',
  params: idParamsSchema,
  response: alertDetailSchema,
});

export const updateAlert = endpoint({
  id: 'updateAlert',
  method: 'PATCH',
  path: '/alerts/:id',
  summary: 'Change status or assignee, or add a note. A change that the life cycle does not know is a 409.',
  permission: 'alerts:write',
  params: idParamsSchema,
  body: z
    .object({
      status: alertStatusSchema.optional(),
      assigneeId: idSchema.nullable().optional(),
      note: z.string().trim().min(1).max(4000).optional(),
    })
    .strict()
    .refine((body) => Object.keys(body).length > 0, 'give at least one of status, assigneeId, note'),
  response: alertDetailSchema,
});

export const streamAlerts = endpoint({
  id: 'streamAlerts',
  method: 'GET',
  path: '/alerts/stream',
  summary: 'Server-sent events `alert.created` and `alert.updated` of this tenant.',
  permission: 'alerts:read',
  stream: 'text/event-stream',
});
