import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { hasAccessHeader, readAccessClaims } from '@parapet/auth';
import { normalizeIp } from '@parapet/contracts';
import { UnauthenticatedError } from '@parapet/errors';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import type { ApiRequest } from '../http/api-request.js';
import type { Principal } from '../http/principal.js';
import { VERIFICATION } from './access-tokens.service.js';
import { ACCESS_COOKIE, cookieOf } from './cookies.js';
import { SessionDirectory } from './session-directory.service.js';

const bearer = ExtractJwt.fromAuthHeaderAsBearerToken();

/** The access token: `Authorization: Bearer` of programs, else the cookie of browsers. */
function tokenOf(request: ApiRequest): string | null {
  const explicit = bearer(request);
  if (explicit) return explicit;
  request.viaCookie = true;
  return cookieOf(request, ACCESS_COOKIE) ?? null;
}

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    @Inject(SETTINGS) settings: ApiSettings,
    private readonly sessions: SessionDirectory,
  ) {
    super({
      jwtFromRequest: tokenOf,
      secretOrKeyProvider: (
        _request: unknown,
        token: string,
        done: (error: unknown, key?: string) => void,
      ) => {
        if (hasAccessHeader(token)) done(null, settings.JWT_SECRET);
        else done(new UnauthenticatedError('The access token is not valid.'));
      },
      passReqToCallback: true,
      ...VERIFICATION,
    });
  }

  async validate(request: ApiRequest, payload: unknown): Promise<Principal> {
    const claims = readAccessClaims(payload);
    if (!claims) throw new UnauthenticatedError('The access token is not valid.');
    const person = await this.sessions.personOf(claims);
    return { ...person, ip: normalizeIp(request.ip ?? '') ?? null };
  }
}
