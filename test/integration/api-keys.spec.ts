import { hashApiKey } from '@parapet/auth';
import { MAX_API_KEYS, type NewApiKey } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { anApiKey } from '@parapet/testing';
import { storedAlert, storedEvent } from './support/api-rows.js';
import { startApi, type ApiServer } from './support/api-server.js';

let api: ApiServer;
let acme: Awaited<ReturnType<ApiServer['customer']>>;
let beta: Awaited<ReturnType<ApiServer['customer']>>;
let token: string;

beforeAll(async () => {
  api = await startApi();
  acme = await api.customer('acme');
  beta = await api.customer('beta');
  ({ token } = acme.members.admin);
});
afterAll(() => api?.stop());

const make = async (body: object): Promise<NewApiKey> => {
  const answer = await api.call('POST', '/api-keys', { token, body });
  expect(answer.status).toBe(201);
  return answer.body as NewApiKey;
};

describe('API keys', () => {
  it('are shown once, kept as a hash, and written into the audit log without their secret', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await make({
      name: 'web servers',
      sourceType: 'nginx',
      timeZone: 'Europe/Berlin',
      expiresAt,
    });
    expect(made).toMatchObject({
      name: 'web servers',
      scopes: ['ingest'],
      sourceType: 'nginx',
      timeZone: 'Europe/Berlin',
      status: 'active',
      createdBy: 'admin@acme.test',
      expiresAt,
      lastUsedAt: null,
      ingest: { port: 8088, tls: false },
    });
    expect(made.key).toMatch(/^pk_[\w-]{43}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    const list = await api.call('GET', '/api-keys', { token });
    expect(list.body).toMatchObject({ items: [{ id: made.id }], nextCursor: null });
    expect(JSON.stringify(list.body)).not.toContain(made.key);
    const [row] = await api.database.sql<{ hash: Buffer }>('select hash from api_keys where id = $1', [
      made.id,
    ]);
    expect(row?.hash.equals(hashApiKey(made.key))).toBe(true);
    const [entry] = await api.database.sql<{ details: unknown }>(
      `select details from audit_log where action = 'api_key.created' and target = $1`,
      [made.id],
    );
    expect(entry?.details).toMatchObject({ name: 'web servers', prefix: made.prefix, scopes: ['ingest'] });
    expect(JSON.stringify(entry)).not.toContain(made.key);
  });

  it.each([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['sources:write'] }, 'scopes'],
    [{ name: 'x', timeZone: 'Mars/Base' }, 'timeZone'],
    [{ name: 'x', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ name: 'x', expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ name: 'x', tenantId: newId() }, 'tenantId'],
  ])('%j is refused', async (body, field) => {
    const answer = await api.call('POST', '/api-keys', { token, body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  it('are revoked once and for ever', async () => {
    const made = await make({ name: 'gone' });
    const revoke = () => api.call('DELETE', `/api-keys/${made.id}`, { token });
    expect((await revoke()).status).toBe(204);
    expect((await revoke()).status).toBe(204);
    const { body } = await api.call('GET', '/api-keys', { token });
    expect(body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: made.id, status: 'revoked' })]),
    });
    const entries = await api.database.sql(
      `select 1 from audit_log where action = 'api_key.revoked' and target = $1`,
      [made.id],
    );
    expect(entries).toHaveLength(1);
  });

  it('tell the ingestor of themselves', async () => {
    const version = async () =>
      (
        await api.database.sql<{ version: string }>(
          `select version from config_versions where kind = 'routing'`,
        )
      )[0]?.version;
    const before = await version();
    const { id } = await make({ name: 'told' });
    const made = await version();
    await api.call('DELETE', `/api-keys/${id}`, { token });
    expect(new Set([before, made, await version()]).size).toBe(3);
  });

  it('are bounded in number', async () => {
    const tenant = await api.customer('gamma');
    await api.database.sql(
      `insert into api_keys (id, tenant_id, name, prefix, hash, scopes)
       select gen_random_uuid(), $1, 'k', 'pk_', sha256(n::text::bytea), '{ingest}' from generate_series(1, $2::int) n`,
      [tenant.id, MAX_API_KEYS],
    );
    const options = { token: tenant.members.admin.token, body: { name: 'one more' } };
    expect((await api.call('POST', '/api-keys', options)).status).toBe(409);
    await api.database.sql(
      `update api_keys set revoked_at = now() where tenant_id = $1 and hash = sha256('1')`,
      [tenant.id],
    );
    expect((await api.call('POST', '/api-keys', options)).status).toBe(201);
    const first = await api.call('GET', '/api-keys?limit=150', { token: options.token });
    const { items, nextCursor } = first.body as { items: { id: string }[]; nextCursor: string };
    const second = await api.call('GET', `/api-keys?limit=150&cursor=${nextCursor}`, {
      token: options.token,
    });
    const rest = (second.body as { items: { id: string }[] }).items;
    expect(new Set([...items, ...rest].map(({ id }) => id)).size).toBe(MAX_API_KEYS + 1);
  });
});

describe('REST with an API key', () => {
  const status = async (path: string, key: string) => (await api.call('GET', path, { token: key })).status;

  it('reads what its scopes name, of its own tenant, and nothing else', async () => {
    await storedEvent(api.database, acme.id, { message: 'of acme' });
    await storedEvent(api.database, beta.id, { message: 'of beta' });
    const alert = await storedAlert(api.database, acme.id);
    const { key } = await make({ name: 'reader', scopes: ['events:read', 'alerts:read'] });
    const events = await api.call('GET', '/events', { token: key });
    expect(events.status).toBe(200);
    expect(JSON.stringify(events.body)).toContain('of acme');
    expect(JSON.stringify(events.body)).not.toContain('of beta');
    expect(await status(`/alerts/${alert}`, key)).toBe(200);
    for (const path of ['/sources', '/api-keys', '/auth/me', '/dashboard', '/detectors'])
      expect([path, await status(path, key)]).toEqual([path, 403]);
    const patch = { token: key, body: { status: 'acknowledged' } };
    expect((await api.call('PATCH', `/alerts/${alert}`, patch)).status).toBe(403);
    const list = await api.call('GET', '/api-keys', { token });
    expect(list.body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ name: 'reader', lastUsedAt: expect.any(String) }),
      ]),
    });
  });

  it('a key for ingest reads nothing; unknown and expired ones are no sign-in', async () => {
    const { key } = await make({ name: 'sender' });
    expect(await status('/events', key)).toBe(403);
    expect(await status('/events', `pk_${'x'.repeat(43)}`)).toBe(401);
    const expired = await anApiKey(api.database.tenants, acme.id, {
      scopes: ['events:read'],
      expiresAt: new Date(Date.now() - 1000),
    });
    expect(await status('/events', expired.key)).toBe(401);
  });

  it('R34 a revoked key, and one of a suspended tenant, ends within seconds', async () => {
    const made = await make({ name: 'soon gone', scopes: ['events:read'] });
    const tenant = await api.customer('delta');
    const other = await anApiKey(api.database.tenants, tenant.id, { scopes: ['events:read'] });
    expect([await status('/events', made.key), await status('/events', other.key)]).toEqual([200, 200]);
    await api.call('DELETE', `/api-keys/${made.id}`, { token });
    await api.database.sql(`update tenants set status = 'suspended' where id = $1`, [tenant.id]);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect([await status('/events', made.key), await status('/events', other.key)]).toEqual([401, 401]);
  });
});
