const QUARTER_HOUR_MS = 900_000;

/**
 * Offset of an IANA time zone from UTC. `Intl` needs about 2 µs a call, so offsets are kept by quarter of an hour:
 * no zone changes its offset at any other moment.
 */
export class TimeZone {
  private static readonly known = new Map<string, TimeZone>();
  private readonly format: Intl.DateTimeFormat | undefined;
  private readonly offsets = new Map<number, number>();
  private lastQuarter = Number.NaN;
  private lastOffset = 0;

  private constructor(name: string) {
    if (name === 'UTC' || name === 'Etc/UTC') return;
    try {
      this.format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      // An unknown name was refused where it was set; here a line must not be lost for it: read as UTC.
    }
  }

  /** The zone of that name; a name that the IANA database does not know is read as UTC. */
  static of(name: string): TimeZone {
    let zone = this.known.get(name);
    if (!zone) {
      zone = new TimeZone(name);
      if (this.known.size < 1000) this.known.set(name, zone);
    }
    return zone;
  }

  /** Epoch ms of a wall-clock time that is given as if it were UTC. In the hour that a clock repeats, the first. */
  toUtc(wall: number): number {
    if (!this.format) return wall;
    const before = this.offset(wall - 86_400_000);
    const after = this.offset(wall + 86_400_000);
    const first = wall - Math.max(before, after);
    if (first + this.offset(first) === wall) return first;
    const second = wall - Math.min(before, after);
    return second + this.offset(second) === wall ? second : wall - before;
  }

  private offset(utc: number): number {
    const quarter = Math.floor(utc / QUARTER_HOUR_MS);
    if (quarter === this.lastQuarter) return this.lastOffset;
    let offset = this.offsets.get(quarter);
    if (offset === undefined) {
      offset = this.compute(quarter * QUARTER_HOUR_MS);
      if (this.offsets.size > 5000) this.offsets.clear();
      this.offsets.set(quarter, offset);
    }
    this.lastQuarter = quarter;
    this.lastOffset = offset;
    return offset;
  }

  private compute(utc: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.format?.formatToParts(utc) ?? []) part[type] = Number(value);
    const wall = Date.UTC(
      part['year'] ?? 0,
      (part['month'] ?? 1) - 1,
      part['day'],
      part['hour'],
      part['minute'],
      part['second'],
    );
    return wall - utc;
  }
}
