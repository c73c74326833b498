import type { Request } from 'express';
import type { Principal } from './principal.js';

/** What our middleware, guard and interceptor add to Express' request. */
export interface ApiRequest extends Request {
  /** UUIDv7 of this request, in every problem document and log line about it. */
  requestId: string;
  /** `id` of the endpoint, once the route is known; the label of its metrics. */
  operation?: string;
  user?: Principal;
  /** Whether the access token came in a cookie, which a browser also sends for others: then CSRF is checked. */
  viaCookie?: boolean;
  /** Params, query and body as the endpoint's schemas read them. */
  input?: unknown;
}
