import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  Sse,
} from '@nestjs/common';
import type { ExecutionContext, MessageEvent } from '@nestjs/common';
import type { Endpoint, HttpMethod, ResponseOf } from '@parapet/contracts';
import type { Observable } from 'rxjs';
import type { ApiRequest } from './api-request.js';

export const ENDPOINT = Symbol('ENDPOINT');

const METHODS: Record<HttpMethod, RequestMethod> = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  PATCH: RequestMethod.PATCH,
  DELETE: RequestMethod.DELETE,
};

/** Events that may wait for a client of a stream; one that reads slower is dropped. */
const MAX_WAITING_CHARACTERS = 512 * 1024;

export const API_PATH = '/api/v1';

/** Where an endpoint is, from the root. */
export const pathOf = (endpoint: Endpoint) => `${API_PATH}${endpoint.path}`;

/** A stream that is none of events is written to the response by its handler. */
type AnswerOf<E extends Endpoint> = E['stream'] extends 'text/event-stream'
  ? Observable<MessageEvent> | Promise<Observable<MessageEvent>>
  : E['stream'] extends string
    ? void | Promise<void>
    : ResponseOf<E> | Promise<ResponseOf<E>>;

/**
 * Makes a method the handler of an endpoint: its route, permission, status, and the parsing of what comes in. The
 * compiler checks what the method answers. A stream of server-sent events is an Observable of Nest's `MessageEvent`.
 */
export function Handles<const E extends Endpoint>(endpoint: E) {
  const route =
    endpoint.stream === 'text/event-stream'
      ? Sse(pathOf(endpoint), { maxPendingDataLength: MAX_WAITING_CHARACTERS })
      : RequestMapping({ path: pathOf(endpoint), method: METHODS[endpoint.method] });
  const decorate = applyDecorators(route, HttpCode(statusOf(endpoint)), SetMetadata(ENDPOINT, endpoint));
  return <M extends (...args: never[]) => AnswerOf<E>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    decorate(target, key, descriptor);
  };
}

/** The status of a success. */
export function statusOf(endpoint: Endpoint): number {
  return endpoint.status ?? (endpoint.response || endpoint.stream ? 200 : 204);
}

/** What came in, parsed: `@Input() input: ParsedOf<typeof endpoints.listAlerts>`. */
export const Input = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<ApiRequest>().input,
);
