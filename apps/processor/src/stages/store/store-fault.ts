import pg from 'pg';

/**
 * What to do about an error of a store transaction.
 * - `data`: a row is refused; look for it, set it aside and store the rest.
 * - `duplicate`: a row is there already (an event that was replayed under another batch id).
 * - `partition`: the partition of a day is gone; make it and store again.
 * - `reference`: a tenant is gone; read the configuration and store again.
 * - `outage`: nothing is known about the rows. Store again later, for as long as it takes.
 */
export type StoreFault = 'data' | 'duplicate' | 'partition' | 'reference' | 'outage';

const CHECK_VIOLATION = '23514';
const FOREIGN_KEY_VIOLATION = '23503';
const UNIQUE_VIOLATION = '23505';
/** SQLSTATE classes that speak of values: data exception, integrity constraint, program limit exceeded. */
const DATA_CLASSES = new Set(['22', '23', '54']);

export function storeFaultOf(error: unknown): StoreFault {
  // Our own code stumbled over a value.
  if (error instanceof TypeError || error instanceof RangeError) return 'data';
  if (!(error instanceof pg.DatabaseError)) return 'outage';
  const { code, constraint } = error;
  if (code === undefined) return 'outage';
  // "no partition of relation found for row" is a check violation of no named constraint.
  if (code === CHECK_VIOLATION && constraint === undefined) return 'partition';
  if (code === FOREIGN_KEY_VIOLATION) return 'reference';
  if (code === UNIQUE_VIOLATION) return 'duplicate';
  return DATA_CLASSES.has(code.slice(0, 2)) ? 'data' : 'outage';
}
