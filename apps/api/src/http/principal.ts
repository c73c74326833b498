import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiKeyScope, Role } from '@parapet/contracts';
import { UnauthenticatedError } from '@parapet/errors';
import type { ApiRequest } from './api-request.js';

/** Who sent the request, as the session table says at this moment (not as the token said when it was made). */
export interface Principal {
  userId: string;
  tenantId: string;
  role: Role;
  sessionId: string;
  email: string;
  name: string;
  /** The address the request came from. */
  ip: string | null;
  /** Set for an API key: it may do this and nothing else, whatever its role. `userId` is then the key's id. */
  scopes?: readonly ApiKeyScope[];
}

/** The signed-in person, as a parameter of a controller's method: `@Caller() caller: Principal`. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { user } = context.switchToHttp().getRequest<ApiRequest>();
  if (!user) throw new UnauthenticatedError();
  return user;
});
