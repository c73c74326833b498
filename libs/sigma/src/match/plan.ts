import { WHOLE_EVENT } from './anchor.js';
import { LIST, SINGLE } from './event-view.js';
import type { EventView } from './event-view.js';
import type { Compiled } from './predicate.js';
import { TextIndex } from './text-index.js';
import type { Sink } from './text-index.js';

/**
 * The rules that events of one kind are tried on. One pass over the fields finds the literals that the rules wait for; only rules
 * whose literal was found (and those that wait for none) are evaluated.
 */
export class Plan {
  readonly #slots: { slot: number; index: TextIndex }[] = [];
  readonly #whole: TextIndex | undefined;
  /** Rules that wait for nothing. */
  readonly #always: readonly number[];

  /** `rules`: ordinals into `compiled`, ascending. */
  constructor(
    readonly rules: readonly number[],
    private readonly compiled: readonly Compiled[],
  ) {
    const indexes = new Map<number, TextIndex>();
    const always: number[] = [];
    for (const ordinal of rules) {
      const anchor = compiled[ordinal]?.anchor;
      if (anchor === undefined) {
        always.push(ordinal);
        continue;
      }
      for (const { slot, kind, literal } of anchor.atoms) {
        let index = indexes.get(slot);
        if (index === undefined) indexes.set(slot, (index = new TextIndex()));
        index.add(kind, literal, ordinal);
      }
    }
    this.#always = always;
    for (const [slot, index] of indexes) {
      index.freeze();
      if (slot !== WHOLE_EVENT) this.#slots.push({ slot, index });
    }
    this.#whole = indexes.get(WHOLE_EVENT);
  }

  /** Calls `found` for each rule that matches, in no order. `candidates` takes each rule once an event. */
  run(view: EventView, candidates: Candidates, found: (ordinal: number) => void): void {
    candidates.begin();
    for (const ordinal of this.#always) candidates.add(ordinal);
    const { sink } = candidates;
    for (const { slot, index } of this.#slots) {
      const state = view.state(slot);
      if (state === SINGLE) index.scan(view.lower(slot), sink);
      else if (state === LIST) for (const text of view.lowers(slot)) index.scan(text, sink);
    }
    if (this.#whole !== undefined) for (const text of view.values()) this.#whole.scanAsWritten(text, sink);
    const { list } = candidates;
    for (let i = 0; i < candidates.count; i++) {
      const ordinal = list[i] ?? 0;
      if (this.compiled[ordinal]?.test(view) === true) found(ordinal);
    }
  }
}

/** A set of rule ordinals that is emptied in no time. */
export class Candidates {
  readonly list: Uint32Array;
  count = 0;
  readonly #marks: Uint32Array;
  #round = 0;
  readonly sink: Sink = (rules) => {
    for (const rule of rules) this.add(rule);
  };

  constructor(size: number) {
    this.list = new Uint32Array(size);
    this.#marks = new Uint32Array(size);
  }

  begin(): void {
    this.count = 0;
    this.#round += 1;
    if (this.#round > 0xffffffff) {
      this.#marks.fill(0);
      this.#round = 1;
    }
  }

  add(ordinal: number): void {
    if (this.#marks[ordinal] === this.#round) return;
    this.#marks[ordinal] = this.#round;
    this.list[this.count] = ordinal;
    this.count += 1;
  }
}
