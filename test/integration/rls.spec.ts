import { newId } from '@parapet/db';
import {
  anEvent,
  aSource,
  aTenant,
  aUser,
  createTestDatabase,
  storedEvent,
  type TestDatabase,
  type TestTenant,
} from '@parapet/testing';
import type pg from 'pg';

let database: TestDatabase;
let app: pg.Pool;
let writer: pg.Pool;
let sre: pg.Pool;
let acme: TestTenant;
let beta: TestTenant;

/** One row of each tenant table for a tenant, past every policy. */
async function fill(tenant: TestTenant): Promise<void> {
  const user = await aUser(database.tenants, tenant.id);
  const source = await aSource(database.tenants, tenant.id);
  const alert = newId();
  await database.sql(
    `INSERT INTO sessions (id, tenant_id, user_id, refresh_hash, expires_at) VALUES ($1, $2, $3, '\\x00', now())`,
    [newId(), tenant.id, user.id],
  );
  await database.sql(`INSERT INTO source_activity VALUES ($1, $2, date_trunc('hour', now()), 1, now())`, [
    tenant.id,
    source.id,
  ]);
  await storedEvent(database, anEvent(tenant.id));
  await database.sql(
    `INSERT INTO dead_letters (id, tenant_id, stage, reason, event) VALUES ($1, $2, 's', 'r', '{}')`,
    [newId(), tenant.id],
  );
  await database.sql(
    `INSERT INTO alerts (id, tenant_id, detector, title, description, severity, score, group_fields, group_key, event_count, first_seen, last_seen, window_seconds)
     VALUES ($1, $2, 'brute_force', 't', 'd', 4, 70, '{}', 'k', 5, now(), now(), 300)`,
    [alert, tenant.id],
  );
  await database.sql('INSERT INTO alert_events VALUES ($1, $2, $3, now())', [tenant.id, alert, newId()]);
  await database.sql(
    `INSERT INTO alert_history (id, tenant_id, alert_id, actor_name, action) VALUES ($1, $2, $3, 'x', 'created')`,
    [newId(), tenant.id, alert],
  );
  await database.sql(
    `INSERT INTO notification_channels (id, tenant_id, type, name, recipients, min_severity) VALUES ($1, $2, 'email', 'n', '{}', 1)`,
    [newId(), tenant.id],
  );
  await database.sql(
    `INSERT INTO push_subscriptions (id, tenant_id, user_id, endpoint, p256dh, auth, min_severity) VALUES ($1, $2, $3, 'https://push.test/1', 'p', 'a', 1)`,
    [newId(), tenant.id, user.id],
  );
  await database.sql(
    `INSERT INTO notifications (id, tenant_id, alert_id, channel, recipient) VALUES ($1, $2, $3, 'email', 'x')`,
    [newId(), tenant.id, alert],
  );
  await database.sql(`INSERT INTO outbox (tenant_id, kind, payload) VALUES ($1, 'alert.created', '{}')`, [
    tenant.id,
  ]);
  await database.sql(`INSERT INTO audit_log (tenant_id, actor, action) VALUES ($1, 'x', 'x')`, [tenant.id]);
  await database.sql(
    `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes) VALUES ($1, $2, 'k', 'pk_x', sha256($3::bytea), '{ingest}')`,
    [newId(), tenant.id, Buffer.from(tenant.id)],
  );
  await database.sql(`INSERT INTO parsers (id, tenant_id, name, kind) VALUES ($1, $2, 'p1', 'json')`, [
    newId(),
    tenant.id,
  ]);
  await database.sql(
    `INSERT INTO assets (id, tenant_id, kind, value, name) VALUES ($1, $2, 'host', 'h', 'n')`,
    [newId(), tenant.id],
  );
  const rule = newId();
  await database.sql(
    `INSERT INTO rules (id, tenant_id, sigma_id, title, kind, origin, yaml) VALUES ($1, $2, 's', 't', 'detection', 'own', 'y')`,
    [rule, tenant.id],
  );
  await database.sql(`INSERT INTO rule_versions VALUES ($2, $1, 1, 't', 'y', 'x')`, [rule, tenant.id]);
  await database.sql(`INSERT INTO rule_settings (tenant_id, rule_id) VALUES ($1, $2)`, [tenant.id, rule]);
  await database.sql(`INSERT INTO rule_stats (tenant_id, rule_id, hour) VALUES ($1, $2, now())`, [
    tenant.id,
    rule,
  ]);
  await database.sql(
    `INSERT INTO blocklist_entries (id, tenant_id, prefix, reason, origin) VALUES ($1, $2, '8.8.8.8', 'r', 'manual')`,
    [newId(), tenant.id],
  );
  await database.sql(`INSERT INTO blocklist_allowed (id, tenant_id, prefix) VALUES ($1, $2, '9.9.9.9')`, [
    newId(),
    tenant.id,
  ]);
  await database.sql(
    `INSERT INTO blocklist_settings (tenant_id, token_hash, token_prefix, token_created_at) VALUES ($1, sha256($2::bytea), 'bl_', now())`,
    [tenant.id, Buffer.from(tenant.id)],
  );
  const feed = newId();
  await database.sql(`INSERT INTO intel_feeds (id, tenant_id, name, kind) VALUES ($1, $2, 'f', 'plain')`, [
    feed,
    tenant.id,
  ]);
  await database.sql(
    `INSERT INTO intel_indicators (tenant_id, feed_id, type, value, confidence, first_seen) VALUES ($1, $2, 'domain', 'evil.com', 50, now())`,
    [tenant.id, feed],
  );
  await database.sql(
    `INSERT INTO intel_allowed (id, tenant_id, type, value) VALUES ($1, $2, 'domain', 'good.com')`,
    [newId(), tenant.id],
  );
}

