import { Inject, Injectable } from '@nestjs/common';
import { doubleCsrf } from 'csrf-csrf';
import type { Request, Response } from 'express';
import { CsrfError } from '@parapet/errors';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import type { ApiRequest } from '../http/api-request.js';
import { CSRF_COOKIE } from './cookies.js';

/** The session that a request's CSRF token must belong to; never a cookie's own word for it. */
const sessions = new WeakMap<Request, string>();

/** R36: double submit of a token signed for the session, and no mutating request from another origin at all. */
@Injectable()
export class CsrfService {
  private readonly tokens;
  private readonly publicHost: string;

  constructor(@Inject(SETTINGS) settings: ApiSettings) {
    this.publicHost = new URL(settings.PUBLIC_URL).host;
    this.tokens = doubleCsrf({
      getSecret: () => settings.CSRF_SECRET,
      getSessionIdentifier: (request) => sessions.get(request) ?? '',
      cookieName: CSRF_COOKIE,
      cookieOptions: { sameSite: 'strict', secure: true, httpOnly: true, path: '/' },
      getCsrfTokenFromRequest: (request) => request.headers['x-csrf-token'],
    });
  }

  /** The session's token; its cookie is set unless the browser has it already. */
  issue(request: ApiRequest, response: Response, sessionId: string): string {
    sessions.set(request, sessionId);
    return this.tokens.generateCsrfToken(request, response, { overwrite: false, validateOnReuse: false });
  }

  /** @throws CsrfError unless header and cookie hold this session's token. */
  check(request: ApiRequest, sessionId: string): void {
    if (!this.holds(request, sessionId)) throw new CsrfError();
  }

  holds(request: ApiRequest, sessionId: string): boolean {
    sessions.set(request, sessionId);
    return this.tokens.validateRequest(request);
  }

  /**
   * Refuses what a browser says comes from elsewhere (Fetch Metadata, RFC 6454). A sibling host or port counts as
   * elsewhere: cookies reach across ports. Programs send neither header.
   * @throws CsrfError
   */
  checkOrigin(request: ApiRequest): void {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw new CsrfError('Requests from other sites are refused.');
    }
    const { origin } = request.headers;
    if (origin !== undefined && !this.isOwn(origin, request)) {
      throw new CsrfError('Requests from other origins are refused.');
    }
  }

  /** Whether the request's own headers prove that it comes from our pages. */
  provesOrigin(request: ApiRequest): boolean {
    const { origin } = request.headers;
    return (
      request.headers['sec-fetch-site'] === 'same-origin' ||
      (origin !== undefined && this.isOwn(origin, request))
    );
  }

  /** `Origin: null` (sandboxed frames, data: pages) is nobody's. */
  isOwn(origin: string, request: { headers: { host?: string } }): boolean {
    if (!URL.canParse(origin)) return false;
    const { host } = new URL(origin);
    return host !== '' && (host === request.headers.host || host === this.publicHost);
  }
}
