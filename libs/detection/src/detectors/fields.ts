import { normalizeIp } from '@parapet/contracts';
import type { FieldValue, NormalizedEvent } from '@parapet/contracts';

/** A field as text; of a list its first value. Null when it is absent or empty. */
export function textOf(event: NormalizedEvent, field: string): string | null {
  const value = firstOf(event[field]);
  return value === undefined || value === '' ? null : String(value);
}

/** Whether a field is this value or a list that contains it. */
export function fieldHas(event: NormalizedEvent, field: string, wanted: string): boolean {
  const value = event[field];
  return Array.isArray(value) ? value.some((item) => item === wanted) : value === wanted;
}

/** `source.ip` in its one canonical spelling, so that ::ffff:192.0.2.1 and 192.0.2.1 are one source. */
export function sourceAddress(event: NormalizedEvent): string | null {
  const text = textOf(event, 'source.ip');
  return text === null ? null : (normalizeIp(text) ?? text);
}

/** How often the line was repeated by the sender ("message repeated N times"), 1 for an ordinary line. */
export function repeatsOf(event: NormalizedEvent): number {
  const count = Number(event['labels.repeat_count'] ?? 1);
  return Number.isFinite(count) && count > 1 ? Math.floor(count) : 1;
}

function firstOf(value: FieldValue | undefined): string | number | boolean | undefined {
  return Array.isArray(value) ? value[0] : value;
}
