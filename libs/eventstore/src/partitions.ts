import type { Pool } from 'pg';

export const DAY_MS = 86_400_000;

/** The UTC day of a time, as the number of days since 1970. */
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/**
 * Which days have a partition, as far as this process knows, and the making of missing ones
 * (`ensure_events_partition`, which is safe to call from several processes at once).
 */
export class EventPartitions {
  private readonly known = new Set<number>();

  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Resolves when every day has its partition. Rejects with what PostgreSQL refused. */
  async ensure(days: Iterable<number>): Promise<void> {
    for (const day of days) {
      if (this.known.has(day)) continue;
      await this.pool.query('select ensure_events_partition($1::date)', [isoDay(day)]);
      this.known.add(day);
    }
  }

  /** Makes yesterday's partition and those of the days that come, so that no event has to wait for one. */
  async ensureAround(now: number, ahead = 3): Promise<void> {
    const today = dayOf(now);
    await this.ensure(Array.from({ length: ahead + 2 }, (_, n) => today - 1 + n));
  }

  /** Asks again for every day: a partition that was known has been dropped. */
  forget(): void {
    this.known.clear();
  }
}
