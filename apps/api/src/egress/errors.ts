import { ParapetError } from '@parapet/errors';

/** An outgoing request is against the rules (R41). The message is for whoever gave the URL. */
export class EgressRefusedError extends ParapetError {
  readonly code = 'validation_failed';
  readonly status = 400;
}

/** An outgoing request was allowed and failed: no connection, no answer in time, or too long an answer. */
export class EgressFailedError extends ParapetError {
  readonly code = 'unavailable';
  readonly status = 503;
  override readonly retryable = true;

  constructor(host: string, problem: string, options?: ErrorOptions) {
    super(`${host}: ${problem}`, options);
  }
}
