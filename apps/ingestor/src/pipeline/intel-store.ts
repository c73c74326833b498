import { randomInt } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Pool } from 'pg';
import { z } from 'zod';
import { intelTypeSchema } from '@parapet/contracts';
import { IndicatorTable, Intel, InvalidCidrError, type IntelSet, type TenantIntel } from '@parapet/enrich';
import { countFailure } from '@parapet/telemetry';

const PAGE = 5000;

const versionRow = z.object({ version: z.coerce.string() });
const feedRows = z.array(
  z.object({
    tenant_id: z.string(),
    shared: z.boolean(),
    feed_id: z.string(),
    name: z.string(),
    revision: z.coerce.string(),
    indicators: z.number(),
  }),
);
type FeedRow = z.infer<typeof feedRows>[number];
const seconds = z
  .date()
  .nullable()
  .transform((date) => (date === null ? undefined : Math.floor(date.getTime() / 1000)));
const indicatorRows = z.array(
  z.object({
    type: intelTypeSchema,
    value: z.string(),
    confidence: z.number(),
    valid_until: seconds,
    first_seen: seconds,
    last_seen: seconds,
  }),
);
const allowedRows = z.array(z.object({ tenant_id: z.string(), type: intelTypeSchema, value: z.string() }));

/** One tenant's table, and what it was made of. */
interface Loaded {
  stamp: string;
  set: IntelSet;
}

/** Reads every tenant's indicators. Of tenants whose feeds did not change the tables are kept. */
export class IntelStore {
  /** Secret, so that nobody makes values that collide. */
  private readonly seed = randomInt(2 ** 32);
  private loaded = new Map<string, Loaded>();

  constructor(private readonly pool: Pool) {}

  /** Changes whenever a feed's content or the allow-list does. */
  async version(): Promise<string> {
    const { rows } = await this.pool.query(`SELECT version FROM config_versions WHERE kind = 'intel'`);
    return versionRow.parse(rows[0]).version;
  }

  /** Other work goes on between two pages. */
  async load(): Promise<Intel> {
    const { rows } = await this.pool.query(
      'SELECT tenant_id, shared, feed_id, name, revision, indicators FROM ingest_intel_feeds()',
    );
    const byTenant = new Map<string, FeedRow[]>();
    for (const feed of feedRows.parse(rows)) {
      const own = byTenant.get(feed.tenant_id);
      if (own) own.push(feed);
      else byTenant.set(feed.tenant_id, [feed]);
    }
    const loaded = new Map<string, Loaded>();
    const tenants = new Map<string, TenantIntel>();
    let shared: IntelSet | undefined;
    for (const [tenantId, feeds] of byTenant) {
      const stamp = feeds.map(({ feed_id, name, revision }) => `${feed_id} ${revision} ${name}`).join('\n');
      const known = this.loaded.get(tenantId);
      const one = known?.stamp === stamp ? known : { stamp, set: await this.read(tenantId, feeds) };
      loaded.set(tenantId, one);
      if (one.set.table.size === 0) continue;
      if (feeds[0]?.shared === true) shared = one.set;
      else tenants.set(tenantId, { own: one.set });
    }
    for (const [tenantId, allowed] of await this.allowed())
      tenants.set(tenantId, { ...tenants.get(tenantId), allowed });
    this.loaded = loaded;
    return new Intel(tenants, shared);
  }

  private async read(tenantId: string, feeds: readonly FeedRow[]): Promise<IntelSet> {
    const expected = feeds.reduce((sum, { indicators }) => sum + indicators, 0);
    const table = new IndicatorTable(this.seed, expected);
    for (const [feed, { feed_id: feedId }] of feeds.entries()) {
      for (let after = ['', '']; ;) {
        const { rows } = await this.pool.query('SELECT * FROM ingest_intel_page($1, $2, $3, $4, $5)', [
          tenantId,
          feedId,
          ...after,
          PAGE,
        ]);
        const page = indicatorRows.parse(rows);
        for (const row of page)
          add(table, row, {
            feed,
            confidence: row.confidence,
            validUntil: row.valid_until,
            firstSeen: row.first_seen,
            lastSeen: row.last_seen,
          });
        const last = page.at(-1);
        if (page.length < PAGE || last === undefined) break;
        after = [last.type, last.value];
        await turn();
      }
    }
    return { table, feeds: feeds.map(({ feed_id: id, name }) => ({ id, name })) };
  }

  private async allowed(): Promise<Map<string, IndicatorTable>> {
    const { rows } = await this.pool.query('SELECT tenant_id, type, value FROM ingest_intel_allowed()');
    const tables = new Map<string, IndicatorTable>();
    for (const row of allowedRows.parse(rows)) {
      const table = tables.get(row.tenant_id) ?? new IndicatorTable(this.seed);
      tables.set(row.tenant_id, table);
      add(table, row, { feed: 0, confidence: 100 });
    }
    return tables;
  }
}

function add(
  table: IndicatorTable,
  { type, value }: Pick<z.infer<typeof indicatorRows>[number], 'type' | 'value'>,
  meta: Parameters<IndicatorTable['add']>[2],
): void {
  try {
    table.add(type, value, meta);
  } catch (error) {
    // The API writes no such row; one that somebody else wrote must not cost the others.
    if (!(error instanceof InvalidCidrError)) throw error;
    countFailure('intel', 'prefix');
  }
}
