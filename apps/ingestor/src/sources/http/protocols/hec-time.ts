const NUMBER = /^-?\d{1,19}(?:\.\d{1,9})?$/;
/** Seconds have ten digits until the year 2286; milliseconds, microseconds and nanoseconds have 13, 16 and 19. */
const UNITS = [
  [1e11, 1000],
  [1e14, 1],
  [1e17, 1e-3],
  [Infinity, 1e-6],
] as const;
/** 9999-12-31: the latest that ISO 8601 and PostgreSQL both write with four digits. */
const LATEST_MS = 253_402_300_799_999;

/**
 * `time` of an envelope → epoch ms: seconds with a fraction as Splunk writes them, other units as senders do, numbers as text, and ISO
 * 8601 with a zone. Undefined for what is no time.
 */
export function hecTime(time: unknown): number | undefined {
  if (typeof time === 'string' && !NUMBER.test(time)) return inRange(isoTime(time));
  const value = typeof time === 'string' ? Number(time) : time;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined;
  const [, factor] = UNITS.find(([below]) => value < below) ?? [0, 1];
  return inRange(Math.round(value * factor));
}

function isoTime(text: string): number {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/.test(text)
    ? Date.parse(text.replace(' ', 'T'))
    : NaN;
}

function inRange(ms: number): number | undefined {
  return ms > 0 && ms <= LATEST_MS ? ms : undefined;
}
