const FREE_MS = 2;
const MOST_OF_LINE_MS = 50;
const MOST_MS = 500;
/** Of each second. */
const REFILL_MS = 50;

/**
 * What a parser may cost. Lines that take up to 2 ms are free; longer ones are paid from an allowance of 500 ms that grows by 50 ms a
 * second, so that no pattern and no sender of crafted lines can hold the process for more than a twentieth of its time.
 * Without a clock (tests, backtests, the command line) nothing is counted.
 */
export class TimeBudget {
  private left = MOST_MS;
  private at: number;

  /** `now`: monotonic milliseconds, such as performance.now(). */
  constructor(private readonly now: () => number) {
    this.at = now();
  }

  /**
   * The result of the work, or undefined, undone, while the allowance is used up. The work asks `enough` between its steps and stops
   * when one line has had its share.
   */
  spend<T>(work: (enough: () => boolean) => T): T | undefined {
    const begin = this.now();
    if (this.left <= 0) {
      this.left = Math.min(MOST_MS, this.left + ((begin - this.at) / 1000) * REFILL_MS);
      this.at = begin;
      if (this.left <= 0) return undefined;
    }
    const result = work(() => this.now() - begin > MOST_OF_LINE_MS);
    const spent = this.now() - begin;
    if (spent > FREE_MS) {
      this.left = Math.min(MOST_MS, this.left + ((begin - this.at) / 1000) * REFILL_MS) - spent;
      this.at = begin;
    }
    return result;
  }
}
