/** A place in a rule file; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

/** Why a rule was refused, and where. */
export interface Problem extends Position {
  message: string;
}

/** Collects problems instead of throwing, so that one file tells all that is wrong with it. */
export class Problems {
  readonly list: Problem[] = [];

  add(at: Position, message: string): void {
    this.list.push({ line: at.line, column: at.column, message });
  }
}

/** A value, a modifier or a condition can't be understood; caught where the position is known. */
export class RuleError extends Error {}
