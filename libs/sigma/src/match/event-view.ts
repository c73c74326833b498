import type { FlatEvent } from './flatten.js';

/** What a field holds. */
export const MISSING = 0;
export const NULL = 1;
export const SINGLE = 2;
export const LIST = 3;
type State = typeof MISSING | typeof NULL | typeof SINGLE | typeof LIST;

/** Fields that rules ask for, numbered. A slot is a list of names of which the first that an event has counts. */
export class Slots {
  readonly names: (readonly string[])[] = [];
  readonly #byNames = new Map<string, number>();

  slot(names: readonly string[]): number {
    const key = names.join('\n');
    let slot = this.#byNames.get(key);
    if (slot === undefined) {
      slot = this.names.push(names) - 1;
      this.#byNames.set(key, slot);
    }
    return slot;
  }
}

/** Fields that we minted ourselves; keywords don't look there. */
const OUR_OWN = new Set(['id', 'tenantId']);

/**
 * One event as the rules see it. A field is looked up at most once an event, and lowered at most once; `reset` forgets all of it
 * without touching the arrays.
 */
export class EventView {
  #event: FlatEvent = {};
  #round = 0;
  readonly #names: readonly (readonly string[])[];
  readonly #indexed: readonly boolean[];
  readonly #seen: Uint32Array;
  readonly #lowered: Uint32Array;
  readonly #states: State[];
  readonly #raws: unknown[];
  readonly #texts: string[];
  readonly #lowers: string[];
  readonly #textLists: (readonly string[])[];
  readonly #lowerLists: (readonly string[])[];
  #values: readonly string[] | undefined;
  #lowerValues: readonly string[] | undefined;

  constructor({ names }: Slots) {
    this.#names = names;
    this.#indexed = names.map((list) => list.some((name) => name.endsWith(']')));
    this.#seen = new Uint32Array(names.length);
    this.#lowered = new Uint32Array(names.length);
    this.#states = names.map(() => MISSING);
    this.#raws = names.map(() => undefined);
    this.#texts = names.map(() => '');
    this.#lowers = names.map(() => '');
    this.#textLists = names.map(() => []);
    this.#lowerLists = names.map(() => []);
  }

  reset(event: FlatEvent): void {
    this.#event = event;
    this.#values = undefined;
    this.#lowerValues = undefined;
    this.#round += 1;
    if (this.#round > 0xffffffff) {
      this.#seen.fill(0);
      this.#lowered.fill(0);
      this.#round = 1;
    }
  }

  state(slot: number): State {
    if (this.#seen[slot] === this.#round) return this.#states[slot] ?? MISSING;
    this.#seen[slot] = this.#round;
    return (this.#states[slot] = this.#load(slot));
  }

  /** The value as the event has it. */
  raw(slot: number): unknown {
    return this.state(slot) === MISSING ? undefined : this.#raws[slot];
  }

  /** Of a SINGLE slot. */
  text(slot: number): string {
    return this.#texts[slot] ?? '';
  }

  /** Of a SINGLE slot. */
  lower(slot: number): string {
    if (this.#lowered[slot] === this.#round) return this.#lowers[slot] ?? '';
    this.#lowered[slot] = this.#round;
    return (this.#lowers[slot] = this.text(slot).toLowerCase());
  }

  /** Of a LIST slot. */
  texts(slot: number): readonly string[] {
    return this.#textLists[slot] ?? [];
  }

  /** Of a LIST slot. */
  lowers(slot: number): readonly string[] {
    if (this.#lowered[slot] === this.#round) return this.#lowerLists[slot] ?? [];
    this.#lowered[slot] = this.#round;
    return (this.#lowerLists[slot] = this.texts(slot).map((text) => text.toLowerCase()));
  }

  /** Every value of the event as text, for keywords. */
  values(): readonly string[] {
    if (this.#values !== undefined) return this.#values;
    const values: string[] = [];
    const event = this.#event;
    for (const name in event) {
      const value = event[name];
      if (OUR_OWN.has(name)) continue;
      if (typeof value === 'string') values.push(value);
      else if (Array.isArray(value)) values.push(...textsOf(value));
      else {
        const text = textOf(value);
        if (text !== undefined) values.push(text);
      }
    }
    return (this.#values = values);
  }

  /** The same in lower case. */
  lowerValues(): readonly string[] {
    return (this.#lowerValues ??= this.values().map((text) => text.toLowerCase()));
  }

  #load(slot: number): State {
    const names = this.#names[slot] ?? [];
    let value: unknown;
    for (let i = 0; i < names.length && value === undefined; i++) value = this.#event[names[i] ?? ''];
    if (value === undefined && this.#indexed[slot] === true) value = elementOf(this.#event, names);
    if (value === undefined) return MISSING;
    this.#raws[slot] = value;
    if (typeof value === 'string') {
      this.#texts[slot] = value;
      return SINGLE;
    }
    if (value === null) return NULL;
    if (Array.isArray(value)) {
      const texts = textsOf(value);
      this.#textLists[slot] = texts;
      return texts.length === 0 ? NULL : LIST;
    }
    const text = textOf(value);
    // What is left is an object, or was inherited from Object.prototype: no field of the event.
    if (text === undefined) return MISSING;
    this.#texts[slot] = text;
    return SINGLE;
  }
}

/** The first of the names of the form `list[3]` that stands for something. */
function elementOf(event: FlatEvent, names: readonly string[]): unknown {
  for (const name of names) {
    const [, list, index] = /^(.+)\[(\d{1,3})\]$/.exec(name) ?? [];
    const value = list === undefined ? undefined : event[list];
    const element: unknown = Array.isArray(value) ? value[Number(index)] : undefined;
    if (element !== undefined) return element;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function textsOf(values: readonly unknown[]): string[] {
  return values.flatMap((value) => textOf(value) ?? []);
}
