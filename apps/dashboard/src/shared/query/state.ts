import type { QueryField } from './fields.js';

export type Shape = Record<string, QueryField<unknown>>;
export type StateOf<S extends Shape> = { [K in keyof S]: S[K] extends QueryField<infer T> ? T : never };

type RawValue = string | null | undefined;
/** What a router calls a query: each name once, or several times. */
export type RawQuery = Record<string, RawValue | RawValue[]>;

function first(value: RawValue | RawValue[]): string | undefined {
  return (Array.isArray(value) ? value[0] : value) ?? undefined;
}

/** The state that a URL's query stands for. What is absent or unreadable is the field's fallback; nothing throws. */
export function readState<S extends Shape>(shape: S, query: RawQuery): StateOf<S> {
  const entries = Object.entries(shape).map(([name, field]) => {
    const raw = first(query[name]);
    return [name, (raw === undefined ? undefined : field.read(raw)) ?? field.fallback];
  });
  // Each value is of its field's own type; Object.fromEntries can't say so.
  return Object.fromEntries(entries) as StateOf<S>;
}

/** The query for a state. Fallbacks are left out, so that a plain page has a plain URL. */
export function writeState<S extends Shape>(shape: S, state: StateOf<S>): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, field] of Object.entries(shape)) {
    const text = field.write(state[name]);
    if (text !== field.write(field.fallback)) query[name] = text;
  }
  return query;
}
