import { isDay, nearestYear, utcMs } from './calendar.js';
import { isoTime, readIsoTime } from './iso-time.js';
import type { SyslogHeader } from './syslog-header.js';
import { TimeZone } from './time-zone.js';

const SPACE = 32;
const COLON = 58;
const OPEN = 91;
const BRACE = 123;
const QUOTE = 34;
const AT = 64;
const PERCENT = 37;
const COMMA = 44;
const EQUALS = 61;
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** Abbreviations that Cisco and others write after the time, in minutes from UTC; ambiguous ones (IST) are left out. */
const ZONES = new Map(
  Object.entries({
    UTC: 0,
    GMT: 0,
    Z: 0,
    WET: 0,
    WEST: 60,
    BST: 60,
    CET: 60,
    CEST: 120,
    EET: 120,
    EEST: 180,
    MSK: 180,
    JST: 540,
    AEST: 600,
    AEDT: 660,
    EST: -300,
    EDT: -240,
    CST: -360,
    CDT: -300,
    MST: -420,
    MDT: -360,
    PST: -480,
    PDT: -420,
  }),
);

/** What Cisco puts before the time: a sequence number, the host name, a mark that the clock is not set. */
const BEFORE_TIME =
  /^(?:: ?)?(?:\d{1,10}: ?)?(?:([A-Za-z0-9_.-]{1,255}): ?)?(?:\d{1,10}: )?[*.]?(?=[A-Za-z]{3} |\d{4}[ -])/;
const ZONE_LIKE = /^[A-Za-z]{1,5}(?:[+-][\d:]{1,5})?$/;
const YEAR_FIRST = /^(\d{4}) (?=[A-Za-z]{3} )/;
/** Headers without a time: "host prog[pid]: …" (journalctl -o cat, some relays) and "prog[pid]: …". */
const NO_TIME = /^(?:([A-Za-z0-9_.:-]{1,255}) )?([A-Za-z_][A-Za-z0-9_./()@-]{0,63})\[(\d{1,10})\]: ?/;
/** syslogd -v of the BSDs puts facility and severity after the time: "<mail.notice> host …". */
const VERBOSE_PRIORITY = /^ <[a-z0-9]{1,10}\.[a-z]{1,8}>(?= )/;
/** multilog's TAI64N label: seconds from 2^62 (10 s ahead of UTC in 1970), then nanoseconds. */
const TAI64N = /^@40000000([0-9a-f]{8})([0-9a-f]{8}) /;
const TAI_AHEAD_S = 10;
/** Programs' own files begin with "2026-11-20 20:00:00 " too; host and tag are believed where the tag shows that it is one. */
const SURE_TAG = /^ {0,8}(?:\S{1,255} {1,8})?(?:[^\s:[\]]{1,64}(?:\[\d{1,10}\])?: |%)/;
const HOST_AND_TAG = /^ *[^\s:]{1,255}(?: ?: ?%| [^\s:]{1,128}:(?: |$))/;
const NO_TIME_TAG = /^([A-Za-z_][A-Za-z0-9_./()@-]{0,63}): /;

/**
 * RFC 3164 as it is spoken: no PRI, no host, ISO 8601 times, a year before or after the time, milliseconds, a zone, Cisco's prefixes.
 * Nothing here is certain, so a part that is not recognised is left in the message.
 */
