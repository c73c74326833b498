import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemSchema } from '@parapet/contracts';
import { aSource, waitFor } from '@parapet/testing';
import { problemOf, startApi, type ApiServer } from './support/api-server.js';

let api: ApiServer;
let token: string;
const dashboard = mkdtempSync(join(tmpdir(), 'dashboard-'));

beforeAll(async () => {
  mkdirSync(join(dashboard, 'assets'));
  writeFileSync(join(dashboard, 'index.html'), '<!doctype html><title>the page</title>');
  writeFileSync(join(dashboard, 'assets', 'index-DcAf01Xy.js'), 'export {}');
  writeFileSync(join(dashboard, 'sw.js'), '// worker');
  api = await startApi({ settings: { DASHBOARD_DIR: dashboard } });
  const tenant = await api.customer('acme');
  token = tenant.members.admin.token;
});
afterAll(() => api?.stop());

describe('problems (RFC 9457)', () => {
  it.each<[string, string, string, object, number, string]>([
    ['an unknown address', 'GET', '/nothing', {}, 404, 'not_found'],
    ['an unknown address above the version', 'GET', '/api/v2/events', {}, 404, 'not_found'],
    ['a method that is not there', 'PUT', '/events', {}, 404, 'not_found'],
    ['no sign-in', 'GET', '/events', {}, 401, 'unauthenticated'],
    ['a body that is no JSON', 'POST', '/auth/login', { body: '{"email":' }, 400, 'validation_failed'],
    ['a body that lacks things', 'POST', '/auth/login', { body: {} }, 400, 'validation_failed'],
    [
      'a body over 1 MiB',
      'POST',
      '/auth/login',
      { body: { email: 'x'.repeat(1_100_000) } },
      413,
      'validation_failed',
    ],
    ['a path that can’t be decoded', 'GET', '/events/%E0%A4%A', {}, 400, 'validation_failed'],
  ])('tell of %s', async (_name, method, path, options, status, code) => {
    const answer = await api.call(method, path, options);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problemSchema.parse(answer.body)).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    expect(problemOf(answer).requestId).toBe(answer.headers.get('x-request-id'));
  });

  it('say where bad input is wrong', async () => {
    const answer = await api.call('GET', '/alerts?status=nope&limit=0', { token });
    expect(problemOf(answer).errors?.map(({ path }) => path)).toEqual(['query.limit', 'query.status.0']);
  });

  it('tell nothing of an error that nobody foresaw but its request id', async () => {
    await api.database.sql('alter table detectors rename column threshold to threshold_gone');
    try {
      const answer = await api.call('GET', '/detectors', { token });
      expect(problemSchema.parse(answer.body)).toMatchObject({ status: 500, code: 'internal' });
      expect(JSON.stringify(answer.body)).not.toMatch(/threshold|column|prisma/i);
    } finally {
      await api.database.sql('alter table detectors rename column threshold_gone to threshold');
    }
    const metrics = await api.call('GET', '/metrics');
    expect(metrics.body).toMatch(/parapet_failures_total\{component="api",operation="listDetectors"\} 1/);
  });
});

