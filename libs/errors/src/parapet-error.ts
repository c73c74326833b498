import type { ErrorCode, Problem } from '@parapet/contracts';

/**
 * Base of every error that crosses a border. `code` is stable, `status` is its HTTP status, and `retryable` says
 * whether the same request can succeed later without being changed.
 */
export abstract class ParapetError extends Error {
  abstract readonly code: ErrorCode;
  abstract readonly status: number;
  readonly retryable: boolean = false;
  /** Where bad input is wrong: path within the request and what to do. */
  readonly errors?: readonly Readonly<NonNullable<Problem['errors']>[number]>[];
  /** Seconds after which a retry makes sense (`Retry-After`). */
  readonly retryAfter?: number;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
