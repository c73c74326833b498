import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import type { z } from 'zod';
import type { Endpoint } from '@parapet/contracts';
import { ValidationError } from '@parapet/errors';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import type { ApiRequest } from './api-request.js';
import { AnswerMismatchError } from './errors.js';
import { ENDPOINT } from './handles.js';

type Part = 'params' | 'query' | 'body';
const PARTS: readonly Part[] = ['params', 'query', 'body'];

/** Parses what comes in by the endpoint's schemas, and outside production checks what goes out. */
@Injectable()
export class EndpointInterceptor implements NestInterceptor {
  private readonly checksAnswers: boolean;

  constructor(@Inject(SETTINGS) settings: ApiSettings) {
    // The compiler has checked the answer's type (`Handles`); parsing pages of 500 events again costs more than
    // reading them, so it is left to the tests.
    this.checksAnswers = settings.NODE_ENV !== 'production';
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const endpoint: Endpoint = Reflect.getMetadata(ENDPOINT, context.getHandler());
    const request = context.switchToHttp().getRequest<ApiRequest>();
    request.input = parseRequest(endpoint, request);
    const answer = next.handle();
    if (!this.checksAnswers || endpoint.stream) return answer;
    return answer.pipe(map((value: unknown) => checked(endpoint, value)));
  }
}

/**
 * Params, query and body as the endpoint's schemas read them. All that is wrong is told at once.
 * @throws ValidationError
 */
export function parseRequest(
  endpoint: Endpoint,
  request: Record<Part, unknown>,
): Partial<Record<Part, unknown>> {
  const input: Partial<Record<Part, unknown>> = {};
  const problems: { path: string; message: string }[] = [];
  for (const part of PARTS) {
    const schema = endpoint[part];
    if (!schema) continue;
    const result = schema.safeParse(part === 'body' ? (request.body ?? {}) : request[part]);
    if (result.success) input[part] = result.data;
    else problems.push(...result.error.issues.map((issue) => describe(part, issue)));
  }
  if (problems.length > 0) throw new ValidationError(problems);
  return input;
}

function describe(part: Part, issue: z.core.$ZodIssue): { path: string; message: string } {
  return { path: [part, ...issue.path.map(String)].join('.'), message: issue.message };
}

function checked(endpoint: Endpoint, value: unknown): unknown {
  if (!endpoint.response) {
    if (value !== undefined) throw new AnswerMismatchError(endpoint.id, 'it has no content');
    return value;
  }
  const result = endpoint.response.safeParse(value);
  if (!result.success) throw new AnswerMismatchError(endpoint.id, result.error.message);
  return result.data;
}