/** Tables that parapet_app may read and that belong to tenants, with the column that says whose a row is. */
async function tenantTables(): Promise<{ name: string; column: string }[]> {
  const rows = await database.sql<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relrowsecurity AND NOT relispartition AND has_table_privilege('parapet_app', oid, 'SELECT') ORDER BY 1`,
  );
  return rows.map(({ name }) => ({ name, column: name === 'tenants' ? 'id' : 'tenant_id' }));
}

const countOf = async (pool: pg.Pool, table: string) =>
  Number((await pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);

const DENIED = { code: '42501' };

beforeAll(async () => {
  database = await createTestDatabase();
  app = database.pool('parapet_app', { max: 1 });
  writer = database.pool('parapet_writer', { max: 1 });
  sre = database.pool('parapet_sre', { max: 1 });
  acme = await aTenant(database.tenants);
  beta = await aTenant(database.tenants);
  await fill(acme);
  await fill(beta);
});
afterAll(() => database.drop());

describe('parapet_app without a tenant', () => {
  it('R22 sees 0 rows of every tenant table, each of which has rows', async () => {
    const tables = await tenantTables();
    expect(tables.length).toBeGreaterThanOrEqual(16);
    for (const { name } of tables) {
      const [{ n } = { n: '0' }] = await database.sql<{ n: string }>(`SELECT count(*) AS n FROM ${name}`);
      expect([name, Number(n) >= 2]).toEqual([name, true]);
      expect([name, await countOf(app, name)]).toEqual([name, 0]);
    }
  });

  it('R22 sees none after a transaction that had a tenant, on the same connection', async () => {
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.tenant_id', $1, true)`, [acme.id]);
    expect(await countOf(app, 'users')).toBe(1);
    await app.query('COMMIT');
    expect(await countOf(app, 'users')).toBe(0);
  });

  it('R22 can insert nothing', async () => {
    await expect(
      app.query(`INSERT INTO tenants (id, slug, name) VALUES ($1, 'made-up', 'x')`, [newId()]),
    ).rejects.toMatchObject(DENIED);
    await expect(
      app.query(`INSERT INTO outbox (tenant_id, kind, payload) VALUES ($1, 'x', '{}')`, [acme.id]),
    ).rejects.toMatchObject(DENIED);
    await expect(
      app.query(`INSERT INTO audit_log (tenant_id, actor, action) VALUES ($1, 'x', 'x')`, [acme.id]),
    ).rejects.toMatchObject(DENIED);
  });

  it('a tenant that is no uuid is an error, not everybody', async () => {
    await expect(
      app.query(`BEGIN; SELECT set_config('app.tenant_id', 'x'' OR true --', true); SELECT * FROM users`),
    ).rejects.toMatchObject({ code: '22P02' });
    await app.query('ROLLBACK');
  });
});

