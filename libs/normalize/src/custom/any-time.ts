import {
  asctimeInstant,
  clfInstant,
  epochInstant,
  isoInstant,
  monthNumber,
  wallClock,
  zoneOffset,
} from '../decoders/event-time.js';
import type { DecodeContext } from '../decoders/decoder.js';

/** "Fri, 21 Nov 2026 10:11:12 +0100" (RFC 5322), "21-Nov-2026 10:11:12.345" (BIND), "21 Nov 10:11:12". */
const DAY_FIRST =
  /^(?:[A-Za-z]{3,9},? )?(\d{1,2})[ -]([A-Za-z]{3,9})(?:[ -](\d{4}))? (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?/;
const EPOCH = /^\d{9,19}(?:\.\d{1,9})?$/;

/** The instant that a time in any of the usual forms names, in epoch ms. Undefined if none of them reads it. */
export function anyInstant(text: string, context: DecodeContext): number | undefined {
  const trimmed = text.slice(0, 64).trim();
  if (EPOCH.test(trimmed)) return epochInstant(Number(trimmed));
  return (
    isoInstant(trimmed, context) ??
    clfInstant(trimmed, context) ??
    asctimeInstant(trimmed, context) ??
    dayFirst(trimmed, context)
  );
}

function dayFirst(text: string, context: DecodeContext): number | undefined {
  const m = DAY_FIRST.exec(text);
  if (!m) return undefined;
  return wallClock(
    {
      year: m[3] === undefined ? undefined : Number(m[3]),
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
