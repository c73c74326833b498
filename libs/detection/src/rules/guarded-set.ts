import { RuleSet } from '@parapet/sigma';
import type { DetectionRule, SigmaRule } from '@parapet/sigma';

/** A rule that was taken out. */
export interface RuleFault {
  rule: DetectionRule;
  reason: string;
}

/** Of one event over all rules of the set: what costs less is free, what costs more is paid from the allowance. */
const FREE_MS = 2;
/** One event may cost so much. */
const MOST_MS = 50;
/** Until the set is loaded again. */
const ALLOWANCE_MS = 2000;

/**
 * A RuleSet that outlives its worst rules: one that throws, or (with a clock) one that holds the process, is taken out until the set is made
 * anew; the others go on. Match time is linear in the event's size for every rule, so only very large events and very large expressions get there.
 */
export class GuardedSet {
  #set: RuleSet;
  readonly #rules: readonly SigmaRule[];
  readonly #out = new Set<SigmaRule>();
  #faults: RuleFault[] = [];
  #left = ALLOWANCE_MS;
  /** Where the next sample begins. */
  #sampled = 0;

  /** `now`: monotonic milliseconds; without it nothing is timed. */
  constructor(
    rules: readonly SigmaRule[],
    private readonly now?: () => number,
  ) {
    this.#rules = rules;
    this.#set = new RuleSet(rules);
  }

  get rules(): readonly DetectionRule[] {
    return this.#set.rules;
  }

  match(event: Readonly<Record<string, unknown>>): readonly DetectionRule[] {
    const begin = this.now?.() ?? 0;
    let found: readonly DetectionRule[];
    try {
      found = this.#set.match(event);
    } catch (error) {
      this.#takeOutThrowing(event, error);
      return this.#set.match(event);
    }
    if (this.now !== undefined) this.#pay(this.now() - begin, event);
    return found;
  }

  /** What was taken out since the last call. */
  takeFaults(): RuleFault[] {
    if (this.#faults.length === 0) return [];
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** Times the next `count` rules, each on all the events. */
  sample(
    events: readonly Readonly<Record<string, unknown>>[],
    count: number,
    now: () => number,
  ): { rule: DetectionRule; microseconds: number }[] {
    const { rules } = this.#set;
    return Array.from({ length: Math.min(count, rules.length) }, () => {
      this.#sampled = (this.#sampled + 1) % rules.length;
      return rules[this.#sampled];
    }).flatMap((rule) => {
      if (rule === undefined) return [];
      const alone = this.#alone(rule);
      // Once to make the plans.
      for (const event of events) alone.match(event);
      const begin = now();
      for (const event of events) alone.match(event);
      return [{ rule, microseconds: (now() - begin) * 1000 }];
    });
  }

  #alone(rule: DetectionRule): RuleSet {
    return new RuleSet([rule, ...this.#rules.filter(({ kind }) => kind === 'filter')]);
  }

  #takeOutThrowing(event: Readonly<Record<string, unknown>>, error: unknown): void {
    const throwing = this.#set.rules.filter((rule) => {
      try {
        this.#alone(rule).match(event);
        return false;
      } catch {
        return true;
      }
    });
    // What no rule throws by itself is a fault of the set: not to be caught.
    if (throwing.length === 0) throw error;
    this.#takeOut(throwing, `it failed: ${error instanceof Error ? error.message : String(error)}`);
  }

  #pay(spentMs: number, event: Readonly<Record<string, unknown>>): void {
    if (spentMs <= FREE_MS) return;
    this.#left -= spentMs;
    if (spentMs <= MOST_MS && this.#left > 0) return;
    const now = this.now ?? (() => 0);
    let slowest: DetectionRule | undefined;
    let most = 0;
    for (const rule of this.#set.rules) {
      const alone = this.#alone(rule);
      const begin = now();
      alone.match(event);
      const ms = now() - begin;
      if (ms > most) [slowest, most] = [rule, ms];
    }
    this.#left = ALLOWANCE_MS;
    // A pause of the whole process looks like a slow event; then no rule is to blame.
    if (slowest === undefined || most <= FREE_MS) return;
    this.#takeOut([slowest], `it is too slow: one event took ${Math.round(most)} ms`);
  }

  #takeOut(rules: readonly DetectionRule[], reason: string): void {
    for (const rule of rules) {
      this.#out.add(rule);
      this.#faults.push({ rule, reason });
    }
    this.#set = new RuleSet(this.#rules.filter((rule) => !this.#out.has(rule)));
  }
}