describe('headers', () => {
  it('of every answer keep pages to this origin', async () => {
    for (const path of ['/', '/api/docs', '/api/v1/auth/me', '/health']) {
      const { headers } = await api.call('GET', path, { headers: { accept: 'text/html' } });
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });

  it('of the API forbid keeping its answers', async () => {
    expect((await api.call('GET', '/events', { token })).headers.get('cache-control')).toBe('no-store');
  });

  it('ask for TLS only where browsers come by it', async () => {
    const secure = await startApi({ settings: { PUBLIC_URL: 'https://siem.example.test/' } });
    try {
      const { headers } = await secure.call('GET', '/health');
      expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
      const own = await secure.call('POST', '/auth/login', {
        body: {},
        headers: { origin: 'https://siem.example.test' },
      });
      expect(own.status).toBe(400);
    } finally {
      await secure.stop();
    }
  });
});

describe('the dashboard’s files', () => {
  const get = (path: string, accept = 'text/html') => api.call('GET', path, { headers: { accept } });

  it('come with its page for every address that it routes by itself', async () => {
    for (const path of ['/', '/alerts', '/alerts/123?tab=history']) {
      const answer = await fetch(`${api.url}${path}`, { headers: { accept: 'text/html' } });
      expect(await answer.text()).toContain('the page');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('are kept for ever when named after their content, and asked for each time when not', async () => {
    const asset = await fetch(`${api.url}/assets/index-DcAf01Xy.js`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const worker = await fetch(`${api.url}/sw.js`);
    expect(worker.headers.get('cache-control')).toBe('no-cache');
  });

  it('are never taken for the API or for a script that is not there', async () => {
    expect((await get('/api/v1/nothing')).status).toBe(404);
    expect((await fetch(`${api.url}/assets/gone-DcAf01Xz.js`, { headers: { accept: '*/*' } })).status).toBe(
      404,
    );
    expect((await fetch(`${api.url}/..%2f..%2fetc/passwd`)).status).not.toBe(200);
  });

  it('are said to be missing when they are not built', async () => {
    const bare = await startApi({ settings: { DASHBOARD_DIR: join(dashboard, 'nowhere') } });
    try {
      const answer = await bare.call('GET', '/', { headers: { accept: 'text/html' } });
      expect(answer.status).toBe(503);
      expect(answer.body).toContain('not built');
    } finally {
      await bare.stop();
    }
  });
});

describe('operations', () => {
  it('answer whether the process lives and its servers answer', async () => {
    expect((await api.call('GET', '/health')).body).toEqual({ status: 'ok' });
    expect((await api.call('GET', '/ready')).body).toEqual({
      ready: true,
      checks: { postgres: 'ok', redis: 'ok' },
    });
  });

  it('measure requests by operation, and keep that from proxies', async () => {
    await api.call('GET', '/events', { token });
    expect((await api.call('GET', '/metrics')).body).toMatch(
      /parapet_http_seconds_count\{operation="listEvents",status="200"\}/,
    );
    expect(
      (await api.call('GET', '/metrics', { headers: { 'x-forwarded-for': '198.51.100.1' } })).status,
    ).toBe(403);
  });

  it('R20 believe X-Forwarded-For only from configured proxies', async () => {
    const body = { name: 'x', cidr: '172.20.0.0/24' };
    const made = await api.call('POST', '/sources', {
      token,
      body,
      headers: { 'x-forwarded-for': '198.51.100.99' },
    });
    expect(made).toMatchObject({ status: 201 });
    const [row] = await api.database.sql<{ ip: string }>(
      `select ip from audit_log where action = 'source.created'`,
    );
    expect(row?.ip).toBe('127.0.0.1');
  });

  it('serve OpenAPI and a page for it, without a script in it', async () => {
    expect((await api.call('GET', '/api/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
    const page = await api.call('GET', '/api/docs');
    expect(page.body).not.toMatch(/<script>|<script [^>]*>[^<]|onload=/);
    for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'initializer.js', 'favicon-32x32.png']) {
      expect((await api.call('GET', `/api/docs/${file}`)).status).toBe(200);
    }
    expect((await api.call('GET', '/api/docs/package.json')).status).toBe(404);
  });
});

describe('without its database', () => {
  it('the API says so, and goes on when it is back', async () => {
    const lonely = await startApi();
    const tenant = await lonely.customer('acme');
    await aSource(lonely.database.tenants, tenant.id);
    const name = new URL(lonely.database.databaseUrl).pathname.slice(1);
    const { viewer } = tenant.members;
    try {
      await lonely.database.sql(`alter role parapet_app in database ${name} set search_path = public`);
      await api.database.sql(`alter database ${name} allow_connections false`);
      await api.database.sql('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        name,
      ]);
      const answer = await lonely.call('GET', '/sources', { token: viewer.token });
      expect(answer.status).toBe(503);
      expect(problemOf(answer).code).toBe('unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await lonely.call('GET', '/ready')).status).toBe(503);
      expect((await lonely.call('GET', '/health')).status).toBe(200);
      await api.database.sql(`alter database ${name} allow_connections true`);
      await waitFor(
        async () => (await lonely.call('GET', '/sources', { token: viewer.token })).status === 200,
      );
    } finally {
      await api.database.sql(`alter database ${name} allow_connections true`);
      // Its idle connections were broken on purpose, which `drop` tells.
      await lonely.stop().catch(() => undefined);
    }
  });
});
