import { z } from 'zod';
import { idSchema } from '@parapet/contracts';

/** Redis pub/sub: a session ended. Sockets and streams of it close, and what is cached of it is forgotten. */
export const SESSIONS_CHANNEL = 'parapet:sessions';

export const sessionEndedSchema = z.object({ v: z.literal(1), tenantId: idSchema, sessionId: idSchema });
export type SessionEnded = z.infer<typeof sessionEndedSchema>;
