import type { IncomingHttpHeaders } from 'node:http';
import { ACCESS_COOKIE } from '../auth/cookies.js';

/** Pages of the dashboard's development server, which passes `/ws` on to us. */
const DEVELOPMENT_ORIGINS = ['http://127.0.0.1:5173', 'http://localhost:5173'];

export interface OwnAddress {
  /** Where browsers see us, without a slash at the end. */
  publicUrl: string;
  development: boolean;
}

type Headers = Pick<IncomingHttpHeaders, 'origin' | 'host' | 'cookie' | 'authorization'>;

/** The token of `Authorization: Bearer`, which only programs send. */
export function bearerOf({ authorization }: Headers): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** The access token that a browser sends by itself. */
export function accessCookieOf({ cookie }: Headers): string | undefined {
  for (const pair of (cookie ?? '').split(';')) {
    const [name = '', value = ''] = pair.trim().split('=', 2);
    if (name === ACCESS_COOKIE && value !== '') return value;
  }
  return undefined;
}

/**
 * R37: whether a handshake may come in. CORS doesn't hold WebSockets back, so the origin must be ours. A program has no
 * origin; it may come in without one, but not with a cookie.
 */
export function mayKnock(headers: Headers, own: OwnAddress): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return accessCookieOf(headers) === undefined;
  return isOwnOrigin(origin, host, own);
}

/**
 * The public address with its scheme, or another name that the request itself came to. `null` (sandboxed frames, data:
 * pages) is nobody's.
 */
export function isOwnOrigin(
  origin: string,
  host: string | undefined,
  { publicUrl, development }: OwnAddress,
): boolean {
  if (development && DEVELOPMENT_ORIGINS.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const publicAddress = new URL(publicUrl);
  if (url.origin !== origin || !/^https?:$/.test(url.protocol)) return false;
  if (url.host === publicAddress.host) return url.protocol === publicAddress.protocol;
  return url.host === host?.toLowerCase();
}
