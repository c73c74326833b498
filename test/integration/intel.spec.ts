import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IntelFeed, IntelIndicator } from '@parapet/contracts';
import { waitFor } from '@parapet/testing';
import { problemOf, startApi, type ApiServer } from './support/api-server.js';

let api: ApiServer;
let acme: Awaited<ReturnType<ApiServer['customer']>>;
let beta: Awaited<ReturnType<ApiServer['customer']>>;

/** A server of feeds: path → what it does. */
const routes = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
const asked: { path: string; headers: IncomingMessage['headers'] }[] = [];
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, headers: request.headers });
    const route = routes.get(path.split('?', 1)[0] ?? '');
    if (route) route(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  api = await startApi({ settings: { EGRESS_ALLOW_HOSTS: '127.0.0.1', INTEL_FEED_MAX_BYTES: '1048576' } });
  acme = await api.customer('acme');
  beta = await api.customer('beta');
});
afterAll(async () => {
  await api?.stop();
  server.close();
  server.closeAllConnections();
});

const call = async <T>(
  method: string,
  path: string,
  body?: object | string,
  token = acme.members.admin.token,
) => {
  const headers: Record<string, string> = typeof body === 'string' ? { 'content-type': 'text/plain' } : {};
  const answer = await api.call(method, path, { token, body, headers });
  return { ...answer, body: answer.body as T };
};
const serve = (path: string, text: string, headers: Record<string, string> = {}) =>
  routes.set(path, (_request, response) => response.writeHead(200, headers).end(text));

let made = 0;
const addFeed = async (fields: object) => {
  const { status, body } = await call<IntelFeed>('POST', '/intel/feeds', {
    name: `feed ${(made += 1)}`,
    ...fields,
  });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
};
/** The feed when a run that began after `since` has ended. */
const settled = async (id: string, since: string | null = null): Promise<IntelFeed> => {
  let feed: IntelFeed | undefined;
  await waitFor(
    async () => {
      feed = (await call<IntelFeed>('GET', `/intel/feeds/${id}`)).body;
      return !feed.running && feed.lastRunAt !== null && feed.lastRunAt !== since;
    },
    { timeoutMs: 20_000, everyMs: 50, what: 'the feed to be fetched' },
  );
  if (!feed) throw new Error('no feed');
  return feed;
};
const again = async (feed: IntelFeed) => {
  expect((await call('POST', `/intel/feeds/${feed.id}/refresh`)).status).toBe(202);
  return settled(feed.id, feed.lastRunAt);
};
const valuesOf = async (id: string) =>
  (await call<{ items: IntelIndicator[] }>('GET', `/intel/indicators?feedId=${id}&limit=500`)).body.items.map(
    ({ value }) => value,
  );
const versionOf = async () => {
  const [row] = await api.database.sql<{ version: string }>(
    `select version from config_versions where kind = 'intel'`,
  );
  return Number(row?.version);
};

