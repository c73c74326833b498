import { ParapetError } from '@parapet/errors';

/** The push service or a webhook's receiver did not take a test message; its own words are for the user who asked for it. */
export class TestNotDeliveredError extends ParapetError {
  readonly code = 'unavailable';
  readonly status = 503;

  constructor(
    problem: string,
    override readonly retryable: boolean,
  ) {
    super(`The test message was not delivered: ${problem}`);
  }
}
