import { problemSchema } from '@parapet/contracts';
import type { ErrorCode, Problem } from '@parapet/contracts';

/** The API's codes, and two that only a client can see: no answer at all, and an answer that is not of the contract. */
export type ApiErrorCode = ErrorCode | 'network' | 'bad_response';

/** Every failed call of the API. Act on `code`; show `title`, `detail` and `requestId`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ApiErrorCode,
    readonly title: string,
    readonly status: number,
    readonly detail?: string,
    readonly requestId?: string,
    readonly fields: readonly { path: string; message: string }[] = [],
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }

  static fromProblem(problem: Problem): ApiError {
    const { code, title, status, detail, requestId, errors } = problem;
    return new ApiError(code, title, status, detail, requestId, errors);
  }

  static network(): ApiError {
    return new ApiError(
      'network',
      'The server can’t be reached',
      0,
      'Check your connection; nothing was changed.',
    );
  }

  static badResponse(status: number, detail: string, requestId?: string): ApiError {
    return new ApiError('bad_response', 'The server’s answer can’t be read', status, detail, requestId);
  }
}

/** The error of a response that is not ok: its problem document, or what little else is known of it. */
export async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id') ?? undefined;
  const body: unknown = await response.json().catch(() => null);
  const problem = problemSchema.safeParse(body);
  if (problem.success) return ApiError.fromProblem({ requestId, ...problem.data });
  return ApiError.badResponse(
    response.status,
    `HTTP ${response.status} without a problem document`,
    requestId,
  );
}

/** Whatever was caught, as something that can be shown. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    'internal',
    'Something went wrong in this page',
    0,
    error instanceof Error ? error.message : String(error),
  );
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
