import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import passport from 'passport';
import { isApiKey } from '@parapet/auth';
import { normalizeIp, roleHas, type Endpoint, type Permission } from '@parapet/contracts';
import { ForbiddenError, UnauthenticatedError } from '@parapet/errors';
import type { ApiRequest } from '../http/api-request.js';
import { ENDPOINT } from '../http/handles.js';
import type { Principal } from '../http/principal.js';
import { ApiKeyDirectory } from './api-key-directory.service.js';
import { CsrfService } from './csrf.service.js';
import { JwtStrategy } from './jwt.strategy.js';

/** Every route passes here: origin, sign-in, CSRF, permission. What has no endpoint is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly csrf: CsrfService,
    private readonly strategy: JwtStrategy,
    private readonly apiKeys: ApiKeyDirectory,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint: Endpoint | undefined = Reflect.getMetadata(ENDPOINT, context.getHandler());
    if (!endpoint) throw new ForbiddenError();
    const http = context.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    request.operation = endpoint.id;
    const mutating = endpoint.method !== 'GET';
    if (mutating) this.csrf.checkOrigin(request);
    if (endpoint.permission === 'public') return true;
    const caller =
      (await this.keyHolder(request)) ?? (await this.authenticate(request, http.getResponse<Response>()));
    // Before the role: a forged request learns nothing about what its victim may do.
    if (mutating && request.viaCookie) this.csrf.check(request, caller.sessionId);
    if (!may(caller, endpoint.permission)) throw new ForbiddenError();
    request.user = caller;
    return true;
  }

  /** Whom an API key in `Authorization: Bearer` stands for; undefined when there is none. */
  private async keyHolder(request: ApiRequest): Promise<Principal | undefined> {
    const key = /^bearer +(\S{1,100})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined || !isApiKey(key)) return undefined;
    return { ...(await this.apiKeys.holderOf(key)), ip: normalizeIp(request.ip ?? '') ?? null };
  }

  /**
   * By this strategy itself and not by its name: Passport's names are global to the process. Passport writes each
   * request's outcome into the strategy object it is given, so every request needs one of its own; with a shared one,
   * of two requests at once the second would get the first one's user.
   */
  private authenticate(request: ApiRequest, response: Response): Promise<Principal> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, caller?: Principal | false | null) => {
        if (error) reject(error);
        else if (caller) resolve(caller);
        else reject(new UnauthenticatedError());
      };
      const own: JwtStrategy = Object.create(this.strategy);
      passport.authenticate(own, { session: false }, done)(request, response, reject);
    });
  }
}

/** A key has no role of its own: it may do what its scopes name. */
function may({ role, scopes }: Principal, permission: Permission): boolean {
  return scopes === undefined ? roleHas(role, permission) : scopes.some((scope) => scope === permission);
}
