import { ParapetError } from '@parapet/errors';

/** The push service did not take a test message; its own words are for the user who asked for it. */
export class PushNotDeliveredError extends ParapetError {
  readonly code = 'unavailable';
  readonly status = 503;

  constructor(
    problem: string,
    override readonly retryable: boolean,
  ) {
    super(`The test message was not delivered: ${problem}`);
  }
}
