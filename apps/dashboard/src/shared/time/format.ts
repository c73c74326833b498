const withSeconds = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const utc = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });

export const VIEWER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** Date and time to the second in the viewer's zone. */
export const formatTime = (at: string) => withSeconds.format(new Date(at));

/** For axes: only the clock within a day, else with the date. `spanMs` is the length of the axis. */
export const formatAxisTime = (at: string, spanMs: number) =>
  (spanMs <= 86_400_000 ? clock : dayAndClock).format(new Date(at));

/** All a reader may want on hover: zone of the viewer, UTC, ISO 8601. */
export const describeTime = (at: string) =>
  `${formatTime(at)} ${VIEWER_ZONE}\n${utc.format(new Date(at))} UTC\n${new Date(at).toISOString()}`;

/** `5 min. ago`, in the largest unit that fits. */
export function formatAgo(at: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return 'now';
}

const full = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
export const formatCount = (value: number) => full.format(value);
export const formatShort = (value: number) => (value < 10_000 ? full.format(value) : short.format(value));

/** A number of seconds in words: `5 min`, `1 h 30 min`. */
export function formatDuration(seconds: number): string {
  const parts: string[] = [];
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  let rest = Math.round(seconds);
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * size;
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}
