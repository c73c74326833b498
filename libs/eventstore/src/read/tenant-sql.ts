import type pg from 'pg';

/** How readers reach a tenant's rows: one statement under row-level security (`TenantDatabase` of libs/db is one). */
export interface TenantSql {
  queryTenant<R extends pg.QueryResultRow>(
    tenantId: string,
    sql: string,
    params?: readonly unknown[],
  ): Promise<R[]>;
}
