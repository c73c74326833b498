import { endpoints, type Endpoint } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { PASSWORD, problemOf, startApi, type ApiServer } from './support/api-server.js';
import { Browser } from './support/browser.js';

const MUTATING = Object.values<Endpoint>(endpoints).filter(
  (endpoint) => endpoint.method !== 'GET' && endpoint.permission !== 'public',
);

let api: ApiServer;
let browser: Browser;
let foreignToken: string;

beforeAll(async () => {
  api = await startApi();
  await api.customer('acme');
  browser = new Browser(api);
  await browser.signIn('admin@acme.test');
  const other = new Browser(api);
  await other.signIn('admin@acme.test');
  foreignToken = other.csrfToken;
});
afterAll(() => api?.stop());

/** What a request forged by another site can be like; every one must be refused. */
const FORGERIES: [string, () => Record<string, string | null>][] = [
  ['without a token', () => ({ 'x-csrf-token': null })],
  ['with an empty token', () => ({ 'x-csrf-token': '' })],
  ['with a token of another session', () => ({ 'x-csrf-token': foreignToken })],
  ['with a made-up token', () => ({ 'x-csrf-token': `${'0'.repeat(64)}.${'0'.repeat(64)}` })],
  [
    'with a made-up token in header and cookie',
    () => {
      const forged = `${'0'.repeat(64)}.${'0'.repeat(64)}`;
      return {
        'x-csrf-token': forged,
        cookie: `__Host-access=${browser.cookies.get('__Host-access')}; __Host-csrf=${forged}`,
      };
    },
  ],
  [
    'with another session’s token in header and cookie',
    () => ({
      'x-csrf-token': foreignToken,
      cookie: `__Host-access=${browser.cookies.get('__Host-access')}; __Host-csrf=${foreignToken}`,
    }),
  ],
  ['from another site', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['from a sibling host or port', () => ({ 'sec-fetch-site': 'same-site' })],
  ['from another origin', () => ({ origin: 'https://attacker.test', 'sec-fetch-site': null })],
  ['from no origin at all (null)', () => ({ origin: 'null' })],
];

describe.each(MUTATING.map((endpoint) => [endpoint.id, endpoint] as const))('R36 %s', (_id, endpoint) => {
  const path = endpoint.path.replace(':id', newId());

  it.each(FORGERIES)('is refused %s', async (_name, headers) => {
    const answer = await browser.send(endpoint.method, path, { headers: headers(), body: {} });
    expect(answer.status).toBe(403);
    expect(problemOf(answer).code).toBe('csrf_failed');
  });

  it('is not refused to our own page', async () => {
    if (endpoint.id === 'logout') return;
    const answer = await browser.send(endpoint.method, path, { body: {} });
    // Some need nothing in their body, and some are not this user's: whatever the answer, it is not about the token.
    expect(answer.status).toBeLessThan(500);
    expect(JSON.stringify(answer.body ?? '')).not.toContain('csrf_failed');
  });
});

describe('R36 sign-in', () => {
  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://attacker.test' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('is refused from %s', async (_name, headers) => {
    const answer = await api.call('POST', '/auth/login', {
      body: { email: 'admin@acme.test', password: PASSWORD },
      headers,
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('takes no form, which other sites could send', async () => {
    const answer = await api.call('POST', '/auth/login', {
      body: JSON.stringify({ email: 'admin@acme.test', password: PASSWORD }),
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(400);
  });
});

describe('R36 refresh', () => {
  const fresh = async () => {
    const another = new Browser(api);
    await another.signIn('viewer@acme.test');
    return another;
  };

  it.each<[string, Record<string, string | null>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://attacker.test', 'sec-fetch-site': null }],
    ['nowhere, without a token', { origin: null, 'sec-fetch-site': null, 'x-csrf-token': null }],
    ['nowhere, with a foreign token', { origin: null, 'sec-fetch-site': null, 'x-csrf-token': 'x.y' }],
  ])('is refused from %s', async (_name, headers) => {
    const another = await fresh();
    const before = another.cookies.get('__Host-refresh');
    expect((await another.send('POST', '/auth/refresh', { headers })).status).toBe(403);
    expect(another.cookies.get('__Host-refresh')).toBe(before);
  });

  it('works after a reload, when the page has no token yet', async () => {
    const another = await fresh();
    another.csrfToken = '';
    expect((await another.send('POST', '/auth/refresh', { headers: { 'x-csrf-token': null } })).status).toBe(
      200,
    );
    expect(another.csrfToken).not.toBe('');
    expect((await another.send('POST', '/sources', { body: {} })).status).toBe(403);
  });

  it('without a cookie is only not signed in', async () => {
    expect((await api.call('POST', '/auth/refresh')).status).toBe(401);
  });
});

describe('programs', () => {
  it('send a bearer token and no CSRF token, even beside cookies', async () => {
    const { accessToken } = await new Browser(api).signIn('admin@acme.test');
    expect((await api.call('POST', '/sources', { token: accessToken, body: {} })).status).toBe(400);
    const both = await browser.send('POST', '/sources', {
      body: {},
      headers: { authorization: `Bearer ${accessToken}`, 'x-csrf-token': null },
    });
    expect(both.status).toBe(400);
  });

  it('get the token of me only with cookies', async () => {
    const { accessToken } = await new Browser(api).signIn('admin@acme.test');
    expect((await api.call('GET', '/auth/me', { token: accessToken })).body).toMatchObject({ csrfToken: '' });
    expect((await browser.send('GET', '/auth/me')).body).toMatchObject({ csrfToken: browser.csrfToken });
  });
});
