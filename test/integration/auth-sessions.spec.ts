import { createHmac } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { Redis } from 'ioredis';
import type { Session } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { aUser, waitFor } from '@parapet/testing';
import { JWT_SECRET, PASSWORD, problemOf, startApi, type ApiServer } from './support/api-server.js';
import { Browser } from './support/browser.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

let api: ApiServer;
let tenant: Awaited<ReturnType<ApiServer['customer']>>;

beforeAll(async () => {
  // Forwarded addresses are believed, so that a test can come from several.
  api = await startApi({ settings: { TRUST_PROXY: 'loopback' } });
  tenant = await api.customer('acme');
});
afterAll(() => api?.stop());

const login = (email: string, password: string, from = '198.51.100.1') =>
  api.call('POST', '/auth/login', { body: { email, password }, headers: { 'x-forwarded-for': from } });
const sessionRow = async (sessionId: string) => {
  const [row] = await api.database.sql<{
    refresh_hash: Buffer;
    revoked_at: Date | null;
    revoke_reason: string | null;
  }>('select refresh_hash, revoked_at, revoke_reason from sessions where id = $1', [sessionId]);
  return row;
};
const sessionIdOf = (accessToken: string): string =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid;

describe('sign-in', () => {
  it('answers who it is, whatever the case of the address', async () => {
    const answer = await login('Viewer@ACME.test', PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ expiresIn: 600, user: { role: 'viewer', tenant: { slug: 'acme' } } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('R36 gives cookies that only this host gets, and no script reads', async () => {
    const answer = await login('viewer@acme.test', PASSWORD);
    for (const name of ['__Host-access', '__Host-refresh', '__Host-csrf']) {
      const attributes = Browser.attributesOf(answer, name);
      expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']));
      expect(attributes.join()).not.toMatch(/domain/i);
    }
  });

  it('R31 says the same of a wrong password, an unknown user, and a user or tenant that is switched off', async () => {
    const disabled = await api.member(tenant.id, 'viewer', 'disabled@acme.test');
    await api.database.sql(`update users set status = 'disabled' where id = $1`, [disabled.id]);
    const suspended = await api.customer('suspended');
    await api.database.sql(`update tenants set status = 'suspended' where id = $1`, [suspended.id]);
    const answers = [
      await login('viewer@acme.test', 'wrong'),
      await login('nobody@acme.test', PASSWORD),
      await login('disabled@acme.test', PASSWORD),
      await login('viewer@suspended.test', PASSWORD),
    ];
    const seen = answers.map((answer) => JSON.stringify({ ...problemOf(answer), requestId: '' }));
    expect(new Set(seen).size).toBe(1);
    expect(problemOf(answers[0] ?? { status: 0, headers: new Headers(), body: {} }).code).toBe(
      'invalid_credentials',
    );
  });

  it('R31 takes as long for an unknown user as for a wrong password', async () => {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (let n = 0; n < 15; n++) {
      for (const kind of ['known', 'unknown'] as const) {
        const email = kind === 'known' ? tenant.members.analyst.email : `unknown${n}@acme.test`;
        const start = performance.now();
        await login(email, 'wrong', `198.51.100.${50 + n}`);
        times[kind].push(performance.now() - start);
      }
    }
    const median = (list: number[]) => [...list].sort((a, b) => a - b)[7] ?? 0;
    // Without the decoy hash the ratio is about 10. Interleaved, so that a busy machine is as busy for both.
    const ratio = median(times.known) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('R28 replaces a hash that is cheaper than today’s', async () => {
    const cheap = await hash(PASSWORD, { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    const user = await aUser(api.database.tenants, tenant.id, {
      email: 'cheap@acme.test',
      passwordHash: cheap,
    });
    expect((await login(user.email, PASSWORD)).status).toBe(200);
    const [row] = await api.database.sql<{ password_hash: string }>(
      'select password_hash from users where id = $1',
      [user.id],
    );
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
  });

  it('R30 is closed for an hour after 10 failures of one user from one address, and open elsewhere', async () => {
    const { email } = await api.member(tenant.id, 'viewer', 'throttled@acme.test');
    const attacker = '203.0.113.66';
    const tries = await Promise.all(Array.from({ length: 25 }, () => login(email, 'wrong', attacker)));
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(15);
    const locked = await login(email, PASSWORD, attacker);
    expect(locked.status).toBe(429);
    expect(problemOf(locked).code).toBe('account_locked');
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect((await login(email, PASSWORD, '198.51.100.77')).status).toBe(200);
    // Ten in a row: a success between them starts the count again.
    const mixed = '203.0.113.67';
    for (let n = 0; n < 9; n++) await login(email, 'wrong', mixed);
    expect((await login(email, PASSWORD, mixed)).status).toBe(200);
    expect((await login(email, 'wrong', mixed)).status).toBe(401);
  });

  it('R30 is closed for an address after 100 failures in a day, whoever they were for', async () => {
    const attacker = '203.0.113.68';
    for (let n = 0; n < 100; n++) await login(`spray${n % 20}@acme.test`, 'wrong', attacker);
    expect((await login('viewer@acme.test', PASSWORD, attacker)).status).toBe(429);
    expect((await login('viewer@acme.test', PASSWORD, '203.0.113.69')).status).toBe(200);
  });

  it('is in the audit log, well or badly ended, without the password', async () => {
    await login('viewer@acme.test', 'hunter2hunter2', '198.51.100.9');
    const rows = await waitFor(async () => {
      const found = await api.database.sql<{ action: string; row: string }>(
        `select action, audit_log::text as row from audit_log where tenant_id = $1 and actor = 'viewer@acme.test'`,
        [tenant.id],
      );
      return (
        found.some(({ action, row }) => action === 'login.failed' && row.includes('198.51.100.9')) && found
      );
    });
    expect(rows.map(({ action }) => action)).toContain('login.succeeded');
    expect(rows.map(({ row }) => row).join()).not.toContain('hunter2');
  });
});

describe('access tokens', () => {
  const sign = (header: object, payload: object, key = JWT_SECRET, algorithm = 'sha256') => {
    const text = `${encode(header)}.${encode(payload)}`;
    return `${text}.${createHmac(algorithm, key).update(text).digest('base64url')}`;
  };
  const HEADER = { alg: 'HS256', typ: 'at+jwt' };
  let claims: Record<string, unknown>;

  beforeAll(async () => {
    const { accessToken } = (await login('admin@acme.test', PASSWORD)).body as Session;
    claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  });
  const statusWith = async (token: string) => (await api.call('GET', '/auth/me', { token })).status;

  it('R32 of our own form get in', async () => {
    expect(await statusWith(sign(HEADER, claims))).toBe(200);
    expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(600);
  });

  it.each<[string, () => string]>([
    ['no signature (alg none)', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`],
    ['alg none in capitals', () => `${encode({ alg: 'NONE', typ: 'at+jwt' })}.${encode(claims)}.`],
    ['another key', () => sign(HEADER, claims, 'another-key-another-key-another-key-00')],
    ['an empty key', () => sign(HEADER, claims, '')],
    ['another algorithm with our key', () => sign({ ...HEADER, alg: 'HS512' }, claims, JWT_SECRET, 'sha512')],
    ['key confusion (RS256 with our key as HMAC)', () => sign({ ...HEADER, alg: 'RS256' }, claims)],
    ['a key address (jku)', () => sign({ ...HEADER, jku: 'https://attacker.test/k' }, claims)],
    ['a key of its own (jwk)', () => sign({ ...HEADER, jwk: { kty: 'oct', k: 'AA' } }, claims)],
    ['a key id', () => sign({ ...HEADER, kid: '../../dev/null' }, claims)],
    ['another type', () => sign({ ...HEADER, typ: 'JWT' }, claims)],
    ['another issuer', () => sign(HEADER, { ...claims, iss: 'other' })],
    ['another audience', () => sign(HEADER, { ...claims, aud: 'other' })],
    ['several audiences', () => sign(HEADER, { ...claims, aud: ['parapet-api', 'other'] })],
    ['no expiry', () => sign(HEADER, { ...claims, exp: undefined })],
    ['an expiry that has passed', () => sign(HEADER, { ...claims, iat: now() - 700, exp: now() - 100 })],
    ['a long life', () => sign(HEADER, { ...claims, exp: now() + 86_400 })],
    ['a beginning in the future', () => sign(HEADER, { ...claims, nbf: now() + 300 })],
    ['another tenant', () => sign(HEADER, { ...claims, tid: newId() })],
    ['another user', () => sign(HEADER, { ...claims, sub: newId() })],
    ['another session', () => sign(HEADER, { ...claims, sid: newId() })],
    [
      'a changed payload',
      () =>
        sign(HEADER, claims).replace(/\.[^.]+\./, `.${encode({ ...claims, role: 'admin', sub: newId() })}.`),
    ],
    ['a refresh token', () => `${newId()}.${newId()}.${'A'.repeat(43)}`],
    ['nonsense', () => 'x.y.z'],
  ])('R32 with %s are refused', async (_name, make) => {
    expect(await statusWith(make())).toBe(401);
  });

  it('R32 give the role of the user, not the one they claim', async () => {
    const { token, email } = await api.member(tenant.id, 'viewer', 'climber@acme.test');
    const [, payload = ''] = token.split('.');
    const own = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const raised = sign(HEADER, { ...own, role: 'admin' });
    const answer = await api.call('GET', '/auth/me', { token: raised });
    expect(answer.body).toMatchObject({ user: { email, role: 'viewer' } });
  });
});

describe('sessions', () => {
  it('R33 keep only a hash of the refresh token, and rotate it', async () => {
    const browser = new Browser(api);
    const { accessToken } = await browser.signIn('viewer@acme.test');
    const first = browser.cookies.get('__Host-refresh') ?? '';
    const secret = first.split('.')[2] ?? '';
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const before = await sessionRow(sessionIdOf(accessToken));
    expect(before?.refresh_hash.toString()).not.toContain(secret);
    const answer = await browser.send('POST', '/auth/refresh');
    expect(answer.status).toBe(200);
    expect(browser.cookies.get('__Host-refresh')).not.toBe(first);
    expect((await sessionRow(sessionIdOf(accessToken)))?.refresh_hash).not.toEqual(before?.refresh_hash);
  });

  it('R33 survive ten refreshes of one browser at the same time', async () => {
    const browser = new Browser(api);
    await browser.signIn('viewer@acme.test');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => browser.send('POST', '/auth/refresh', { headers: { cookie } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const next = new Set(
      answers.map(
        (a) =>
          a.headers
            .getSetCookie()
            .find((c) => c.startsWith('__Host-refresh'))
            ?.split(';')[0],
      ),
    );
    expect(next.size).toBe(1);
    expect((await browser.send('POST', '/auth/refresh')).status).toBe(200);
    expect((await browser.send('GET', '/auth/me')).status).toBe(200);
  });

  it('R33 take the token before the current one for 10 s only', async () => {
    const browser = new Browser(api);
    const { accessToken } = await browser.signIn('viewer@acme.test');
    const late = new Browser(api);
    late.cookies.set('__Host-refresh', browser.cookies.get('__Host-refresh') ?? '');
    await browser.send('POST', '/auth/refresh');
    await api.database.sql(
      `update sessions set rotated_at = rotated_at - interval '11 seconds' where id = $1`,
      [sessionIdOf(accessToken)],
    );
    expect((await late.send('POST', '/auth/refresh')).status).toBe(401);
    expect(await sessionRow(sessionIdOf(accessToken))).toMatchObject({
      revoke_reason: 'refresh token reused',
    });
  });

  it('R33 end when an old refresh token comes again, and say so to the sockets at once', async () => {
    const listener = new Redis(api.redisUrl);
    const messages: string[] = [];
    listener.on('message', (_channel, message: string) => messages.push(message));
    await listener.subscribe('parapet:sessions');
    const browser = new Browser(api);
    const { accessToken } = await browser.signIn('viewer@acme.test');
    const stolen = browser.cookies.get('__Host-refresh') ?? '';
    await browser.send('POST', '/auth/refresh');
    await browser.send('POST', '/auth/refresh');
    const thief = new Browser(api);
    thief.cookies.set('__Host-refresh', stolen);
    const start = performance.now();
    const reuse = await thief.send('POST', '/auth/refresh');
    expect(reuse.status).toBe(401);
    const sessionId = sessionIdOf(accessToken);
    await waitFor(() => messages.some((message) => message.includes(sessionId)), { timeoutMs: 1000 });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(await sessionRow(sessionId)).toMatchObject({ revoke_reason: 'refresh token reused' });
    expect((await browser.send('GET', '/auth/me')).status).toBe(401);
    expect((await browser.send('POST', '/auth/refresh')).status).toBe(401);
    const [audit] = await api.database.sql('select from audit_log where action = $1 and target = $2', [
      'session.token_reused',
      sessionId,
    ]);
    expect(audit).toBeDefined();
    await listener.quit();
  });

  it('end at once when signed out, cookies and bearer token alike', async () => {
    const browser = new Browser(api);
    const { accessToken } = await browser.signIn('viewer@acme.test');
    expect((await api.call('GET', '/auth/me', { token: accessToken })).status).toBe(200);
    expect((await browser.send('POST', '/auth/logout')).status).toBe(204);
    expect(browser.cookies.size).toBe(0);
    expect((await api.call('GET', '/auth/me', { token: accessToken })).status).toBe(401);
  });

  it.each<[string, string, number]>([
    ['the user is disabled', `update users set status = 'disabled' where id = $1`, 401],
    ['the role changes', `update users set role = 'viewer' where id = $1`, 403],
    [
      'the tenant is suspended',
      `update tenants set status = 'suspended' where id = (select tenant_id from users where id = $1)`,
      401,
    ],
    ['the session is revoked', `update sessions set revoked_at = now() where user_id = $1`, 401],
    ['the session expires', `update sessions set expires_at = now() where user_id = $1`, 401],
  ])('R34 within 5 s of the moment that %s, it holds', async (name, sql, expected) => {
    const customer = await api.customer(`r34-${name.replaceAll(' ', '-')}`);
    const { admin } = customer.members;
    const change = () => api.call('POST', '/sources', { token: admin.token, body: {} });
    expect((await change()).status).toBe(400);
    await api.database.sql(sql, [admin.id]);
    await waitFor(async () => (await change()).status === expected, { timeoutMs: 5000, what: `${expected}` });
  });
});