export function parseRfc3164(
  text: string,
  from: number,
  header: SyslogHeader,
  receivedAt: number,
  timeZone: string,
): void {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  if (text.charCodeAt(at) === AT && readMultilog(text, at, header)) return;
  let end = readTime(text, at, header, receivedAt, timeZone);
  let host: string | undefined;
  if (end === -1) {
    const before = BEFORE_TIME.exec(text.slice(at, at + 300));
    if (before && before[0].length > 0) {
      end = readTime(text, at + before[0].length, header, receivedAt, timeZone);
      host = before[1];
    }
  }
  if (end === -1) return withoutTime(text, at, header);
  header.format = 'rfc3164';
  at = end;
  if (isOwnFile(text, from, header) && !SURE_TAG.test(text.slice(at, at + 400))) {
    header.message = text.slice(skipSpaces(text, at));
    return;
  }
  const colon = text.charCodeAt(at) === COLON;
  if (colon) at++;
  const verbose = VERBOSE_PRIORITY.exec(text.slice(at, at + 24));
  if (verbose) at += verbose[0].length;
  if (host !== undefined) header.host = host;
  // "TIME: text" names no host, "TIME: host tag: text" and Cisco's "TIME: host : %ASA-…" do.
  else if (!colon || HOST_AND_TAG.test(text.slice(at, at + 400)))
    at = readHost(text, skipSpaces(text, at), header);
  at = skipSpaces(text, at);
  if (text.charCodeAt(at) === COLON && text.charCodeAt(at + 1) === SPACE) at += 2;
  header.message = text.slice(readTag(text, at, header));
  if (header.message.startsWith('[ID ')) stripSolarisId(header);
}

/** A date in ISO's order, a space, a time, and no PRI before it. */
function isOwnFile(text: string, from: number, header: SyslogHeader): boolean {
  return header.priority === undefined && digit(text, from) >= 0 && text.charCodeAt(from + 10) === SPACE;
}

/** "@400000004c91b044077a9e94 prog: …", which names no host. */
function readMultilog(text: string, at: number, header: SyslogHeader): boolean {
  const label = TAI64N.exec(text.slice(at, at + 26));
  if (!label) return false;
  header.format = 'rfc3164';
  const seconds = Number.parseInt(label[1] ?? '', 16) - TAI_AHEAD_S;
  header.timestamp = seconds * 1000 + Math.floor(Number.parseInt(label[2] ?? '', 16) / 1e6);
  header.message = text.slice(readTag(text, skipSpaces(text, at + 25), header));
  return true;
}

function withoutTime(text: string, at: number, header: SyslogHeader): void {
  const start = text.slice(at, at + 400);
  const match = NO_TIME.exec(start);
  if (match) {
    header.format = 'rfc3164';
    header.host = match[1];
    header.program = baseName(match[2] ?? '');
    header.pid = match[3];
    header.message = text.slice(at + match[0].length);
    return;
  }
  // "tag: text" alone is a header only behind a PRI; otherwise any sentence with a colon would be one.
  const tag = header.priority === undefined ? undefined : NO_TIME_TAG.exec(start);
  if (!tag) return;
  header.format = 'rfc3164';
  header.program = baseName(tag[1] ?? '');
  header.message = text.slice(at + tag[0].length);
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : -1;
}

function two(text: string, at: number): number {
  const high = digit(text, at);
  const low = digit(text, at + 1);
  return high < 0 || low < 0 ? -1 : high * 10 + low;
}

/** Month 1 to 12 by its English abbreviation in any case, or 0. */
function monthAt(text: string, at: number): number {
  const first = text.charCodeAt(at) | 32;
  if (first < 97 || first > 122) return 0;
  const index = MONTHS.indexOf(text.slice(at, at + 3).toLowerCase());
  return index >= 0 && index % 3 === 0 ? index / 3 + 1 : 0;
}

/** A year between 1970 and 2099 at `at`, or 0. */
function yearAt(text: string, at: number): number {
  const year = two(text, at) * 100 + two(text, at + 2);
  return year >= 1970 && year <= 2099 && digit(text, at + 4) < 0 ? year : 0;
}

/** Reads a time at `from` into the header; returns where it ends (a separator follows), or -1. */
function readTime(
  text: string,
  from: number,
  header: SyslogHeader,
  receivedAt: number,
  timeZone: string,
): number {
  if (digit(text, from) >= 0) {
    if (readIsoTime(text, from)) {
      const next = text.charCodeAt(isoTime.end);
      if (isoTime.end < text.length && next !== SPACE && next !== COLON) return -1;
      header.timestamp = isoTime.zoned ? isoTime.ms : TimeZone.of(timeZone).toUtc(isoTime.ms);
      return isoTime.end;
    }
    const first = YEAR_FIRST.exec(text.slice(from, from + 10));
    return first ? readMonthTime(text, from + 5, Number(first[1]), header, receivedAt, timeZone) : -1;
  }
  return readMonthTime(text, from, 0, header, receivedAt, timeZone);
}

