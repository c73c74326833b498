import type { CookieOptions, Request, Response } from 'express';
import { ACCESS_TOKEN } from '@parapet/auth';

/** `__Host-`: only over TLS (or loopback), only from this host, for the whole of it (RFC 6265bis, 4.1.3.2). */
export const ACCESS_COOKIE = '__Host-access';
export const REFRESH_COOKIE = '__Host-refresh';
export const CSRF_COOKIE = '__Host-csrf';

/** How long a session lasts when nobody uses it; each refresh starts it anew. */
export const SESSION_DAYS = 14;
export const SESSION_MS = SESSION_DAYS * 86_400_000;

const STRICT: CookieOptions = { httpOnly: true, secure: true, sameSite: 'strict', path: '/' };

export function setSessionCookies(response: Response, accessToken: string, refreshToken: string): void {
  response.cookie(ACCESS_COOKIE, accessToken, { ...STRICT, maxAge: ACCESS_TOKEN.seconds * 1000 });
  response.cookie(REFRESH_COOKIE, refreshToken, { ...STRICT, maxAge: SESSION_MS });
}

export function clearSessionCookies(response: Response): void {
  for (const name of [ACCESS_COOKIE, REFRESH_COOKIE, CSRF_COOKIE]) response.clearCookie(name, STRICT);
}

export function cookieOf(request: Request, name: string): string | undefined {
  const cookies: Record<string, unknown> = request.cookies ?? {};
  const value = cookies[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
