import {
  SEVERITY_RANK,
  type Alert,
  type AlertStatus,
  type NormalizedEvent,
  type Severity,
} from '@parapet/contracts';
import { newId } from '@parapet/db';
import { copyEvents, EventRowEncoder } from '@parapet/eventstore';
import { anEvent, type TestDatabase } from '@parapet/testing';

/** Stores events as the processor does. Their days must have partitions. */
export async function storeEvents(database: TestDatabase, events: readonly NormalizedEvent[]): Promise<void> {
  const client = await database.pool('parapet_writer').connect();
  try {
    const encoder = new EventRowEncoder();
    encoder.begin();
    for (const event of events) {
      const problem = encoder.add(event);
      if (problem !== null) throw new TypeError(problem);
    }
    await copyEvents(client, encoder.finish());
  } finally {
    client.release();
  }
}

export async function storedEvent(database: TestDatabase, tenantId: string, given = {}): Promise<string> {
  const event = anEvent(tenantId, given);
  await storeEvents(database, [event]);
  return event.id;
}

/** An alert as the processor makes it, with its first history entry. */
export async function storedAlert(
  database: TestDatabase,
  tenantId: string,
  given: { lastSeen?: Date; severity?: Severity; status?: AlertStatus; title?: string; events?: number } = {},
): Promise<Alert['id']> {
  const id = newId();
  const lastSeen = given.lastSeen ?? new Date();
  await database.sql(
    `insert into alerts (id, tenant_id, detector, title, description, severity, score, status, group_fields, group_key,
       technique, event_count, first_seen, last_seen, window_seconds, source_ip, source_geo)
     values ($1, $2, 'brute_force', $3, 'because', $4, 70, $5, $6, 'source.ip=203.0.113.7', $7, $8, $9, $10, 300, '203.0.113.7', $11)`,
    [
      id,
      tenantId,
      given.title ?? 'Brute force from 203.0.113.7',
      SEVERITY_RANK[given.severity ?? 'high'],
      given.status ?? 'new',
      { 'source.ip': '203.0.113.7' },
      { id: 'T1110', name: 'Brute Force', tactic: 'Credential Access' },
      given.events ?? 5,
      new Date(lastSeen.getTime() - 60_000),
      lastSeen,
      { countryCode: 'DE', country: 'Germany', city: null, lat: 52.5, lon: 13.4 },
    ],
  );
  await database.sql(
    `insert into alert_history (id, tenant_id, alert_id, actor_name, action, to_value) values ($1, $2, $3, 'system', 'created', 'new')`,
    [newId(), tenantId, id],
  );
  return id;
}

let made = 0;

export async function storedParser(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into parsers (id, tenant_id, name, kind, patterns) values ($1, $2, $3, 'regex', '{^x(?<user.name>.)}')`,
    [id, tenantId, `stored_${(made += 1)}`],
  );
  return id;
}

export async function storedAsset(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into assets (id, tenant_id, kind, value, name) values ($1, $2, 'host', $3, 'stored')`,
    [id, tenantId, `stored-${(made += 1)}`],
  );
  return id;
}

export async function storedRule(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  const yaml = 'title: Stored\nlogsource: {service: sshd}\ndetection: {s: {user.name: eve}, condition: s}\n';
  await database.sql(
    `insert into rules (id, tenant_id, sigma_id, title, kind, origin, yaml) values ($1, $2, $1::uuid::text, 'Stored', 'detection', 'own', $3)`,
    [id, tenantId, yaml],
  );
  await database.sql(`insert into rule_versions values ($1, $2, 1, 'Stored', $3, 'x')`, [tenantId, id, yaml]);
  return id;
}

export async function storedChannel(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into notification_channels (id, tenant_id, type, name, recipients, min_severity) values ($1, $2, 'email', 'Team', '{a@b.test}', 3)`,
    [id, tenantId],
  );
  return id;
}

export async function storedWebhook(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into notification_channels (id, tenant_id, type, name, recipients, min_severity, url, secret)
     values ($1, $2, 'webhook', 'SOAR', '{}', 3, 'https://hooks.example.test/x', '\\x00')`,
    [id, tenantId],
  );
  return id;
}

export async function storedBlock(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into blocklist_entries (id, tenant_id, prefix, reason, origin) values ($1, $2, $3, 'stored', 'manual')`,
    [id, tenantId, `9.9.${(made += 1)}.1`],
  );
  return id;
}

export async function storedAllowed(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  await database.sql(`insert into blocklist_allowed (id, tenant_id, prefix) values ($1, $2, $3)`, [
    id,
    tenantId,
    `9.8.${(made += 1)}.1`,
  ]);
  return id;
}

export async function storedPushSubscription(
  database: TestDatabase,
  tenantId: string,
  userId: string,
): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into push_subscriptions (id, tenant_id, user_id, endpoint, p256dh, auth, min_severity)
     values ($1, $2, $3, $4, $5, $6, 3)`,
    [id, tenantId, userId, `https://push.example.test/${id}`, 'p'.repeat(87), 'a'.repeat(22)],
  );
  return id;
}

export async function storedIntelFeed(
  database: TestDatabase,
  tenantId: string,
  _userId?: string,
  url: string | null = null,
): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into intel_feeds (id, tenant_id, name, kind, url, enabled) values ($1, $2, $3, 'plain', $4, true)`,
    [id, tenantId, `stored ${(made += 1)}`, url],
  );
  return id;
}

export async function storedIntelAllowed(database: TestDatabase, tenantId: string): Promise<string> {
  const id = newId();
  await database.sql(`insert into intel_allowed (id, tenant_id, type, value) values ($1, $2, 'domain', $3)`, [
    id,
    tenantId,
    `stored${(made += 1)}.com`,
  ]);
  return id;
}

/** One hash over every row of a tenant, to see whether anything of it changed. */
export async function tenantFingerprint(database: TestDatabase, tenantId: string): Promise<string> {
  const tables = await database.sql<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const parts = tables.map(
    ({ name }) =>
      `select '${name}' as name, coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from ${name} t where tenant_id = $1`,
  );
  const rows = await database.sql<{ name: string; hash: string }>(parts.join(' union all '), [tenantId]);
  return rows.map(({ name, hash }) => `${name}:${hash}`).join('\n');
}
