import type { TimePart } from '../ast.js';

/** `2026-03-03T01:44`, with a space or without a time, as logs write dates. The zone is not looked at. */
const DATE = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2}))?/;
const DAY = 86_400_000;

interface DateParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/**
 * A part of a date as the field has it. Modifiers appendix 2.1.0: "it extracts a numeric value from a date", "not designed to handle timezone or
 * format conversions": a text is read as written; a number is epoch ms (seconds below 10^11) in UTC.
 */
export function timePart(value: unknown, part: TimePart): number | undefined {
  const date = read(value);
  if (date === undefined) return undefined;
  return part === 'week' ? isoWeek(date) : date[part];
}

function read(value: unknown): DateParts | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,14}$/.test(value))) {
    const number = Number(value);
    const date = new Date(Math.abs(number) < 1e11 ? number * 1000 : number);
    if (Number.isNaN(date.getTime())) return undefined;
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
    };
  }
  const found = typeof value === 'string' ? DATE.exec(value) : null;
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found
    .slice(1)
    .map((text) => Number(text ?? 0));
  return { year, month, day, hour, minute };
}

/** ISO 8601 week: the week of the year's first Thursday is 1. */
function isoWeek({ year, month, day }: DateParts): number {
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  return Math.ceil(((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY + 1) / 7);
}
