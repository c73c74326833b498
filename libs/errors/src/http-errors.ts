import { ParapetError } from './parapet-error.js';

export class ValidationError extends ParapetError {
  readonly code = 'validation_failed';
  readonly status = 400;
  constructor(
    override readonly errors: NonNullable<ParapetError['errors']>,
    message = 'The request is not valid; see `errors`.',
  ) {
    super(message);
  }
}

export class UnauthenticatedError extends ParapetError {
  readonly code = 'unauthenticated';
  readonly status = 401;
  constructor(message = 'Sign in first.') {
    super(message);
  }
}

/** The same words for an unknown address, a wrong password and a disabled account. */
export class InvalidCredentialsError extends ParapetError {
  readonly code = 'invalid_credentials';
  readonly status = 401;
  constructor() {
    super('E-mail address or password is wrong.');
  }
}

export class AccountLockedError extends ParapetError {
  readonly code = 'account_locked';
  readonly status = 429;
  override readonly retryable = true;
  constructor(override readonly retryAfter: number) {
    super('Too many failed sign-ins from here. Try again later.');
  }
}

export class CsrfError extends ParapetError {
  readonly code = 'csrf_failed';
  readonly status = 403;
  constructor(message = 'The CSRF token is missing or does not belong to this session.') {
    super(message);
  }
}

export class ForbiddenError extends ParapetError {
  readonly code = 'forbidden';
  readonly status = 403;
  constructor(message = 'Your role does not allow this.') {
    super(message);
  }
}

/** Also what a foreign tenant's id answers: its existence is not told. */
export class NotFoundError extends ParapetError {
  readonly code = 'not_found';
  readonly status = 404;
  constructor(what = 'resource') {
    super(`There is no such ${what}.`);
  }
}

export class ConflictError extends ParapetError {
  readonly code = 'conflict';
  readonly status = 409;
}

export class PrefixTakenError extends ParapetError {
  readonly code = 'prefix_taken';
  readonly status = 409;
  constructor(cidr: string) {
    super(`The prefix ${cidr} is taken already. Choose a longer prefix, or ask the operator.`);
  }
}

/** A certificate, or a thing like it, leads to one source only. */
export class CertificateTakenError extends ParapetError {
  readonly code = 'conflict';
  readonly status = 409;
  constructor() {
    super('This certificate is known already. Give each sender a certificate of its own.');
  }
}

export class InvalidTransitionError extends ParapetError {
  readonly code = 'invalid_transition';
  readonly status = 409;
  constructor(from: string, to: string) {
    super(`An alert that is ${from} cannot become ${to}.`);
  }
}

export class TooManyRequestsError extends ParapetError {
  readonly code = 'too_many_requests';
  readonly status = 429;
  override readonly retryable = true;
  constructor(override readonly retryAfter: number) {
    super('Too many requests. Try again later.');
  }
}

export class UnavailableError extends ParapetError {
  readonly code = 'unavailable';
  readonly status = 503;
  override readonly retryable = true;
  override readonly retryAfter = 5;
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} is not available at the moment.`, options);
  }
}
