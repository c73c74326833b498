import type { CorrelationLimit, CorrelationType } from '../ast.js';
import type { CorrelationSpec, Observation } from './store.js';

/** Keeps up a figure of the observations in the window, which moves forward. */
interface Figure {
  add(observation: Observation): void;
  remove(observation: Observation): void;
  /** The figure with `last` as the latest observation; undefined when there is none to compare. */
  read(last: Observation): number | undefined;
}

/** Figure by correlation type. */
const FIGURES: Readonly<Record<CorrelationType, (spec: CorrelationSpec) => Figure>> = {
  event_count: () => new Distinct(({ id }) => id),
  value_count: () => new Distinct(({ value }) => value),
  temporal: () => new Distinct(({ source }) => source),
  temporal_ordered: (spec) => new LongestSequence(spec),
  value_sum: () => new Sum(false),
  value_avg: () => new Sum(true),
  value_min: () => new Percentile(0),
  value_max: () => new Percentile(100),
  value_median: () => new Percentile(50),
  value_percentile: (spec) => new Percentile(spec.percentile),
};

/**
 * The observations at which the correlation holds, by the definition: those whose window [t − W, t] fulfils the condition.
 * `sorted`: by time, then source (see `compareObservations`), without duplicates.
 */
export function holding(sorted: readonly Observation[], spec: CorrelationSpec): Observation[] {
  const figure = FIGURES[spec.type](spec);
  const held: Observation[] = [];
  let first = 0;
  let last = 0;
  while (last < sorted.length) {
    const time = sorted[last]?.time ?? 0;
    // What has the same time belongs to the same window, whatever came first.
    const from = last;
    for (; last < sorted.length && sorted[last]?.time === time; last++) add(figure, sorted[last]);
    for (; first < last && (sorted[first]?.time ?? 0) < time - spec.windowMs; first++)
      remove(figure, sorted[first]);
    for (let i = from; i < last; i++) {
      const observation = sorted[i];
      const value = observation && figure.read(observation);
      if (observation !== undefined && value !== undefined && fulfils(value, spec.limits))
        held.push(observation);
    }
  }
  return held;
}

function add(figure: Figure, observation: Observation | undefined): void {
  if (observation !== undefined) figure.add(observation);
}

function remove(figure: Figure, observation: Observation | undefined): void {
  if (observation !== undefined) figure.remove(observation);
}

/** Events of one moment stand in the order of the rules: logs of whole seconds can't tell which came first. */
export function compareObservations(a: Observation, b: Observation): number {
  return a.time - b.time || a.source - b.source || compareText(a.id, b.id) || compareText(a.value, b.value);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function fulfils(value: number, limits: readonly CorrelationLimit[]): boolean {
  return limits.every(({ operator, number }) => {
    if (operator === 'gte') return value >= number;
    if (operator === 'gt') return value > number;
    if (operator === 'lte') return value <= number;
    return operator === 'lt' ? value < number : value === number;
  });
}

class Distinct implements Figure {
  readonly #counts = new Map<string | number, number>();

  constructor(private readonly keyOf: (observation: Observation) => string | number) {}

  add(observation: Observation): void {
    const key = this.keyOf(observation);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(observation: Observation): void {
    const key = this.keyOf(observation);
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }

  read(): number {
    return this.#counts.size;
  }
}

/**
 * temporal_ordered: how many rules, in the order of the correlation, the longest sequence has that ends with the latest observation.
 * For each rule and length it keeps the latest start of such a sequence, so nothing need be removed.
 */
class LongestSequence implements Figure {
  readonly #starts: number[][];

  constructor(private readonly spec: CorrelationSpec) {
    this.#starts = Array.from({ length: spec.rules }, () => []);
  }

  add({ source, time }: Observation): void {
    const own = this.#starts[source] ?? [];
    own[1] = time;
    for (let length = 2; length <= source + 1; length++) {
      let start = own[length] ?? -Infinity;
      for (let before = 0; before < source; before++)
        start = Math.max(start, this.#starts[before]?.[length - 1] ?? -Infinity);
      own[length] = start;
    }
  }

  remove(): void {
    // Starts before the window are left aside when read.
  }

  read({ source, time }: Observation): number {
    const own = this.#starts[source] ?? [];
    for (let length = own.length - 1; length > 1; length--)
      if ((own[length] ?? -Infinity) >= time - this.spec.windowMs) return length;
    return 1;
  }
}

class Sum implements Figure {
  #sum = 0;
  #count = 0;

  constructor(private readonly mean: boolean) {}

  add({ value }: Observation): void {
    this.#sum += Number(value);
    this.#count += 1;
  }

  remove({ value }: Observation): void {
    this.#count -= 1;
    this.#sum = this.#count === 0 ? 0 : this.#sum - Number(value);
  }

  read(): number | undefined {
    return this.#count === 0 ? undefined : this.mean ? this.#sum / this.#count : this.#sum;
  }
}

/** Linear between the closest ranks, as SQL's percentile_cont. */
class Percentile implements Figure {
  readonly #sorted: number[] = [];

  constructor(private readonly percent: number) {}

  add({ value }: Observation): void {
    const number = Number(value);
    this.#sorted.splice(this.#position(number), 0, number);
  }

  remove({ value }: Observation): void {
    this.#sorted.splice(this.#position(Number(value)), 1);
  }

  read(): number | undefined {
    if (this.#sorted.length === 0) return undefined;
    const rank = (this.percent / 100) * (this.#sorted.length - 1);
    const below = this.#sorted[Math.floor(rank)] ?? 0;
    const above = this.#sorted[Math.ceil(rank)] ?? below;
    return below + (above - below) * (rank - Math.floor(rank));
  }

  /** Index of the first number that is not smaller. */
  #position(number: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