describe('a feed with a URL', () => {
  it('is fetched, asked for changes only, and replaced as a whole', async () => {
    serve('/plain', '# list\n45.9.1.2\nevil.com\nlocalhost\n45.8.0.0/16\n', {
      etag: '"one"',
      'last-modified': 'Sun, 01 Mar 2026 00:00:00 GMT',
    });
    let feed = await settled((await addFeed({ kind: 'plain', url: `${origin}/plain`, confidence: 80 })).id);
    expect(feed).toMatchObject({
      indicators: 3,
      refused: 1,
      refusals: [{ at: 4, why: expect.stringContaining('one label') }],
      lastError: null,
      shared: false,
    });
    expect(await valuesOf(feed.id)).toEqual(['45.8.0.0/16', '45.9.1.2', 'evil.com']);

    const version = await versionOf();
    routes.set('/plain', (request, response) =>
      response.writeHead(request.headers['if-none-match'] === '"one"' ? 304 : 500).end(),
    );
    feed = await again(feed);
    expect(feed).toMatchObject({ indicators: 3, lastError: null });
    expect(asked.at(-1)?.headers['if-modified-since']).toBe('Sun, 01 Mar 2026 00:00:00 GMT');
    expect(await versionOf()).toBe(version);

    serve('/plain', '45.9.1.2\nbad.com\n');
    feed = await again(feed);
    expect(await valuesOf(feed.id)).toEqual(['45.9.1.2', 'bad.com']);
    expect(feed).toMatchObject({ indicators: 2, refused: 0 });
    expect(await versionOf()).toBeGreaterThan(version);
  });

  it('that fails keeps what it listed and shows why', async () => {
    serve('/fails', 'evil.com\n');
    let feed = await settled((await addFeed({ kind: 'plain', url: `${origin}/fails` })).id);
    const failures: [() => void, RegExp][] = [
      [() => routes.delete('/fails'), /status 404/],
      [() => serve('/fails', '<html>\n<body>Sign in</body>\n'), /no indicator/],
      [() => serve('/fails', ''), /answers nothing/],
      [() => serve('/fails', 'x'.repeat(1_100_000)), /longer than 1 MiB/],
      [() => routes.set('/fails', (request) => request.socket.destroy()), /127\.0\.0\.1/],
      [
        () => routes.set('/fails', (_q, response) => response.writeHead(302, { location: '/fails' }).end()),
        /redirects more/,
      ],
      [
        () =>
          routes.set('/fails', (_q, response) =>
            response.writeHead(302, { location: 'http://169.254.169.254/x' }).end(),
          ),
        /must begin with https/,
      ],
      [
        () =>
          routes.set('/fails', (_q, response) =>
            response.writeHead(302, { location: 'https://10.0.0.1/x' }).end(),
          ),
        /not an address of the public Internet/,
      ],
    ];
    for (const [breakIt, why] of failures) {
      breakIt();
      feed = await again(feed);
      expect(feed.lastError).toMatch(why);
      expect(feed.indicators).toBe(1);
    }
    expect(await valuesOf(feed.id)).toEqual(['evil.com']);
    serve('/fails', 'evil.com\n');
    expect((await again(feed)).lastError).toBeNull();
  });

  it('sends its password to its own server only, and never shows it', async () => {
    routes.set('/secret', (_q, response) =>
      response.writeHead(302, { location: `${origin.replace('127.0.0.1', 'localhost')}/open` }).end(),
    );
    const feed = await addFeed({
      kind: 'plain',
      url: `${origin}/secret`,
      auth: 'basic',
      authUser: 'me',
      secret: 'p:w',
    });
    expect(JSON.stringify(feed)).not.toContain('p:w');
    await settled(feed.id);
    expect(asked.at(-1)?.headers.authorization).toBe(`Basic ${Buffer.from('me:p:w').toString('base64')}`);
    const moved = await call('PATCH', `/intel/feeds/${feed.id}`, { url: 'https://elsewhere.example.com/' });
    expect(problemOf(moved).errors).toMatchObject([{ path: 'body.secret' }]);
    const [row] = await api.database.sql<{ secret: Buffer }>('select secret from intel_feeds where id = $1', [
      feed.id,
    ]);
    expect(row?.secret.includes(Buffer.from('p:w'))).toBe(false);
    const stripped = await call<IntelFeed>('PATCH', `/intel/feeds/${feed.id}`, { auth: 'none' });
    expect(stripped.body).toMatchObject({ auth: 'none', authUser: null });
    const audit = await api.database.sql<{ details: object }>(
      'select details from audit_log where target = $1',
      [feed.id],
    );
    expect(JSON.stringify(audit)).not.toContain('p:w');
    expect(audit.length).toBe(2);
  });

  it('reads CSV, MISP and all pages of a TAXII collection', async () => {
    serve('/csv', '"id","ioc","conf"\n1,evil.com,high\n2,45.9.1.2,10\n');
    const csv = { delimiter: ',', header: true, columns: { value: 1, confidence: 2 } };
    const table = await settled((await addFeed({ kind: 'csv', url: `${origin}/csv`, csv })).id);
    const { items } = (await call<{ items: IntelIndicator[] }>('GET', `/intel/indicators?feedId=${table.id}`))
      .body;
    expect(items).toMatchObject([
      { value: '45.9.1.2', type: 'address', confidence: 10, feedName: table.name },
      { value: 'evil.com', type: 'domain', confidence: 85 },
    ]);

    const page = (more: boolean, next: string, value: string) =>
      JSON.stringify({
        more,
        next,
        objects: [
          {
            type: 'indicator',
            pattern_type: 'stix',
            pattern: `[domain-name:value = '${value}']`,
            valid_until: '2099-01-01T00:00:00Z',
          },
        ],
      });
    routes.set('/taxii/collections/1/objects/', (request, response) =>
      response.end(
        request.url?.includes('next=two')
          ? page(false, '', 'two.evil.com')
          : page(true, 'two', 'one.evil.com'),
      ),
    );
    const taxii = await settled(
      (
        await addFeed({
          kind: 'taxii',
          url: `${origin}/taxii/collections/1/`,
          auth: 'bearer',
          secret: 'token',
        })
      ).id,
    );
    expect(taxii).toMatchObject({ indicators: 2, lastError: null });
    expect(await valuesOf(taxii.id)).toEqual(['one.evil.com', 'two.evil.com']);
    const requests = asked.filter(({ path }) => path.startsWith('/taxii'));
    expect(requests.map(({ headers }) => [headers.accept, headers.authorization])).toEqual([
      ['application/taxii+json;version=2.1', 'Bearer token'],
      ['application/taxii+json;version=2.1', 'Bearer token'],
    ]);

    serve(
      '/misp',
      JSON.stringify({ Event: { Attribute: [{ type: 'domain', value: 'evil.com', to_ids: true }] } }),
    );
    expect(await settled((await addFeed({ kind: 'misp', url: `${origin}/misp` })).id)).toMatchObject({
      indicators: 1,
    });
  });

  it.each([
    [{ kind: 'plain', url: 'http://example.com/x' }, 'begin with https'],
    [{ kind: 'plain', url: 'https://169.254.169.254/' }, 'public Internet'],
    [{ kind: 'plain', url: 'https://u:p@example.com/' }, 'user name'],
    [{ kind: 'taxii' }, 'see `errors`'],
    [{ kind: 'csv' }, 'see `errors`'],
    [{ kind: 'plain', auth: 'bearer', secret: 'x' }, 'see `errors`'],
    [{ kind: 'plain', url: 'https://example.com/', auth: 'bearer' }, 'see `errors`'],
    [{ kind: 'plain', url: 'https://example.com/', auth: 'basic', secret: 'x' }, 'see `errors`'],
    [{ kind: 'plain', intervalMinutes: 1 }, 'see `errors`'],
  ])('%j is refused', async (fields, why) => {
    const answer = await call('POST', '/intel/feeds', { name: 'bad', ...fields });
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain(why);
  });
});

