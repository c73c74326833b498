import { z } from 'zod';
import { idSchema } from './common.js';
import type { NormalizedEvent } from './event.js';

/**
 * A batch of events on its way from the ingestor to the processor: up to 500 events in sections by tenant.
 * `payload` is base64 of deflate-raw(MessagePack(EventSection[])); `packEvents`/`unpackEvents` in libs/queue.
 */
export const eventBatchSchema = z.object({
  kind: z.literal('events'),
  v: z.literal(1),
  /** UUIDv7; the key of the batch ledger and the job's id. */
  batchId: idSchema,
  count: z.int().min(1),
  /** Receipt of the oldest event, epoch ms. */
  oldestReceipt: z.number(),
  payload: z.string(),
});
export type EventBatch = z.infer<typeof eventBatchSchema>;

export interface EventSection {
  tenantId: string;
  events: NormalizedEvent[];
}

/** Tell one recipient of one alert through one channel. `recipient`: address, id of a subscription or webhook, or `tenant`. */
export const notifyJobSchema = z.object({
  kind: z.literal('notify'),
  v: z.literal(1),
  tenantId: idSchema,
  notificationId: idSchema,
  alertId: idSchema,
  channel: z.enum(['email', 'webpush', 'websocket', 'webhook']),
  recipient: z.string(),
});
export type NotifyJob = z.infer<typeof notifyJobSchema>;

/** Bring what senders inside a prefix sent while nobody claimed them from quarantine to the tenant that does now. */
export const replayJobSchema = z.object({
  kind: z.literal('replay'),
  v: z.literal(1),
  tenantId: idSchema,
  prefix: z.string(),
});
export type ReplayJob = z.infer<typeof replayJobSchema>;

/** What leaves because a transaction committed: alerts that were made or changed, replays that were asked for. */
export const outboxMessageSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('dead_letters.replay'),
    v: z.literal(1),
    tenantId: idSchema,
    /** Id of the batch that brings the letters with this `replay_id` back. */
    replayId: idSchema,
  }),
  z.object({
    kind: z.literal('quarantine.replay'),
    v: z.literal(1),
    tenantId: idSchema,
    replayId: idSchema,
    prefix: z.string(),
  }),
  z.object({ kind: z.literal('alert.created'), v: z.literal(1), tenantId: idSchema, alertId: idSchema }),
  z.object({ kind: z.literal('alert.updated'), v: z.literal(1), tenantId: idSchema, alertId: idSchema }),
]);
export type OutboxMessage = z.infer<typeof outboxMessageSchema>;
