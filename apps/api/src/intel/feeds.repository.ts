import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { CsvOptions, IntelFeed } from '@parapet/contracts';
import { newId, Prisma, TenantDatabase, type TenantTx } from '@parapet/db';
import { AppPool } from '../core/tokens.js';
import { FEED_COLUMNS, feedRowSchema, type FeedRow } from './feed-row.js';

const dueSchema = z.array(z.object({ tenant_id: z.string(), feed_id: z.string() }));

/** What a person sets on a feed. `secret` is sealed. */
export interface FeedSettings {
  name: string;
  url: string | null;
  csv: CsvOptions | null;
  confidence: number;
  validDays: number | null;
  intervalMinutes: number;
  enabled: boolean;
  auth: IntelFeed['auth'];
  authUser: string | null;
  secret: Uint8Array<ArrayBuffer> | null;
}

/** What a run that went well leaves behind. */
export interface FeedOutcome {
  etag: string | null;
  lastModified: string | null;
}

@Injectable()
export class FeedsRepository {
  constructor(
    private readonly database: TenantDatabase,
    private readonly appPool: AppPool,
  ) {}

  async list(tenantId: string): Promise<FeedRow[]> {
    const rows = await this.database.queryTenant(
      tenantId,
      `select ${FEED_COLUMNS} from intel_feeds f where f.tenant_id = $1 order by f.name, f.id`,
      [tenantId],
    );
    return z.array(feedRowSchema).parse(rows);
  }

  async find(tenantId: string, id: string): Promise<FeedRow | undefined> {
    const rows = await this.database.queryTenant(
      tenantId,
      `select ${FEED_COLUMNS} from intel_feeds f where f.tenant_id = $1 and f.id = $2`,
      [tenantId, id],
    );
    return z.array(feedRowSchema).parse(rows)[0];
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  count(tx: TenantTx): Promise<number> {
    return tx.intelFeed.count();
  }

  newId(): string {
    return newId();
  }

  async create(
    tx: TenantTx,
    tenantId: string,
    id: string,
    kind: IntelFeed['kind'],
    settings: FeedSettings,
  ): Promise<void> {
    await tx.intelFeed.createMany({
      data: [
        { ...rowOf(settings), id, tenantId, kind, nextRunAt: settings.url === null ? null : new Date() },
      ],
    });
  }

  /** Whether there was such a feed. `anew`: its content must be fetched again. */
  async change(tx: TenantTx, id: string, settings: FeedSettings, anew: boolean): Promise<boolean> {
    const again = anew
      ? { etag: null, lastModified: null, nextRunAt: settings.url === null ? null : new Date() }
      : {};
    const { count } = await tx.intelFeed.updateMany({
      where: { id },
      data: { ...rowOf(settings), ...again, updatedAt: new Date() },
    });
    return count > 0;
  }

  /** To be fetched at once. Whether there was such a feed. */
  async hurry(tx: TenantTx, id: string): Promise<boolean> {
    const { count } = await tx.intelFeed.updateMany({ where: { id }, data: { nextRunAt: new Date() } });
    return count > 0;
  }

  /** Whether there was such a feed. */
  async delete(tx: TenantTx, id: string): Promise<boolean> {
    const { count } = await tx.intelFeed.deleteMany({ where: { id } });
    return count > 0;
  }

  /** Feeds of all tenants whose time has come. */
  async due(): Promise<{ tenantId: string; feedId: string }[]> {
    const { rows } = await this.appPool.query('select tenant_id, feed_id from intel_due_feeds()');
    return dueSchema.parse(rows).map((row) => ({ tenantId: row.tenant_id, feedId: row.feed_id }));
  }

  /** The feed, if it is due and no other process is at it; from now on this one is. */
  async claim(tenantId: string, id: string): Promise<FeedRow | undefined> {
    const rows = await this.database.queryTenant(
      tenantId,
      `update intel_feeds f set running_since = now()
       where f.tenant_id = $1 and f.id = $2 and f.enabled and f.url is not null and f.next_run_at <= now()
         and (f.running_since is null or f.running_since < now() - interval '15 minutes')
       returning ${FEED_COLUMNS}`,
      [tenantId, id],
    );
    return z.array(feedRowSchema).parse(rows)[0];
  }

  async succeeded(tenantId: string, id: string, { etag, lastModified }: FeedOutcome): Promise<void> {
    await this.database.queryTenant(
      tenantId,
      `update intel_feeds set running_since = null, last_run_at = now(), last_success_at = now(), last_error = null,
         etag = $3, last_modified = $4,
         next_run_at = case when url is null then null else now() + make_interval(mins => interval_minutes) end
       where tenant_id = $1 and id = $2`,
      [tenantId, id, etag, lastModified],
    );
  }

  /** What the feed listed before stays. It is tried again after its interval, or after 15 minutes if that is longer. */
  async failed(tenantId: string, id: string, why: string): Promise<void> {
    await this.database.queryTenant(
      tenantId,
      `update intel_feeds set running_since = null, last_run_at = now(), last_error = $3,
         next_run_at = case when url is null then null else now() + make_interval(mins => least(interval_minutes, 15)) end
       where tenant_id = $1 and id = $2`,
      [tenantId, id, why.slice(0, 500)],
    );
  }
}

function rowOf(settings: FeedSettings) {
  return { ...settings, csv: settings.csv ?? Prisma.DbNull };
}
