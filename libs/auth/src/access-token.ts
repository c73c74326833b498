import { z } from 'zod';
import { roleSchema } from '@parapet/contracts';

/** What access tokens must say, so that no token made for something else passes as one (RFC 8725, RFC 9068). */
export const ACCESS_TOKEN = {
  algorithm: 'HS256',
  issuer: 'parapet',
  audience: 'parapet-api',
  type: 'at+jwt',
  seconds: 600,
} as const;

export const accessClaimsSchema = z.object({
  sub: z.uuid().describe('user'),
  tid: z.uuid().describe('tenant'),
  sid: z.uuid().describe('session'),
  role: roleSchema,
  iss: z.literal(ACCESS_TOKEN.issuer),
  aud: z.literal(ACCESS_TOKEN.audience),
  iat: z.int(),
  exp: z.int(),
});
export type AccessClaims = z.infer<typeof accessClaimsSchema>;

const headerSchema = z.strictObject({
  alg: z.literal(ACCESS_TOKEN.algorithm),
  typ: z.literal(ACCESS_TOKEN.type),
});

/**
 * Whether a token's header is the only one that we write. Anything more (`jku`, `jwk`, `kid`, `crit`) or another
 * algorithm is refused before the signature is looked at.
 */
export function hasAccessHeader(token: string): boolean {
  const [header = ''] = token.split('.', 1);
  try {
    return headerSchema.safeParse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).success;
  } catch {
    return false; // no JSON, so no header of ours
  }
}

/** The claims of a token whose signature holds, or undefined when they are not an access token's of at most 10 minutes. */
export function readAccessClaims(payload: unknown): AccessClaims | undefined {
  const claims = accessClaimsSchema.safeParse(payload).data;
  return claims && claims.exp - claims.iat <= ACCESS_TOKEN.seconds ? claims : undefined;
}
