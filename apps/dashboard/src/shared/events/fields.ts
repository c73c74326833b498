import type { WireEvent } from '@parapet/contracts';

type FieldValue = WireEvent[string] | undefined;

/** A field's value as text; lists are comma-separated, absent is ''. */
export function fieldText(value: FieldValue): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

const LAST = new Set(['message', 'event.original']);

/** All fields by name, the long ones at the end. */
export function sortedFields(event: WireEvent): [name: string, value: string][] {
  return Object.entries(event)
    .map(([name, value]): [string, string] => [name, fieldText(value)])
    .toSorted(([a], [b]) => Number(LAST.has(a)) - Number(LAST.has(b)) || a.localeCompare(b));
}

const TIMES = new Set(['@timestamp', 'event.ingested']);
export const isTimeField = (name: string) => TIMES.has(name);
