import { DEFAULT_LIMITS } from '../limits.js';
import type { Limits } from '../limits.js';
import { Problems, RuleError } from '../problem.js';
import type { Position } from '../problem.js';

/** What a caller may choose when rules are loaded. */
export interface ParseOptions {
  limits?: Readonly<Limits>;
  /** Values for `|expand`, by placeholder name without the percent signs. */
  placeholders?: Readonly<Record<string, readonly string[]>>;
}

/** Shared by the parsers of one document. */
export class ParseContext {
  readonly problems = new Problems();
  readonly limits: Readonly<Limits>;
  readonly placeholders: ReadonlyMap<string, readonly string[]>;

  constructor(options: ParseOptions) {
    this.limits = options.limits ?? DEFAULT_LIMITS;
    this.placeholders = new Map(Object.entries(options.placeholders ?? {}));
  }

  /** Runs what may throw a RuleError; that becomes a problem at this place. */
  guard<T>(at: Position, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      this.problems.add(at, error.message);
      return undefined;
    }
  }
}
