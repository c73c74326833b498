import { createHash, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * A refresh token names its tenant and session, so that looking it up never crosses tenants, and holds a secret of
 * 256 bits of which only the SHA-256 is stored.
 */
export interface RefreshToken {
  tenantId: string;
  sessionId: string;
  /** base64url of 32 bytes. */
  secret: string;
}

const partsSchema = z.tuple([z.uuid(), z.uuid(), z.string().regex(/^[\w-]{43}$/)]);

export function newRefreshSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The secret that follows `current`. It is derived, so that parallel refreshes of one browser all get the same next
 * token and whichever answer comes last leaves the right cookie, without a readable token being stored anywhere.
 */
export function nextRefreshSecret(key: string, { tenantId, sessionId, secret }: RefreshToken): string {
  return createHmac('sha256', key)
    .update(`refresh\0${tenantId}\0${sessionId}\0${secret}`)
    .digest('base64url');
}

export function formatRefreshToken({ tenantId, sessionId, secret }: RefreshToken): string {
  return `${tenantId}.${sessionId}.${secret}`;
}

/** The parts of a refresh token, or undefined for anything that is none. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const { data } = partsSchema.safeParse(text.split('.'));
  return data && { tenantId: data[0], sessionId: data[1], secret: data[2] };
}

/** What is stored of a secret. A plain hash does: 256 random bits can't be guessed. */
export function hashRefreshSecret(secret: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(secret).digest());
}
