import { OperatorError } from '@parapet/errors';

/** Controllers and the endpoint table of contracts don't agree; the boot ends here. */
export class EndpointTableError extends OperatorError {
  constructor(problems: readonly string[]) {
    super(`Controllers and the table of endpoints differ:\n${problems.map((p) => `  ${p}`).join('\n')}`);
  }
}

/** A handler answered something that its endpoint doesn't promise. Only looked for outside production. */
export class AnswerMismatchError extends OperatorError {
  constructor(operation: string, problems: string) {
    super(`${operation} answers what its endpoint does not promise: ${problems}`);
  }
}
