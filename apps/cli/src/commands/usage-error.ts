import { OperatorError } from '@parapet/errors';

/** The command line can't be understood. */
export class UsageError extends OperatorError {}