/** "Nov 20 20:00:00" with an optional year after day or time, decimals, and zone. `year` 0: none was given before. */
function readMonthTime(
  text: string,
  from: number,
  year: number,
  header: SyslogHeader,
  receivedAt: number,
  timeZone: string,
): number {
  const month = monthAt(text, from);
  if (month === 0 || text.charCodeAt(from + 3) !== SPACE) return -1;
  let at = skipSpaces(text, from + 4);
  let day = digit(text, at++);
  if (day < 0) return -1;
  const ones = digit(text, at);
  if (ones >= 0) {
    day = day * 10 + ones;
    at++;
  }
  if (text.charCodeAt(at) !== SPACE) return -1;
  at = skipSpaces(text, at);
  let found = year;
  if (text.charCodeAt(at + 2) !== COLON) {
    found = yearAt(text, at);
    if (found === 0 || text.charCodeAt(at + 4) !== SPACE) return -1;
    at = skipSpaces(text, at + 4);
  }
  const hour = two(text, at);
  const minute = two(text, at + 3);
  const second = two(text, at + 6);
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  let msOfDay = hour * 3_600_000 + minute * 60_000 + second * 1000;
  at += 8;
  const point = text.charCodeAt(at);
  if ((point === 46 || point === 44) && digit(text, at + 1) >= 0) {
    let scale = 100;
    for (at++; digit(text, at) >= 0; at++, scale /= 10) msOfDay += Math.floor(digit(text, at) * scale);
  }
  const after = text.charCodeAt(at);
  if (at < text.length && after !== SPACE && after !== COLON) return -1;
  if (found === 0 && digit(text, at + 1) >= 0) {
    found = yearAt(text, at + 1);
    if (found !== 0) {
      const next = text.charCodeAt(at + 5);
      if (next === SPACE || next === COLON) at += 5;
      else found = 0;
    }
  }
  const zone = zoneAt(text, at);
  if (found === 0) found = nearestYear(month, day, msOfDay, receivedAt) ?? 0;
  if (found === 0 || !isDay(found, month, day)) return -1;
  const wall = utcMs(found, month, day, msOfDay);
  header.timestamp = zone ? wall - zone.minutes * 60_000 : TimeZone.of(timeZone).toUtc(wall);
  return zone ? zone.end : at;
}

/** " UTC", " CET:" or " +01:00" after a time. A name other than UTC counts only with the colon, else it may be a host. */
function zoneAt(text: string, from: number): { minutes: number; end: number } | undefined {
  if (text.charCodeAt(from) !== SPACE) return undefined;
  const sign = text.charCodeAt(from + 1);
  if (sign === 43 || sign === 45) {
    const offset = /^ ([+-])(\d\d):?(\d\d)(?=[: ])/.exec(text.slice(from, from + 9));
    if (!offset) return undefined;
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return { minutes: offset[1] === '-' ? -minutes : minutes, end: from + offset[0].length };
  }
  if (sign < 65 || sign > 90 || text.charCodeAt(from + 2) > 90) return undefined;
  const name = /^ ([A-Z]{1,4})([: ])/.exec(text.slice(from, from + 7));
  const minutes = name ? ZONES.get(name[1] ?? '') : undefined;
  if (!name || minutes === undefined || (name[2] === ' ' && name[1] !== 'UTC' && name[1] !== 'GMT'))
    return undefined;
  return { minutes, end: from + name[0].length - 1 };
}

