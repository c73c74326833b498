import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { parseRefreshToken } from '@parapet/auth';
import { normalizeIp, type Session, type User } from '@parapet/contracts';
import { CsrfError, UnauthenticatedError } from '@parapet/errors';
import type { ApiRequest } from '../http/api-request.js';
import type { Principal } from '../http/principal.js';
import { AuthService, type Client, type SignedIn } from './auth.service.js';
import { clearSessionCookies, cookieOf, REFRESH_COOKIE, setSessionCookies } from './cookies.js';
import { CsrfService } from './csrf.service.js';

const clientOf = (request: ApiRequest): Client => ({
  ip: normalizeIp(request.ip ?? '') ?? null,
  userAgent: request.headers['user-agent'] ?? null,
});

/** Sessions as browsers hold them: cookies around `AuthService`. */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly auth: AuthService,
    private readonly csrf: CsrfService,
  ) {}

  async login(
    { email, password }: { email: string; password: string },
    request: ApiRequest,
    response: Response,
  ): Promise<Session> {
    return this.answer(await this.auth.login(email, password, clientOf(request)), request, response);
  }

  /**
   * After a reload a page has no CSRF token yet, so here its origin may speak for it instead; a request that proves
   * neither is refused.
   */
  async refresh(request: ApiRequest, response: Response): Promise<Session> {
    const token = cookieOf(request, REFRESH_COOKIE);
    if (token === undefined) throw new UnauthenticatedError();
    const sessionId = parseRefreshToken(token)?.sessionId ?? '';
    if (!this.csrf.provesOrigin(request) && !this.csrf.holds(request, sessionId)) throw new CsrfError();
    try {
      return this.answer(await this.auth.refresh(token, clientOf(request)), request, response);
    } catch (error) {
      if (error instanceof UnauthenticatedError) clearSessionCookies(response);
      throw error;
    }
  }

  async logout(caller: Principal, response: Response): Promise<void> {
    await this.auth.logout(caller);
    clearSessionCookies(response);
  }

  async me(
    caller: Principal,
    request: ApiRequest,
    response: Response,
  ): Promise<{ user: User; csrfToken: string }> {
    const user = await this.auth.user(caller);
    // Without cookies there is nothing that another site could make a browser send.
    const csrfToken = request.viaCookie ? this.csrf.issue(request, response, caller.sessionId) : '';
    return { user, csrfToken };
  }

  private answer(signedIn: SignedIn, request: ApiRequest, response: Response): Session {
    const { accessToken, refreshToken, sessionId, expiresIn, user } = signedIn;
    setSessionCookies(response, accessToken, refreshToken);
    return { accessToken, csrfToken: this.csrf.issue(request, response, sessionId), expiresIn, user };
  }
}
