import { OperatorError } from './operator-errors.js';

/** The service roles are missing or wrong, and DATABASE_URL's user may not make them. `sql` is what an administrator runs. */
export class DatabaseRolesError extends OperatorError {
  constructor(
    user: string,
    readonly sql: string,
    options?: ErrorOptions,
  ) {
    super(
      `The database user ${user} may not create or change Parapet's roles. As an administrator, connected to the same database, run:\n\n${sql}\n\nThen start again.`,
      options,
    );
  }
}

/** The service roles' passwords are derived from the password in DATABASE_URL; without one anybody could derive them. */
export class DatabasePasswordError extends OperatorError {
  constructor() {
    super(
      'DATABASE_URL has no password. Give its user one; the passwords of the service roles are derived from it.',
    );
  }
}

/** The migrations on disk and in the database disagree, or one of them failed. */
export class MigrationError extends OperatorError {
  constructor(
    readonly migration: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`Migration ${migration}: ${problem}`, options);
  }
}

export class DemoSeedRefusedError extends OperatorError {
  constructor() {
    super(
      'The demo users have a published password, so they are refused when HOST is not a loopback address. ' +
        'Set SEED=none, or HOST=127.0.0.1.',
    );
  }
}

/** Somebody passed what is no tenant's id where the tenant decides whose rows are read. */
export class TenantIdError extends OperatorError {
  constructor() {
    super('The tenant id is not a UUID. The work was refused.');
  }
}

/** A second transaction was asked for inside a tenant's transaction; Prisma would mix up the tenants. */
export class NestedTransactionError extends OperatorError {
  constructor(member: string) {
    super(`${member} is not available inside a tenant's transaction.`);
  }
}
