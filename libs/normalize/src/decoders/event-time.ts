import { isDay, nearestYear, utcMs } from '../calendar.js';
import { isoTime, readIsoTime } from '../iso-time.js';
import { TimeZone } from '../time-zone.js';
import type { DecodeContext, EventFields } from './decoder.js';

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** 1 to 12 for an English month's first three letters in any case; 0 for anything else. */
export function monthNumber(name: string): number {
  const at = name.length < 3 ? -1 : MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  return at >= 0 && at % 3 === 0 ? at / 3 + 1 : 0;
}

interface WallClock {
  year?: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms?: number;
  /** Minutes east of UTC; absent: the source's zone. */
  offset?: number;
}

/** Epoch ms of a wall-clock time; without a year the one nearest to receipt. Undefined if there is no such time. */
export function wallClock(time: WallClock, context: DecodeContext): number | undefined {
  const { month, day, hour, minute, second, ms = 0 } = time;
  if (!(month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  const msOfDay = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  const year = time.year ?? nearestYear(month, day, msOfDay, context.receivedAt);
  if (year === undefined || !isDay(year, month, day)) return undefined;
  const wall = utcMs(year, month, day, msOfDay);
  return time.offset === undefined ? TimeZone.of(context.timeZone).toUtc(wall) : wall - time.offset * 60_000;
}

/** "+0130", "-01:30", "Z" in minutes east of UTC. */
export function zoneOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'Z' || text === 'UTC' || text === 'GMT') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (!match) return undefined;
  return (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1);
}

/** "2026-11-20T20:00:00[.,]123+01:00" and relatives (a space or slashes, no zone), at the start of `text`. */
export function isoInstant(text: string, context: DecodeContext): number | undefined {
  if (!readIsoTime(text, 0)) return undefined;
  return isoTime.zoned ? isoTime.ms : TimeZone.of(context.timeZone).toUtc(isoTime.ms);
}

const CLF = /^(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?: ([+-]\d{4}))?/;

/** "10/Oct/2000:13:55:36 -0700" (the common log format's %t; HAProxy's with milliseconds and without a zone). */
export function clfInstant(text: string, context: DecodeContext): number | undefined {
  const m = CLF.exec(text);
  if (!m) return undefined;
  return wallClock(
    {
      year: Number(m[3]),
      month: monthNumber(m[2] ?? ''),
      day: Number(m[1]),
      hour: Number(m[4]),
      minute: Number(m[5]),
      second: Number(m[6]),
      ms: m[7] === undefined ? 0 : Math.floor(Number(`0.${m[7]}`) * 1000),
      offset: zoneOffset(m[8]),
    },
    context,
  );
}

const ASCTIME =
  /^(?:[A-Za-z]{3},? )?([A-Za-z]{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?: (\d{4}))?/;

/** "Wed Jul 17 23:20:45.453232 2013" (asctime, Apache's error log), with or without day name and year. */
export function asctimeInstant(text: string, context: DecodeContext): number | undefined {
  const m = ASCTIME.exec(text);
  if (!m) return undefined;
  return wallClock(
    {
      year: m[7] === undefined ? undefined : Number(m[7]),
      month: monthNumber(m[1] ?? ''),
      day: Number(m[2]),
      hour: Number(m[3]),
      minute: Number(m[4]),
      second: Number(m[5]),
      ms: m[6] === undefined ? 0 : Math.floor(Number(`0.${m[6]}`) * 1000),
    },
    context,
  );
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; only times from 2001 to 2100. */
export function epochInstant(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  for (const scale of [1000, 1, 1e-3, 1e-6]) {
    const ms = Math.floor(value * scale);
    if (ms >= 978_307_200_000 && ms < 4_102_444_800_000) return ms;
  }
  return undefined;
}

/** Takes the line's own time for the event's, where it could be read. */
export function setTime(fields: EventFields, ms: number | undefined): void {
  if (ms !== undefined) fields['@timestamp'] = ms;
}
