import { randomInt } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { MOST_INDICATORS, type CsvOptions, type IntelFeedKind } from '@parapet/contracts';
import { TenantDatabase, type TenantQuery } from '@parapet/db';
import { KeySet, readFeed, type ListedIndicator, type RefusedEntry } from '@parapet/enrich';
import { z } from 'zod';
import { FeedContentError } from './errors.js';

export interface FeedToLoad {
  id: string;
  kind: IntelFeedKind;
  csv: CsvOptions | null;
  confidence: number;
  validDays: number | null;
}

const CHUNK = 5000;
const PAGE = 20_000;
/** Entries between two turns of the event loop. */
const BREATH = 500;
const MOST_REFUSALS = 20;
const DAY_MS = 86_400_000;
/** What ended longer ago tells nothing about events that may still come. */
const STALE_MS = 30 * DAY_MS;

const countRow = z.tuple([z.object({ n: z.coerce.number() })]);
const keyRows = z.array(
  z.object({ type: z.enum(['address', 'domain', 'url', 'file_hash']), value: z.string() }),
);

const UPSERT = `
  insert into intel_indicators as i (tenant_id, feed_id, type, value, confidence, valid_until, first_seen, last_seen, description)
  select $1, $2, u.type, u.value, u.confidence, u.until, coalesce(u.first, now()), u.last, u.description
  from unnest($3::text[], $4::text[], $5::smallint[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[])
    as u (type, value, confidence, until, first, last, description)
  on conflict (tenant_id, feed_id, type, value) do update
    set confidence = excluded.confidence, valid_until = excluded.valid_until, last_seen = excluded.last_seen,
      description = excluded.description, first_seen = least(i.first_seen, excluded.first_seen)
    where (i.confidence, i.valid_until, i.last_seen, i.description)
      is distinct from (excluded.confidence, excluded.valid_until, excluded.last_seen, excluded.description)`;

/** One run over what a feed answered. */
class Loading {
  private readonly seen = new KeySet(randomInt(2 ** 32));
  private chunk: ListedIndicator[] = [];
  private changed = 0;
  private refused = 0;
  private readonly refusals: RefusedEntry[] = [];

  constructor(
    private readonly query: TenantQuery,
    private readonly tenantId: string,
    private readonly feed: FeedToLoad,
    private readonly now: number,
  ) {}

  async run(texts: readonly string[]): Promise<void> {
    const room = MOST_INDICATORS - (await this.listedElsewhere());
    let read = 0;
    for (const text of texts) {
      for (const entry of readFeed(this.feed.kind, text, this.feed.csv ?? undefined)) {
        if ('unreadable' in entry)
          throw new FeedContentError(`The content can’t be read: ${entry.unreadable}.`);
        if ('why' in entry) this.refuse(entry);
        else this.take(entry, ++read);
        if (this.seen.size > room)
          throw new FeedContentError(`There is room for ${MOST_INDICATORS} indicators over all feeds.`);
        if (this.chunk.length === CHUNK) await this.flush();
        if (++read % BREATH === 0) await turn();
      }
    }
    await this.flush();
    // An error page in place of a list must not empty the feed.
    if (this.seen.size === 0) {
      const [first] = this.refusals;
      throw new FeedContentError(
        `The content has no indicator${first ? ` (entry ${first.at}: ${first.why})` : ''}; what was listed before stays.`,
      );
    }
    await this.removeGone();
    await this.finish();
  }

  private refuse(entry: RefusedEntry): void {
    this.refused += 1;
    if (this.refusals.length < MOST_REFUSALS) this.refusals.push(entry);
  }

  private take(entry: ListedIndicator, at: number): void {
    if (entry.validUntil !== undefined && entry.validUntil < this.now - STALE_MS)
      return this.refuse({ at, why: 'its time is over' });
    if (this.seen.add(entry.type, entry.value)) this.chunk.push(entry);
  }

  private async flush(): Promise<void> {
    const rows = this.chunk;
    if (rows.length === 0) return;
    this.chunk = [];
    const { confidence, validDays } = this.feed;
    // By whole days, so that a feed that is fetched every hour does not rewrite its rows every hour.
    const usualEnd =
      validDays === null ? null : new Date((Math.floor(this.now / DAY_MS) + 1 + validDays) * DAY_MS);
    const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));
    const result = await this.query(UPSERT, [
      this.tenantId,
      this.feed.id,
      rows.map((row) => row.type),
      rows.map((row) => row.value),
      rows.map((row) => row.confidence ?? confidence),
      rows.map((row) => time(row.validUntil) ?? usualEnd),
      rows.map((row) => time(row.firstSeen)),
      rows.map((row) => time(row.lastSeen)),
      rows.map((row) => row.description ?? null),
    ]);
    this.changed += result.rowCount ?? 0;
  }

  private async listedElsewhere(): Promise<number> {
    const { rows } = await this.query(
      'select coalesce(sum(indicators), 0) as n from intel_feeds where tenant_id = $1 and id <> $2',
      [this.tenantId, this.feed.id],
    );
    return countRow.parse(rows)[0].n;
  }

  /** What the feed no longer lists. */
  private async removeGone(): Promise<void> {
    const { rows } = await this.query(
      'select count(*) as n from intel_indicators where tenant_id = $1 and feed_id = $2',
      [this.tenantId, this.feed.id],
    );
    if (countRow.parse(rows)[0].n === this.seen.size) return;
    for (let after = ['', '']; ;) {
      const page = await this.query(
        `select type, value from intel_indicators where tenant_id = $1 and feed_id = $2 and (type, value) > ($3, $4)
         order by type, value limit ${PAGE}`,
        [this.tenantId, this.feed.id, ...after],
      );
      const keys = keyRows.parse(page.rows);
      const gone = keys.filter(({ type, value }) => !this.seen.has(type, value));
      if (gone.length > 0) {
        const removed = await this.query(
          `delete from intel_indicators i using unnest($3::text[], $4::text[]) as u (type, value)
           where i.tenant_id = $1 and i.feed_id = $2 and i.type = u.type and i.value = u.value`,
          [this.tenantId, this.feed.id, gone.map(({ type }) => type), gone.map(({ value }) => value)],
        );
        this.changed += removed.rowCount ?? 0;
      }
      const last = keys.at(-1);
      if (keys.length < PAGE || !last) return;
      after = [last.type, last.value];
      await turn();
    }
  }

  private async finish(): Promise<void> {
    await this.query(
      `update intel_feeds set indicators = $3, refused = $4, refusals = $5::jsonb, updated_at = now()
         ${this.changed > 0 ? ', revision = revision + 1' : ''} where tenant_id = $1 and id = $2`,
      [this.tenantId, this.feed.id, this.seen.size, this.refused, JSON.stringify(this.refusals)],
    );
  }
}

/** Puts a feed's content in the place of what it listed before, as a whole or not at all. */
@Injectable()
export class FeedLoader {
  constructor(private readonly database: TenantDatabase) {}

  /** @throws FeedContentError when it can't be read, has no indicator, or more than there is room for */
  async load(tenantId: string, feed: FeedToLoad, texts: readonly string[]): Promise<void> {
    await this.database.withTenantSql(tenantId, (query) =>
      new Loading(query, tenantId, feed, Date.now()).run(texts),
    );
  }
}
