import { isDay, utcMs } from './calendar.js';

/** Result of the last `readIsoTime`; one object for all calls, as this runs once an event. */
export const isoTime = {
  /** Epoch ms; wall-clock time as if UTC when `zoned` is false. */
  ms: 0,
  zoned: false,
  /** As strict as RFC 5424 6.2.3 asks: T and Z upper-case, a zone, at most six decimals. */
  strict: false,
  end: 0,
};

function two(text: string, at: number): number {
  const high = text.charCodeAt(at) - 48;
  const low = text.charCodeAt(at + 1) - 48;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1;
}

/** Reads "2026-11-20T20:00:00.123+01:00" and its relatives at `from` into `isoTime`. False if there is none. */
export function readIsoTime(text: string, from: number): boolean {
  const century = two(text, from);
  const dash = text.charCodeAt(from + 4);
  if (century < 0 || (dash !== 45 && dash !== 47) || text.charCodeAt(from + 7) !== dash) return false;
  const rest = two(text, from + 2);
  const month = two(text, from + 5);
  const day = two(text, from + 8);
  const between = text.charCodeAt(from + 10);
  if (between !== 84 && between !== 116 && between !== 32) return false;
  const hour = two(text, from + 11);
  const minute = two(text, from + 14);
  const second = two(text, from + 17);
  if (rest < 0 || text.charCodeAt(from + 13) !== 58 || text.charCodeAt(from + 16) !== 58) return false;
  const year = century * 100 + rest;
  if (
    !isDay(year, month, day) ||
    hour < 0 ||
    hour > 23 ||
    minute < 0 ||
    minute > 59 ||
    second < 0 ||
    second > 59
  )
    return false;

  let at = from + 19;
  let ms = 0;
  let strict = between === 84 && dash === 45;
  const point = text.charCodeAt(at);
  if (point === 46 || point === 44) {
    let scale = 100;
    let digits = 0;
    for (at++; at < from + 30; at++, digits++) {
      const digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      ms += digit * scale;
      scale /= 10;
    }
    if (digits === 0) return false;
    if (digits > 6 || point !== 46) strict = false;
    ms = Math.floor(ms);
  }
  let offset = 0;
  isoTime.zoned = true;
  const zone = text.charCodeAt(at);
  if (zone === 90 || zone === 122) {
    at++;
    if (zone === 122) strict = false;
  } else if (zone === 43 || zone === 45) {
    const colon = text.charCodeAt(at + 3) === 58;
    const hours = two(text, at + 1);
    const minutes = two(text, at + (colon ? 4 : 3));
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
    offset = (hours * 60 + minutes) * (zone === 43 ? 60_000 : -60_000);
    if (!colon) strict = false;
    at += colon ? 6 : 5;
  } else {
    isoTime.zoned = false;
    strict = false;
  }
  isoTime.ms = utcMs(year, month, day, hour * 3_600_000 + minute * 60_000 + second * 1000 + ms) - offset;
  isoTime.strict = strict;
  isoTime.end = at;
  return true;
}
