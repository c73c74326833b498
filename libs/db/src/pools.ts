import pg from 'pg';

export interface PoolOptions {
  url: string;
  /** Connections at most. */
  max: number;
  /** Shown as application_name in pg_stat_activity. */
  name: string;
  /** A connection broke, as when the server restarts. Count or log it; the pool opens a new one by itself. */
  onError: (error: Error) => void;
  /** Send a transaction's statements without waiting for each answer. */
  pipeline?: boolean;
}

/**
 * A bounded pool of `pg` connections. bigint columns come as strings, timestamps as Date.
 * A connection that can't be had within 10 s is an error, so that nobody waits for a dead server for ever.
 */
export function createPool({ url, max, name, onError, pipeline = false }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    pipeline,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  });
  // On the connection itself, because a pool listens to idle ones only: the error of one that is lent out, between two
  // queries, would end the process. The pool then repeats it for idle ones.
  pool.on('connect', (client) => client.on('error', onError));
  pool.on('error', () => {});
  return pool;
}
