import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { roleHas, type Endpoint } from '@parapet/contracts';
import { ForbiddenError, UnauthenticatedError } from '@parapet/errors';
import type { ApiRequest } from '../http/api-request.js';
import { ENDPOINT } from '../http/handles.js';
import type { Principal } from '../http/principal.js';
import { CsrfService } from './csrf.service.js';

/** Every route passes here: origin, sign-in, permission, CSRF. What has no endpoint is closed. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  constructor(private readonly csrf: CsrfService) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint: Endpoint | undefined = Reflect.getMetadata(ENDPOINT, context.getHandler());
    if (!endpoint) throw new ForbiddenError();
    const request = context.switchToHttp().getRequest<ApiRequest>();
    request.operation = endpoint.id;
    const mutating = endpoint.method !== 'GET';
    if (mutating) this.csrf.checkOrigin(request);
    if (endpoint.permission === 'public') return true;
    await super.canActivate(context);
    const caller = request.user;
    if (!caller) throw new UnauthenticatedError();
    // Before the role: a forged request learns nothing about what its victim may do.
    if (mutating && request.viaCookie) this.csrf.check(request, caller.sessionId);
    if (!roleHas(caller.role, endpoint.permission)) throw new ForbiddenError();
    return true;
  }

  /** Passport's outcome in our own errors. */
  override handleRequest<T = Principal>(error: unknown, user: T | false | null | undefined): T {
    if (error) throw error;
    if (!user) throw new UnauthenticatedError();
    return user;
  }
}