describe('one tenant against another, with SQL by hand', () => {
  it('sees exactly its own rows of every table', async () => {
    for (const { name, column } of await tenantTables()) {
      const rows = await database.tenants.queryTenant<{ owner: string }>(
        acme.id,
        `SELECT DISTINCT ${column} AS owner FROM ${name}`,
      );
      expect([name, rows]).toEqual([name, [{ owner: acme.id }]]);
    }
  });

  it('changes, deletes and locks 0 foreign rows', async () => {
    const attempts = [
      `UPDATE alerts SET status = 'resolved' WHERE tenant_id = '${beta.id}'`,
      `UPDATE users SET role = 'admin', email = 'taken@over.test' WHERE tenant_id = '${beta.id}'`,
      `DELETE FROM sources WHERE tenant_id = '${beta.id}'`,
      `DELETE FROM outbox WHERE tenant_id <> '${acme.id}'`,
      `DELETE FROM push_subscriptions WHERE tenant_id <> '${acme.id}'`,
      `SELECT FROM alerts WHERE tenant_id = '${beta.id}' FOR UPDATE`,
      `SELECT FROM users WHERE tenant_id = '${beta.id}' FOR KEY SHARE`,
    ];
    for (const sql of attempts) {
      const { rowCount } = await database.tenants.withTenantSql(acme.id, (query) => query(sql));
      expect([sql, rowCount]).toEqual([sql, 0]);
    }
    const own = await database.tenants.withTenantSql(acme.id, (query) =>
      query(`UPDATE alerts SET status = 'acknowledged'`),
    );
    expect(own.rowCount).toBe(1);
  });

  it('can neither give a row to another tenant nor make one for it', async () => {
    const as = (sql: string) => database.tenants.queryTenant(acme.id, sql);
    await expect(as(`UPDATE alerts SET tenant_id = '${beta.id}'`)).rejects.toMatchObject(DENIED);
    await expect(
      as(`INSERT INTO outbox (tenant_id, kind, payload) VALUES ('${beta.id}', 'x', '{}')`),
    ).rejects.toMatchObject(DENIED);
    await expect(
      as(`INSERT INTO tenants (id, slug, name) VALUES ('${newId()}', 'another-one', 'x')`),
    ).rejects.toMatchObject(DENIED);
  });

  it('can’t point at another tenant’s rows with a foreign key', async () => {
    const [foreign] = await database.sql<{ id: string }>('SELECT id FROM users WHERE tenant_id = $1', [
      beta.id,
    ]);
    await expect(
      database.tenants.queryTenant(acme.id, 'UPDATE alerts SET assignee_id = $1', [foreign?.id]),
    ).rejects.toMatchObject({ code: '23503' });
  });

  it('can’t reach a partition around the table, nor the platform’s tables', async () => {
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    for (const table of [`events_${day}`, 'quarantine', 'batch_ledger', '_prisma_migrations']) {
      await expect(database.tenants.queryTenant(acme.id, `SELECT * FROM ${table}`)).rejects.toMatchObject(
        DENIED,
      );
    }
  });

  it('can’t call what is for other roles, or become them', async () => {
    for (const sql of [
      'SELECT ingest_routing()',
      `SELECT processing_rules('{}')`,
      'SELECT ingest_intel_feeds()',
      `SELECT ingest_intel_page('${beta.id}', '${beta.id}', '', '', 1)`,
      'SELECT ensure_events_partition(current_date)',
      `SELECT protect_tenant_table('users')`,
      'SET ROLE parapet_owner',
      'SET ROLE parapet_writer',
      'SET SESSION AUTHORIZATION parapet_owner',
      'ALTER TABLE users DISABLE ROW LEVEL SECURITY',
    ]) {
      await expect(database.tenants.queryTenant(acme.id, sql)).rejects.toMatchObject(DENIED);
    }
  });
});

