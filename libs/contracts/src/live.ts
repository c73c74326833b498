import { z } from 'zod';
import { alertSchema } from './alerts.js';
import { idSchema } from './common.js';

/** Messages to browsers: over Socket.IO at `/ws` (event name = `kind`) and over SSE. */
export const liveMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alert.created'), alert: alertSchema }),
  z.object({ kind: z.literal('alert.updated'), alert: alertSchema }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;

/** A live message on its way between processes (Redis pub/sub channel `parapet:live`). */
export const liveEnvelopeSchema = z.object({
  v: z.literal(1),
  tenantId: idSchema,
  message: liveMessageSchema,
});
export type LiveEnvelope = z.infer<typeof liveEnvelopeSchema>;
export const LIVE_CHANNEL = 'parapet:live';