describe('a feed that is uploaded', () => {
  it('takes the text, for its own tenant', async () => {
    const feed = await addFeed({ kind: 'plain', validDays: 7 });
    const loaded = await call<IntelFeed>(
      'POST',
      `/intel/feeds/${feed.id}/upload`,
      'up.evil.com\nhxxp://up[.]evil[.]com/x\n',
    );
    expect(loaded).toMatchObject({ status: 200, body: { indicators: 2, nextRunAt: null } });
    const { items } = (await call<{ items: IntelIndicator[] }>('GET', '/intel/indicators?q=up.')).body;
    expect(items.map(({ type, value }) => [type, value])).toEqual([
      ['domain', 'up.evil.com'],
      ['url', 'up.evil.com/x'],
    ]);
    const days = (Date.parse(items[0]?.validUntil ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(7);
    expect(days).toBeLessThanOrEqual(8);
    expect((await call('POST', `/intel/feeds/${feed.id}/upload`, '<html>')).status).toBe(400);
    expect((await call('POST', `/intel/feeds/${feed.id}/refresh`)).status).toBe(409);
    expect(
      (await call('POST', `/intel/feeds/${feed.id}/upload`, 'x.com', acme.members.analyst.token)).status,
    ).toBe(403);
    const others = await call<{ items: [] }>(
      'GET',
      '/intel/indicators?q=up.',
      undefined,
      beta.members.admin.token,
    );
    expect(others.body.items).toEqual([]);
    expect((await call('DELETE', `/intel/feeds/${feed.id}`)).status).toBe(204);
    expect((await call<{ items: [] }>('GET', '/intel/indicators?q=up.')).body.items).toEqual([]);
  });

  it('pages through its indicators', async () => {
    const feed = await addFeed({ kind: 'plain' });
    const names = Array.from({ length: 120 }, (_, n) => `n${String(n).padStart(3, '0')}.pages.com`);
    await call('POST', `/intel/feeds/${feed.id}/upload`, names.join('\n'));
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await call<{ items: IntelIndicator[]; nextCursor: string | null }>(
        'GET',
        `/intel/indicators?feedId=${feed.id}&limit=50${cursor}`,
      );
      seen.push(...body.items.map(({ value }) => value));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    expect(seen).toEqual(names);
  });
});

describe('a look-up', () => {
  const lookup = (value: string, token?: string) =>
    call<{ type: string; value: string; allowed: boolean; items: IntelIndicator[] }>(
      'POST',
      '/intel/lookup',
      { value },
      token,
    );

  it('finds what an event would meet: prefixes, names above, the operator’s feeds; and tells of the allow-list', async () => {
    const feed = await addFeed({ kind: 'plain', confidence: 60 });
    await call('POST', `/intel/feeds/${feed.id}/upload`, '77.1.0.0/16\nlook.com\n');
    const operator = await api.operator();
    const shared = await call<IntelFeed>(
      'POST',
      '/intel/feeds',
      { name: 'shared', kind: 'plain', confidence: 90 },
      operator.token,
    );
    expect(shared.body.shared).toBe(true);
    await call('POST', `/intel/feeds/${shared.body.id}/upload`, 'look.com\n', operator.token);

    expect((await lookup('77.1.2.3')).body).toMatchObject({
      type: 'address',
      items: [{ value: '77.1.0.0/16', shared: false }],
    });
    expect((await lookup('hxxps://a.look[.]com/x?y')).body).toMatchObject({
      type: 'url',
      value: 'a.look.com/x?y',
      allowed: false,
      items: [
        { value: 'look.com', confidence: 90, shared: true, feedName: 'shared' },
        { value: 'look.com', confidence: 60, shared: false },
      ],
    });
    expect((await lookup('look.com', beta.members.viewer.token)).body.items).toMatchObject([
      { shared: true },
    ]);
    expect((await lookup('10.0.0.1')).status).toBe(400);

    const allowed = await call<{ id: string }>('POST', '/intel/allowed', { value: 'LOOK.com', note: 'ours' });
    expect(allowed).toMatchObject({ status: 201, body: { type: 'domain', value: 'look.com' } });
    expect((await call('POST', '/intel/allowed', { value: 'look.com' })).status).toBe(409);
    expect((await lookup('a.look.com')).body.allowed).toBe(true);
    expect((await call('DELETE', `/intel/allowed/${allowed.body.id}`)).status).toBe(204);
    expect((await lookup('a.look.com')).body.allowed).toBe(false);
  });

  it('a preview shows rows, indicators and refusals, and keeps nothing', async () => {
    serve('/preview', 'a,evil.com\nb,10.0.0.1\n');
    const preview = (body: object) => call('POST', '/intel/preview', body);
    expect((await preview({ kind: 'csv', url: `${origin}/preview` })).body).toMatchObject({
      rows: [
        ['a', 'evil.com'],
        ['b', '10.0.0.1'],
      ],
      indicators: [],
      problem: null,
    });
    const csv = { columns: { value: 1 } };
    expect((await preview({ kind: 'csv', csv, url: `${origin}/preview` })).body).toMatchObject({
      indicators: [{ type: 'domain', value: 'evil.com' }],
      refusals: [{ at: 2 }],
    });
    expect((await preview({ kind: 'plain', url: 'https://10.0.0.1/' })).body).toMatchObject({
      problem: expect.stringContaining('public Internet'),
    });
    expect((await preview({ kind: 'misp', text: '{' })).body).toMatchObject({ problem: 'this is no JSON' });
    expect((await preview({ kind: 'plain' })).status).toBe(400);
  });
});
