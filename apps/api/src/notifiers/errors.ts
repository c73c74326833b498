import { OperatorError } from '@parapet/errors';

/** A job came whose row isn't there: its transaction has not committed yet, or was rolled back and comes again. */
export class NotificationMissingError extends OperatorError {
  constructor(id: string) {
    super(`There is no notification ${id} (yet).`);
  }
}

export class NotifierMissingError extends OperatorError {
  constructor(channel: string) {
    super(`Nobody delivers “${channel}”.`);
  }
}

/** A push service did not take a message; another attempt may succeed. */
export class PushFailedError extends OperatorError {}

/** A webhook's receiver did not take a message; another attempt may succeed. */
export class WebhookFailedError extends OperatorError {}

/** The key of a webhook was sealed by a server with another JWT_SECRET, or was changed. */
export class WebhookSecretError extends OperatorError {
  constructor(options?: ErrorOptions) {
    super('The key of this webhook can’t be read: JWT_SECRET was changed. Give it a new key.', options);
  }
}
