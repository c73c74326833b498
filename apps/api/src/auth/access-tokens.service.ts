import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ACCESS_TOKEN, hasAccessHeader, readAccessClaims, type AccessClaims } from '@parapet/auth';
import { UnauthenticatedError } from '@parapet/errors';
import type { Principal } from '../http/principal.js';

/** Makes and reads access tokens where no HTTP guard does it (WebSocket). Key and options are the JwtModule's. */
@Injectable()
export class AccessTokens {
  constructor(private readonly jwt: JwtService) {}

  sign({
    userId,
    tenantId,
    sessionId,
    role,
  }: Pick<Principal, 'userId' | 'tenantId' | 'sessionId' | 'role'>): string {
    return this.jwt.sign({ sub: userId, tid: tenantId, sid: sessionId, role });
  }

  /** @throws UnauthenticatedError for anything that is no valid access token of ours. */
  verify(token: string): AccessClaims {
    if (!hasAccessHeader(token)) throw new UnauthenticatedError('The access token is not valid.');
    let payload: unknown;
    try {
      payload = this.jwt.verify(token, VERIFICATION);
    } catch {
      throw new UnauthenticatedError('The access token is not valid, or has expired.');
    }
    const claims = readAccessClaims(payload);
    if (!claims) throw new UnauthenticatedError('The access token is not valid.');
    return claims;
  }
}

/** R32: one algorithm, issuer and audience, whatever the token says of itself. */
export const VERIFICATION = {
  algorithms: [ACCESS_TOKEN.algorithm],
  issuer: ACCESS_TOKEN.issuer,
  audience: ACCESS_TOKEN.audience,
};
