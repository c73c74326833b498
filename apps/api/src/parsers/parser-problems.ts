import { ValidationError } from '@parapet/errors';
import type { ParserProblem } from '@parapet/normalize';

/** What is wrong with a definition, as the error of a request whose body it is. */
export function refused(problems: readonly ParserProblem[]): ValidationError {
  return new ValidationError(
    problems.map(({ path, offset, message }) => ({
      path: `body.${path}`,
      message: offset === undefined ? message : `at character ${offset + 1}: ${message}`,
    })),
  );
}
