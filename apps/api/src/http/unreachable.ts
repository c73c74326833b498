/** System errors of a connection that could not be made or broke. */
const SYSTEM = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH']);
/** SQLSTATE of a server that ends, starts or is full; class 08 is about connections. */
const SQLSTATES = new Set(['57P01', '57P02', '57P03', '53300']);
/** Prisma: unreachable, timed out, no connection free, transaction could not begin, connection closed. */
const PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
/** Errors of `pg` and `ioredis` that have no code, only words. */
const WORDS =
  /^(timeout exceeded when trying to connect|Connection terminated|Command timed out|Connection is closed|Client has encountered a connection error|Unable to start a transaction)/;

/** Whether an error says that PostgreSQL or Redis is away, at any depth of its causes. */
export function isUnreachable(thrown: unknown, depth = 0): boolean {
  if (typeof thrown !== 'object' || thrown === null || depth > 4) return false;
  if ('code' in thrown && typeof thrown.code === 'string') {
    const { code } = thrown;
    if (SYSTEM.has(code) || SQLSTATES.has(code) || PRISMA.has(code) || code.startsWith('08')) return true;
  }
  if (thrown instanceof Error && WORDS.test(thrown.message)) return true;
  if (thrown instanceof AggregateError) return thrown.errors.some((error) => isUnreachable(error, depth + 1));
  if ('cause' in thrown && isUnreachable(thrown.cause, depth + 1)) return true;
  return 'meta' in thrown && isUnreachableMeta(thrown.meta, depth + 1);
}

/** Prisma keeps its driver's error in `meta.driverAdapterError`. */
function isUnreachableMeta(meta: unknown, depth: number): boolean {
  return (
    typeof meta === 'object' &&
    meta !== null &&
    'driverAdapterError' in meta &&
    isUnreachable(meta.driverAdapterError, depth)
  );
}
