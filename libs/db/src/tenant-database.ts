import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { TenantIdError, TenantLeakError, UnavailableError } from '@parapet/errors';
import { Prisma, PrismaClient } from './generated/client.js';
import { createPool } from './pools.js';
import { withoutTransactions, type TenantReader, type TenantTx } from './tenant-client.js';
import { isUnreachable } from './unreachable.js';
import { isUuid } from './uuid.js';

export interface TenantDatabaseOptions {
  /** `serviceUrl(DATABASE_URL, 'parapet_app')`. */
  url: string;
  /** Connections at most, for Prisma and hand-written SQL together. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  name: string;
  /** A connection broke; count or log it. */
  onError: (error: Error) => void;
}

export interface TransactionOptions {
  /** Longest run of the transaction, ms [10,000]. */
  timeoutMs?: number;
  /** Longest wait for a connection, ms [10,000]. */
  maxWaitMs?: number;
  isolationLevel?: Prisma.TransactionIsolationLevel;
}

/** What a query answered: rows, and how many were affected. */
export interface TenantQuery {
  <R extends pg.QueryResultRow>(sql: string, params?: readonly unknown[]): Promise<pg.QueryResult<R>>;
}

/**
 * Sets the tenant for the rest of the transaction and answers what is set then. A connection that has a tenant already
 * loses it for good instead, so that even a statement sent along with this one reads no row.
 */
const SET_TENANT = `CASE coalesce(current_setting('app.tenant_id', true), '')
  WHEN '' THEN set_config('app.tenant_id', $1::text, true) ELSE set_config('app.tenant_id', '', false) END`;

/** Longest wait for a connection. */
const MAX_WAIT_MS = 10_000;

interface TenantSet {
  tenant: string;
}

function checkedTenant(tenantId: string): string {
  if (!isUuid(tenantId)) throw new TenantIdError();
  return tenantId.toLowerCase();
}

/**
 * The only way to tenants' tables: everything runs as parapet_app under row-level security, in a transaction that
 * begins by naming the tenant. The setting ends with the transaction, so a pooled connection forgets it.
 *
 * Which one? `withTenant` where a query depends on another's answer or where several writes belong together;
 * `readTenant` for reads that don't depend on each other; `queryTenant`/`withTenantSql` for SQL by hand. Prisma pays four
 * round trips for one read in a transaction, `queryTenant` one (a quarter of the CPU): take it where reads are many.
 */
export class TenantDatabase {
  private readonly pool: pg.Pool;
  private readonly prisma: PrismaClient;
  private readonly reader: TenantReader;

  constructor({ url, poolSize, name, onError }: TenantDatabaseOptions) {
    this.pool = createPool({ url, max: poolSize, name, onError, pipeline: true });
    this.prisma = new PrismaClient({ adapter: new PrismaPg(this.pool) });
    this.reader = withoutTransactions(this.prisma);
  }

  /**
   * Runs `fn` in one transaction of one tenant; commits when it resolves, rolls back when it rejects.
   * @throws TenantIdError, TenantLeakError, UnavailableError when no connection can be had, and whatever `fn` throws.
   */
  async withTenant<T>(
    tenantId: string,
    fn: (tx: TenantTx) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const tenant = checkedTenant(tenantId);
    let begun = false;
    const transaction = this.prisma.$transaction(
      async (tx) => {
        begun = true;
        const [set] = await tx.$queryRawUnsafe<TenantSet[]>(`SELECT ${SET_TENANT} AS tenant`, tenant);
        // Returned, not thrown: a rollback would bring the stray tenant back.
        if (set?.tenant !== tenant) return { leaked: true as const };
        return { leaked: false as const, value: await fn(withoutTransactions(tx)) };
      },
      {
        timeout: options.timeoutMs ?? 10_000,
        maxWait: options.maxWaitMs ?? MAX_WAIT_MS,
        ...(options.isolationLevel === undefined ? {} : { isolationLevel: options.isolationLevel }),
      },
    );
    const outcome = await transaction.catch((error: unknown) => {
      throw begun ? error : new UnavailableError('The database', { cause: error });
    });
    if (outcome.leaked) throw new TenantLeakError();
    return outcome.value;
  }

