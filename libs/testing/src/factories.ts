import { apiKeyPrefix, hashApiKey, newApiKey } from '@parapet/auth';
import { EVENT_ACTION, type NormalizedEvent, type Role } from '@parapet/contracts';
import { createTenant, newId, type TenantDatabase } from '@parapet/db';
import type { TestDatabase } from './test-database.js';

let counter = 0;
const next = () => (counter += 1);

/** Prefixes that no two calls share. */
const nextPrefix = () => {
  const n = next();
  return `10.${100 + ((n >> 8) % 150)}.${n % 256}.0/24`;
};

export interface TestTenant {
  id: string;
  slug: string;
  name: string;
}

/** A customer with the default detectors. */
export async function aTenant(db: TenantDatabase, given: Partial<TestTenant> = {}): Promise<TestTenant> {
  const slug = given.slug ?? `tenant-${next()}`;
  const tenant = { id: given.id ?? newId(), slug, name: given.name ?? slug };
  await createTenant(db, {
    ...tenant,
    kind: 'customer',
    detectors: [
      {
        kind: 'brute_force',
        enabled: true,
        threshold: 5,
        windowSeconds: 300,
        severity: 'high',
        exceptions: [],
      },
      {
        kind: 'port_scan',
        enabled: true,
        threshold: 10,
        windowSeconds: 600,
        severity: 'medium',
        exceptions: [],
      },
    ],
  });
  return tenant;
}

export interface TestUser {
  id: string;
  email: string;
  role: Role;
}

/** A user. The password fits nothing unless a hash is given. */
export async function aUser(
  db: TenantDatabase,
  tenantId: string,
  given: Partial<TestUser> & { passwordHash?: string } = {},
): Promise<TestUser> {
  const user = {
    id: given.id ?? newId(),
    email: given.email ?? `user-${next()}@test.test`,
    role: given.role ?? 'admin',
  };
  await db.withTenant(tenantId, (tx) =>
    tx.user.create({
      data: { ...user, tenantId, name: user.email, passwordHash: given.passwordHash ?? '!' },
    }),
  );
  return user;
}

/** A source; its prefix overlaps no other source made here. */
export function aSource(
  db: TenantDatabase,
  tenantId: string,
  given: { cidr?: string; name?: string; type?: string; timeZone?: string; enabled?: boolean } = {},
) {
  const cidr = given.cidr ?? nextPrefix();
  return db.withTenant(tenantId, (tx) =>
    tx.source.create({ data: { id: newId(), name: cidr, ...given, tenantId, cidr } }),
  );
}

/** An API key for ingest, unless said otherwise; `key` is what its owner was shown. */
export async function anApiKey(
  db: TenantDatabase,
  tenantId: string,
  given: { name?: string; scopes?: string[]; sourceType?: string; timeZone?: string; expiresAt?: Date } = {},
): Promise<{ id: string; key: string }> {
  const key = newApiKey();
  const data = { id: newId(), name: 'key', scopes: ['ingest'], ...given, tenantId };
  await db.withTenant(tenantId, (tx) =>
    tx.apiKey.create({ data: { ...data, prefix: apiKeyPrefix(key), hash: hashApiKey(key) } }),
  );
  return { id: data.id, key };
}

/** A failed sshd login, as the ingestor would hand it on, unless said otherwise. */
export function anEvent(
  tenantId: string,
  given: Record<string, NormalizedEvent[string]> = {},
): NormalizedEvent {
  const now = Date.now();
  const line = 'Failed password for root from 203.0.113.7 port 40001 ssh2';
  return {
    id: newId(now),
    tenantId,
    '@timestamp': now,
    'event.ingested': now,
    'event.original': `<38>host sshd[1]: ${line}`,
    message: line,
    'event.category': 'authentication',
    'event.action': EVENT_ACTION.sshLogin,
    'event.outcome': 'failure',
    'source.ip': '203.0.113.7',
    'user.name': 'root',
    'host.name': 'host',
    ...given,
  };
}

/** Puts a row into `events` past the pipeline, for tests of what reads them. The partition must exist. */
export async function storedEvent(database: TestDatabase, event: NormalizedEvent): Promise<void> {
  await database.sql(
    `INSERT INTO events (tenant_id, id, ts, ingested_at, severity, category, outcome, source_ip, user_name, message, original, fields)
     VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11)`,
    [
      event.tenantId,
      event.id,
      new Date(event['@timestamp']),
      new Date(event['event.ingested']),
      event['event.category'],
      event['event.outcome'],
      event['source.ip'],
      event['user.name'],
      event.message,
      event['event.original'],
      JSON.stringify(event),
    ],
  );
}
