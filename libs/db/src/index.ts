// What libs/db offers. Services sign in as a role of their own (`serviceUrl(DATABASE_URL, 'parapet_app')`), never as
// DATABASE_URL's user.
//
//   const db = new TenantDatabase({ url: serviceUrl(databaseUrl, 'parapet_app'), poolSize: 10, name: 'parapet api', onError });
//   await db.withTenant(tenantId, async (tx) => { await tx.alert.update(…); await tx.alertHistory.create(…); });
//   const [items, total] = await db.readTenant(tenantId, (q) => [q.alert.findMany(…), q.alert.count()]);
//   const rows = await db.queryTenant<Row>(tenantId, 'SELECT … FROM events WHERE ts >= $1', [from]);
//   const pool = createPool({ url: serviceUrl(databaseUrl, 'parapet_writer'), max: 4, name: 'parapet processor', onError });
export {
  demoSeedSchema,
  demoSourceId,
  demoTenantId,
  demoUserId,
  seedDemo,
  type DemoSeed,
} from './seed/demo.js';
export { violatedUnique } from './constraints.js';

export { ensureEventPartitions, migrate, type MigrateOptions, type MigrateResult } from './migrate.js';
export { createPool, type PoolOptions } from './pools.js';
export {
  ensureRoles,
  OWNER_ROLE,
  SERVICE_ROLES,
  servicePassword,
  serviceUrl,
  type ServiceRole,
} from './roles.js';
export { createTenant, type NewTenant } from './tenants.js';
export type { TenantReader, TenantTx } from './tenant-client.js';
export {
  TenantDatabase,
  type TenantDatabaseOptions,
  type TenantQuery,
  type TransactionOptions,
} from './tenant-database.js';
export { isUuid, newId, stableId } from './uuid.js';
export { Prisma } from './generated/client.js';
