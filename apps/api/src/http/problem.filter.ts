import { STATUS_CODES } from 'node:http';
import {
  Catch,
  HttpException,
  Inject,
  Injectable,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Response } from 'express';
import type { ErrorCode, Problem } from '@parapet/contracts';
import {
  ConflictError,
  NotFoundError,
  ParapetError,
  UnavailableError,
  ValidationError,
} from '@parapet/errors';
import { violatedUnique } from '@parapet/db';
import { countFailure, type Logger } from '@parapet/telemetry';
import { LOGGER } from '../core/tokens.js';
import type { ApiRequest } from './api-request.js';
import { isUnreachable } from './unreachable.js';

const CODE_OF_STATUS: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** Every failure leaves as an RFC 9457 problem document; what nobody foresaw tells nothing but its request id. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const response = http.getResponse<Response>();
    const { problem, retryAfter } = this.problemOf(thrown, request.requestId);
    if (problem.status >= 500) this.report(thrown, request, problem);
    if (response.headersSent) {
      response.end();
      return;
    }
    if (retryAfter !== undefined) response.setHeader('Retry-After', String(Math.ceil(retryAfter)));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private problemOf(thrown: unknown, requestId: string): { problem: Problem; retryAfter?: number } {
    const error = known(thrown);
    if (error === undefined) {
      const detail = 'Something went wrong here. The request id finds it in the log.';
      return { problem: problem(500, 'internal', detail, requestId) };
    }
    if (error instanceof HttpException || !(error instanceof ParapetError)) {
      const { status, message } = error;
      return { problem: problem(status, CODE_OF_STATUS[status] ?? 'validation_failed', message, requestId) };
    }
    // An operator's error says what is wrong with the installation, which is no business of a client's.
    const detail = error.code === 'internal' ? undefined : error.message;
    return {
      problem: {
        ...problem(error.status, error.code, detail, requestId),
        ...(error.errors ? { errors: [...error.errors] } : {}),
      },
      retryAfter: error.retryAfter,
    };
  }

  private report(thrown: unknown, request: ApiRequest, { status, requestId }: Problem): void {
    countFailure('api', request.operation ?? 'unrouted');
    const what = { err: thrown, requestId, operation: request.operation, status };
    if (status === 503) this.logger.warn(what, 'A request failed: a server is away');
    else this.logger.error(what, 'A request failed');
  }
}

type Foreseen = ParapetError | { status: number; message: string };

/** An error whose answer is foreseen, or undefined. */
function known(thrown: unknown): Foreseen | undefined {
  if (thrown instanceof ParapetError) return thrown;
  if (thrown instanceof HttpException) {
    const status = thrown.getStatus();
    return status === 404 ? new NotFoundError('address') : { status, message: thrown.message };
  }
  if (isUnreachable(thrown)) return new UnavailableError('A server that this needs', { cause: thrown });
  if (violatedUnique(thrown)) return new ConflictError('There is such a thing already.', { cause: thrown });
  return bodyError(thrown);
}

/** What Express' body parser throws: not JSON, too large, another character set. */
function bodyError(thrown: unknown): Foreseen | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown) || !('type' in thrown)) return undefined;
  const { status, type } = thrown;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (type === 'entity.parse.failed') return new ValidationError([{ path: 'body', message: 'is not JSON' }]);
  if (type === 'entity.too.large') return { status, message: 'The body is larger than this endpoint takes.' };
  return { status, message: STATUS_CODES[status] ?? 'The request can’t be read.' };
}

function problem(status: number, code: ErrorCode, detail: string | undefined, requestId: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, requestId };
}
