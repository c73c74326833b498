import type { z } from 'zod';
import type { Permission } from './permissions.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One REST operation. The controller's route, its permission, the parsing of everything that comes in, OpenAPI,
 * the dashboard's client and the isolation test are all derived from this object.
 */
export interface Endpoint {
  /** Key of the operation in OpenAPI (`operationId`). */
  id: string;
  method: HttpMethod;
  /** Below `/api/v1`, parameters as `:name`. */
  path: string;
  summary: string;
  /** `public` needs no sign-in. */
  permission: Permission | 'public';
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Media type of a body that is text and no JSON; its schema gets a string. */
  bodyType?: string;
  /** Bytes at the most, where it is not 1 MiB. */
  bodyLimit?: number;
  /** Left out: 204 without content, or a stream when `stream` is set. */
  response?: z.ZodType;
  status?: number;
  /** Content type of a response that is a stream (`text/event-stream`). */
  stream?: string;
}

export function endpoint<const E extends Endpoint>(definition: E): E {
  return definition;
}

type In<S> = S extends z.ZodType ? z.input<S> : undefined;
type Out<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a caller sends. */
export type RequestOf<E extends Endpoint> = {
  [K in 'params' | 'query' | 'body' as E[K] extends z.ZodType ? K : never]: In<E[K]>;
};
/** What the controller gets: parsed, with defaults filled in. */
export type ParsedOf<E extends Endpoint> = {
  [K in 'params' | 'query' | 'body' as E[K] extends z.ZodType ? K : never]: Out<E[K]>;
};
export type ResponseOf<E extends Endpoint> = E['response'] extends z.ZodType ? z.output<E['response']> : void;