/** The host after the time, unless the word is a tag already ("sshd[1]:", "su:", "[sshd]"). Returns where it ends. */
function readHost(text: string, from: number, header: SyslogHeader): number {
  let end = from;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === SPACE) break;
    // Nor is a pair ("date=…") or the first columns of a list a host.
    if (code === OPEN || code <= 32 || code === 34 || code === 60 || code === EQUALS || code === COMMA)
      return from;
  }
  if (end === from || end - from > 255) return from;
  if (text.charCodeAt(end - 1) === COLON) {
    // "fw1: %ASA-…": Cisco puts the colon behind the host when nothing but the message's code follows.
    if (end - from < 2 || text.charCodeAt(end + 1) !== PERCENT) return from;
    const name = text.slice(from, end - 1);
    // Letters alone may as well be a zone that no table knows ("mdt", "UTC+07:30").
    if (!ZONE_LIKE.test(name)) header.host = name;
    return end;
  }
  if (isRepeatNotice(text, from)) return from;
  header.host = text.slice(from, end);
  // UniFi writes its name twice.
  if (text.startsWith(header.host, end + 1) && text.charCodeAt(end + 1 + header.host.length) === SPACE)
    return end + 1 + header.host.length;
  return end;
}

/** sysklogd's own notice, which has no tag. */
function isRepeatNotice(text: string, at: number): boolean {
  return text.startsWith('last message repeated ', at) || text.startsWith('message repeated ', at);
}

/** The tag: "prog[pid]:", "prog:", "[prog]:" or, as rsyslog reads it, a first word in lower case. Returns where the message begins. */
function readTag(text: string, from: number, header: SyslogHeader): number {
  if (from >= text.length || isRepeatNotice(text, from)) return from;
  const opening = text.charCodeAt(from);
  if (opening === BRACE || opening === QUOTE) return from; // JSON, not a tag
  if (text.charCodeAt(from) === OPEN) {
    const bracketed =
      header.host === undefined ? /^\[([a-z][a-z0-9_.-]{0,47})\]:? /.exec(text.slice(from, from + 60)) : null;
    if (!bracketed) return from;
    header.program = bracketed[1];
    return from + bracketed[0].length;
  }
  const limit = Math.min(text.length, from + 128);
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) {
      const next = text.charCodeAt(at + 1);
      if (at === from) return from;
      if (next !== SPACE && at + 1 < text.length) continue;
      header.program = baseName(text.slice(from, at));
      return Math.min(text.length, at + 2);
    }
    if (code === OPEN) {
      const close = text.indexOf(']', at);
      if (at === from || close === -1 || close - at > 64 || text.lastIndexOf(' ', close) > at) return from;
      header.program = baseName(text.slice(from, at));
      header.pid = text.slice(at + 1, close);
      const after = text.charCodeAt(close + 1) === COLON ? close + 2 : close + 1;
      return text.charCodeAt(after) === SPACE ? after + 1 : after;
    }
    if (code === EQUALS && digit(text, from) < 0) return from; // a pair, "date=…"
    if (code === SPACE || code < 32) {
      // A word without a colon is prose when it begins with a capital ("Use the BFG!", RFC 3164 5.4), else a tag.
      const first = text.charCodeAt(from);
      if (first >= 65 && first <= 90) return from;
      const word = text.slice(from, at);
      if (first >= 48 && first <= 57 && word.includes(',')) return from; // columns
      header.program = baseName(word);
      return at + 1;
    }
  }
  if (limit < text.length) return from;
  header.program = baseName(text.slice(from));
  return text.length;
}

/** "/usr/sbin/cron" is cron; "postfix/smtpd" stays, as it says which part of postfix. */
function baseName(tag: string): string {
  return tag.charCodeAt(0) === 47 ? tag.slice(tag.lastIndexOf('/') + 1) : tag;
}

/** Solaris: "[ID 800047 auth.info] text". */
function stripSolarisId(header: SyslogHeader): void {
  const id = /^\[ID \d{1,8} [a-z0-9]{1,10}\.[a-z]{1,8}\] /.exec(header.message.slice(0, 48));
  if (id) header.message = header.message.slice(id[0].length);
}