describe('the other roles', () => {
  it('the writer stores events and can’t read them', async () => {
    const event = anEvent(acme.id);
    await writer.query(
      `INSERT INTO events (tenant_id, id, ts, ingested_at, severity, message, original, fields) VALUES ($1, $2, now(), now(), 1, 'm', 'o', '{}')`,
      [event.tenantId, event.id],
    );
    expect(await database.sql('SELECT FROM events WHERE id = $1', [event.id])).toHaveLength(1);
    await expect(writer.query('SELECT id FROM events')).rejects.toMatchObject(DENIED);
    await expect(writer.query('DELETE FROM events')).rejects.toMatchObject(DENIED);
    await expect(writer.query('SELECT email FROM users')).rejects.toMatchObject(DENIED);
  });

  it('the writer works as the app, under its policy, for what is a tenant’s', async () => {
    await expect(writer.query('SELECT id FROM alerts')).rejects.toMatchObject(DENIED);
    await writer.query('BEGIN');
    await writer.query('SET LOCAL ROLE parapet_app');
    expect(await countOf(writer, 'alerts')).toBe(0);
    await writer.query(`SELECT set_config('app.tenant_id', $1, true)`, [beta.id]);
    expect(await countOf(writer, 'alerts')).toBe(1);
    await writer.query('COMMIT');
    await expect(writer.query('SELECT id FROM alerts')).rejects.toMatchObject(DENIED);
  });

  it('the app can’t store or change events', async () => {
    const insert = `INSERT INTO events (tenant_id, id, ts, ingested_at, severity, message, original, fields)
      VALUES ('${acme.id}', '${newId()}', now(), now(), 1, 'm', 'o', '{}')`;
    for (const sql of [insert, `UPDATE events SET message = ''`, 'DELETE FROM events', 'TRUNCATE events']) {
      await expect(database.tenants.queryTenant(acme.id, sql)).rejects.toMatchObject(DENIED);
    }
  });

  it('the SRE reads across tenants, but no secrets, and writes nowhere', async () => {
    expect(await countOf(sre, 'alerts')).toBe(2);
    expect((await sre.query('SELECT id, email FROM users')).rowCount).toBe(2);
    await expect(sre.query('SELECT password_hash FROM users')).rejects.toMatchObject(DENIED);
    await expect(sre.query('SELECT * FROM sessions')).rejects.toMatchObject(DENIED);
    await expect(sre.query('SELECT * FROM push_subscriptions')).rejects.toMatchObject(DENIED);
    await expect(sre.query('SELECT secret FROM notification_channels')).rejects.toMatchObject(DENIED);
    await expect(sre.query('SELECT token_hash FROM blocklist_settings')).rejects.toMatchObject(DENIED);
    await expect(sre.query('SELECT url FROM intel_feeds')).rejects.toMatchObject(DENIED);
    // Even where the role's default of read-only transactions is switched off.
    for (const sql of [`UPDATE alerts SET status = 'resolved'`, 'DELETE FROM users', 'TRUNCATE outbox']) {
      await expect(sre.query(`SET TRANSACTION READ WRITE; ${sql}`)).rejects.toMatchObject(DENIED);
    }
  });
});

describe('the look-ups that cross tenants', () => {
  it('answer no more than their use needs', async () => {
    const [user] = await database.sql<{ email: string; id: string }>(
      'SELECT email, id FROM users WHERE tenant_id = $1',
      [beta.id],
    );
    const found = await app.query(`SELECT * FROM auth_find_user($1)`, [user?.email.toUpperCase()]);
    expect(found.rows).toEqual([
      {
        user_id: user?.id,
        tenant_id: beta.id,
        password_hash: '!',
        user_status: 'active',
        tenant_status: 'active',
      },
    ]);
    expect((await app.query(`SELECT * FROM auth_find_user('nobody@test.test')`)).rows).toEqual([]);
    const tokenOf = (tenantId: string) =>
      app.query<{ id: string | null }>('SELECT blocklist_tenant(sha256($1::bytea)) AS id', [
        Buffer.from(tenantId),
      ]);
    expect((await tokenOf(beta.id)).rows).toEqual([{ id: beta.id }]);
    expect((await tokenOf('nobody')).rows).toEqual([{ id: null }]);
    expect((await app.query('SELECT outbox_tenants() AS id ORDER BY 1')).rows).toEqual(
      [acme.id, beta.id].sort().map((id) => ({ id })),
    );
    const routing = await writer.query('SELECT tenant_id FROM ingest_routing()');
    expect(routing.rows.map((row: { tenant_id: string }) => row.tenant_id).sort()).toEqual(
      [acme.id, beta.id].sort(),
    );
    const config = await writer.query<{ detectors: unknown[] }>('SELECT detectors FROM processing_config()');
    expect(config.rows.map((row) => row.detectors.length)).toEqual([2, 2]);
  });
});
