import { endpoints } from '@parapet/contracts';
import { ApiClient } from './client.js';
import type { ClientPorts } from './client.js';
import { ApiError } from './errors.js';

const user = {
  id: '018f0000-0000-7000-8000-000000000001',
  email: 'analyst@acme-corp.test',
  name: 'Ana',
  role: 'analyst',
  tenant: { id: '018f0000-0000-7000-8000-000000000002', slug: 'acme-corp', name: 'Acme' },
};
const session = (csrfToken: string) => ({ accessToken: 'a', csrfToken, expiresIn: 600, user });
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const problem = (status: number, code: string) =>
  json(status, { type: 'about:blank', title: code, status, code });

type Handler = (path: string, init: RequestInit) => Response | Promise<Response>;

function clientFor(handler: Handler, ports: Partial<ClientPorts> = {}) {
  const calls: { path: string; init: RequestInit }[] = [];
  let refreshedAt = 0;
  const client = new ApiClient({
    fetch: async (path, init) => {
      calls.push({ path: path.replace('/api/v1', ''), init });
      return handler(path.replace('/api/v1', ''), init);
    },
    lock: (_name, task) => task(),
    refreshedAt: { get: () => refreshedAt, set: (at) => (refreshedAt = at) },
    now: () => 1000,
    ...ports,
  });
  return { client, calls, count: (path: string) => calls.filter((call) => call.path === path).length };
}

/** A server whose access token has expired until somebody refreshes. */
function expiredServer() {
  let fresh = false;
  const handler: Handler = async (path) => {
    if (path === '/auth/refresh') {
      await new Promise((resolve) => setTimeout(resolve, 5));
      fresh = true;
      return json(200, session('csrf-2'));
    }
    return fresh ? json(200, { items: [], nextCursor: null }) : problem(401, 'unauthenticated');
  };
  return handler;
}

describe('the API client', () => {
  it('refreshes once for many calls that meet an expired session, then repeats each', async () => {
    const { client, count } = clientFor(expiredServer());
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.call(endpoints.listDetectors)));
    expect(answers).toHaveLength(5);
    expect(count('/auth/refresh')).toBe(1);
    expect(count('/detectors')).toBe(10);
  });

  it('does not refresh when another tab has done so while it waited for the lock', async () => {
    let refreshedAt = 0;
    const { client, count } = clientFor(
      (path) => (path === '/auth/me' ? json(200, { user, csrfToken: 'theirs' }) : problem(500, 'internal')),
      {
        lock: async (_name, task) => {
          refreshedAt = 2000;
          return task();
        },
        refreshedAt: { get: () => refreshedAt, set: () => undefined },
      },
    );
    await expect(client.refreshSession()).resolves.toMatchObject({ id: user.id });
    expect(count('/auth/refresh')).toBe(0);
    expect(count('/auth/me')).toBe(1);
  });

  it('gives up after one repeat', async () => {
    const { client, count } = clientFor((path) =>
      path === '/auth/refresh' ? json(200, session('c')) : problem(401, 'unauthenticated'),
    );
    await expect(client.call(endpoints.listDetectors)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(count('/detectors')).toBe(2);
  });

  it('says that the session is over when the refresh is refused', async () => {
    const { client } = clientFor(() => problem(401, 'unauthenticated'));
    let signedOut = 0;
    client.onSignedOut(() => (signedOut += 1));
    await expect(client.call(endpoints.listDetectors)).rejects.toBeInstanceOf(ApiError);
    expect(signedOut).toBe(1);
  });

  it('stays signed in when the refresh fails for want of a network', async () => {
    const { client } = clientFor((path) => {
      if (path === '/auth/refresh') throw new TypeError('Failed to fetch');
      return problem(401, 'unauthenticated');
    });
    let signedOut = 0;
    client.onSignedOut(() => (signedOut += 1));
    await expect(client.call(endpoints.listDetectors)).rejects.toMatchObject({ code: 'network' });
    expect(signedOut).toBe(0);
  });

  it('sends the CSRF token on changes only', async () => {
    const { client, calls } = clientFor((path) =>
      path === '/auth/login'
        ? json(200, session('csrf-1'))
        : path === '/detectors'
          ? json(200, { items: [], nextCursor: null })
          : new Response(null, { status: 204 }),
    );
    await client.login({ email: user.email, password: 'x' });
    await client.call(endpoints.listDetectors);
    await client.call(endpoints.deleteSource, { params: { id: user.id } });
    const token = (index: number) => new Headers(calls[index]?.init.headers).get('x-csrf-token');
    expect([token(0), token(1), token(2)]).toEqual([null, null, 'csrf-1']);
  });

  it('fetches a new CSRF token and repeats when the old one is refused', async () => {
    let token = 'old';
    const { client } = clientFor((path, init) => {
      if (path === '/auth/login') return json(200, session('old'));
      if (path === '/auth/me') return json(200, { user, csrfToken: (token = 'new') });
      const sent = new Headers(init.headers).get('x-csrf-token');
      return sent === token && sent === 'new'
        ? new Response(null, { status: 204 })
        : problem(403, 'csrf_failed');
    });
    await client.login({ email: user.email, password: 'x' });
    await expect(client.call(endpoints.deleteSource, { params: { id: user.id } })).resolves.toBeUndefined();
  });

  it('never takes an answer that breaks the contract for an empty one', async () => {
    const { client } = clientFor(() => json(200, { items: [{ nonsense: true }], nextCursor: null }));
    await expect(client.call(endpoints.listDetectors)).rejects.toMatchObject({ code: 'bad_response' });
  });

  it('keeps code, detail and request id of a problem document', async () => {
    const { client } = clientFor(() =>
      json(409, {
        type: 't',
        title: 'Taken',
        status: 409,
        detail: '10.0.1.0/24',
        code: 'prefix_taken',
        requestId: 'r-1',
      }),
    );
    await expect(client.call(endpoints.listDetectors)).rejects.toMatchObject({
      code: 'prefix_taken',
      detail: '10.0.1.0/24',
      requestId: 'r-1',
    });
  });

  it('knows nobody when neither cookie is good', async () => {
    const { client } = clientFor(() => problem(401, 'unauthenticated'));
    await expect(client.whoAmI()).resolves.toBeNull();
  });
});