  /**
   * Runs Prisma queries that don't depend on each other in one transaction of one tenant: `readTenant(id, (db) => [db.alert.findMany(…), db.alert.count()])`.
   * @throws TenantIdError, TenantLeakError, UnavailableError.
   */
  async readTenant<P extends Prisma.PrismaPromise<unknown>[]>(
    tenantId: string,
    build: (db: TenantReader) => readonly [...P],
  ): Promise<{ [K in keyof P]: Awaited<P[K]> }> {
    const tenant = checkedTenant(tenantId);
    const set = this.prisma.$queryRawUnsafe<TenantSet[]>(`SELECT ${SET_TENANT} AS tenant`, tenant);
    const [before, ...results] = await this.prisma
      .$transaction([set, ...build(this.reader)], { maxWait: MAX_WAIT_MS })
      .catch((error: unknown) => {
        throw isUnreachable(error) ? new UnavailableError('The database', { cause: error }) : error;
      });
    if (before[0]?.tenant !== tenant) throw new TenantLeakError();
    return results as { [K in keyof P]: Awaited<P[K]> };
  }

  /**
   * One statement by hand as one tenant: BEGIN, tenant, statement and COMMIT go out together, in one round trip.
   * @throws TenantIdError, TenantLeakError, UnavailableError, pg.DatabaseError.
   */
  async queryTenant<R extends pg.QueryResultRow>(
    tenantId: string,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<R[]> {
    const result = await this.inTransaction(tenantId, (query) => query<R>(sql, params), true);
    return result.rows;
  }

  /** Several statements by hand in one transaction of one tenant. `query` is of no use once `fn` is done. */
  withTenantSql<T>(tenantId: string, fn: (query: TenantQuery) => Promise<T>): Promise<T> {
    return this.inTransaction(tenantId, fn, false);
  }

  /** Whether the database answers; for readiness. */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  /** Connections open, idle, and requests waiting for one; for metrics. */
  poolState(): { total: number; idle: number; waiting: number } {
    return { total: this.pool.totalCount, idle: this.pool.idleCount, waiting: this.pool.waitingCount };
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
    await this.pool.end();
  }

  private async inTransaction<T>(
    tenantId: string,
    fn: (query: TenantQuery) => Promise<T>,
    commitAtOnce: boolean,
  ): Promise<T> {
    const tenant = checkedTenant(tenantId);
    const client = await this.pool.connect().catch((error: unknown) => {
      throw new UnavailableError('The database', { cause: error });
    });
    let broken: Error | boolean = false;
    try {
      // The tenant is a checked UUID; a simple query takes several statements but no parameters.
      const begin = client.query<TenantSet>(
        `BEGIN; SELECT ${SET_TENANT.replace('$1::text', `'${tenant}'`)} AS tenant`,
      );
      const work = this.run(client, fn, begin, tenant, commitAtOnce);
      const [, outcome] = await Promise.allSettled([begin, work]);
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    } catch (error) {
      broken = await this.rollback(client, error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async run<T>(
    client: pg.PoolClient,
    fn: (query: TenantQuery) => Promise<T>,
    begin: Promise<unknown>,
    tenant: string,
    commitAtOnce: boolean,
  ): Promise<T> {
    const query: TenantQuery = (sql, params = []) => client.query(sql, [...params]);
    if (!commitAtOnce) {
      assertTenant(await begin, tenant);
      const value = await fn(query);
      await client.query('COMMIT');
      return value;
    }
    const work = fn(query);
    const commit = client.query('COMMIT');
    const [begun, done, committed] = await Promise.allSettled([begin, work, commit]);
    if (begun.status === 'rejected') throw begun.reason;
    assertTenant(begun.value, tenant);
    if (done.status === 'rejected') throw done.reason;
    if (committed.status === 'rejected') throw committed.reason;
    return done.value;
  }

  /** Returns what to release the client with: true or an error destroys it. */
  private async rollback(client: pg.PoolClient, error: unknown): Promise<Error | boolean> {
    if (error instanceof TenantLeakError) return error;
    try {
      await client.query('ROLLBACK');
      return false;
    } catch {
      // The connection itself is gone; the first error says why.
      return true;
    }
  }
}

/** pg answers a query of several statements with a list of results. */
function assertTenant(answer: unknown, tenant: string): void {
  const results: readonly pg.QueryResult<TenantSet>[] = Array.isArray(answer) ? answer : [];
  if (results.at(-1)?.rows[0]?.tenant !== tenant) throw new TenantLeakError();
}
