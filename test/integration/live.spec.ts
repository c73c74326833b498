import { createHmac } from 'node:crypto';
import { ACCESS_TOKEN } from '@parapet/auth';
import { newId } from '@parapet/db';
import { createRedis } from '@parapet/queue';
import { waitFor } from '@parapet/testing';
import { publishLive } from '../../apps/api/src/live/publish-live.js';
import { JWT_SECRET, startApi, type ApiServer, type Member } from './support/api-server.js';
import { AlertStream, LiveClient, liveAlert, upgradeStatus } from './support/live-client.js';

type Customer = Awaited<ReturnType<ApiServer['customer']>>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));

/** A token of the same session that ends at another time. */
function tokenUntil(token: string, exp: number): string {
  const signed = `${encode({ alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.type })}.${encode({ ...claimsOf(token), iat: exp - 600, exp })}`;
  return `${signed}.${createHmac('sha256', JWT_SECRET).update(signed).digest('base64url')}`;
}

describe('live alerts', () => {
  let api: ApiServer;
  let acme: Customer;
  let beta: Customer;
  let redis: ReturnType<typeof createRedis>;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    api = await startApi();
    [acme, beta] = [await api.customer('acme'), await api.customer('beta')];
    redis = createRedis(api.redisUrl);
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  afterAll(async () => {
    await redis?.quit();
    await api?.stop();
  });

  const cookie = ({ token }: Member) => `__Host-access=${token}`;
  const page = (member: Member, origin = api.url) => {
    const client = new LiveClient(api.url, { headers: { origin, cookie: cookie(member) } });
    open.push(client);
    return client;
  };
  const program = (token: string) => {
    const client = new LiveClient(api.url, { auth: { token } });
    open.push(client);
    return client;
  };
  const stream = async (token: string) => {
    const opened = await new AlertStream().open(api.url, token);
    open.push(opened);
    return opened;
  };

  it('R37 a handshake from another origin, or with a cookie and without an origin, is answered with 403', async () => {
    const own = { cookie: cookie(acme.members.viewer) };
    expect(await upgradeStatus(api.url, { ...own, origin: api.url })).toBe(101);
    expect(await upgradeStatus(api.url, { ...own, origin: 'https://evil.example' })).toBe(403);
    expect(await upgradeStatus(api.url, { ...own, origin: 'null' })).toBe(403);
    expect(await upgradeStatus(api.url, { ...own, origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await upgradeStatus(api.url, own)).toBe(403);
    const polling = `${api.url}/ws/?EIO=4&transport=polling`;
    const poll = (origin: string) => fetch(polling, { headers: { ...own, origin } });
    expect((await poll('https://evil.example')).status).toBe(403);
    const opened = await poll(api.url);
    expect(opened.status).toBe(200);
    // The later requests of a client are looked at too. `1` is Engine.IO's close.
    const session = `${polling}&sid=${/"sid":"([^"]+)"/.exec(await opened.text())?.[1]}`;
    const close = (origin: string) =>
      fetch(session, { method: 'POST', body: '1', headers: { ...own, origin } });
    expect((await close('https://evil.example')).status).toBe(403);
    expect((await close(api.url)).status).toBe(200);
  });

  it('lets in who may read alerts, and nobody else', async () => {
    await page(acme.members.viewer).connected();
    await program(acme.members.analyst.token).connected();
    const operator = await api.operator();
    expect(await program(operator.token).end()).toBe('forbidden');
    expect(await program('x.y.z').end()).toBe('unauthenticated');
    const stranger = new LiveClient(api.url, { headers: { origin: api.url } });
    open.push(stranger);
    expect(await stranger.end()).toBe('unauthenticated');
    const expired = tokenUntil(acme.members.viewer.token, Math.floor(Date.now() / 1000) - 1);
    expect(await program(expired).end()).toBe('unauthenticated');
  });

  it('R25 1,000 messages for two tenants reach their own pages and streams, and nobody else’s', async () => {
    const pages = [await page(acme.members.viewer).connected(), await page(beta.members.viewer).connected()];
    const streams = [await stream(acme.members.admin.token), await stream(beta.members.admin.token)];
    await waitFor(() => streams.every(({ text }) => text.includes('retry: 3000')), { what: 'the greeting' });
    const [first, second] = [streams[0], streams[1]];
    expect(first?.headers.get('content-type')).toContain('text/event-stream');
    expect(first?.headers.get('cache-control')).toContain('no-store');
    expect(first?.headers.get('x-accel-buffering')).toBe('no');
    for (let n = 0; n < 1000; n += 1) {
      const [tenant, name] = n % 2 === 0 ? [acme, 'acme'] : [beta, 'beta'];
      await publishLive(redis, tenant.id, liveAlert(`${name}-${n}.`));
    }
    await publishLive(redis, newId(), liveAlert('a tenant without listeners'));
    await redis.publish('parapet:live', '{"v":1}');
    await waitFor(() => pages.every(({ titles }) => titles.length >= 500), {
      what: '500 messages on each page',
    });
    await waitFor(() => first?.text.includes('acme-998.') && second?.text.includes('beta-999.'), {
      what: 'the last messages on the streams',
    });
    expect(pages[0]?.titles).toEqual(Array.from({ length: 500 }, (_, n) => `acme-${2 * n}.`));
    expect(pages[1]?.titles).toEqual(Array.from({ length: 500 }, (_, n) => `beta-${2 * n + 1}.`));
    expect(first?.text.match(/event: alert\.created\nid: [0-9a-f-]{36}@\S+\ndata: /g)).toHaveLength(500);
    expect(first?.text).not.toContain('beta');
    expect(second?.text).not.toContain('acme');
  });

  it('R37 end when the token expires', async () => {
    const token = tokenUntil(acme.members.viewer.token, Math.ceil(Date.now() / 1000) + 2);
    const socket = await program(token).connected();
    const sse = await stream(token);
    expect(await socket.end()).toBe('io server disconnect');
    await waitFor(() => sse.closed, { what: 'the end of the stream' });
    expect(sse.text).not.toContain('broke');
  });

  it('R33 end within a second when the session does, and only those of the session', async () => {
    const leaver = await api.member(acme.id, 'viewer');
    const [socket, sse, other] = [
      await page(leaver).connected(),
      await stream(leaver.token),
      await page(acme.members.viewer).connected(),
    ];
    const { status } = await api.call('POST', '/auth/logout', { token: leaver.token });
    expect(status).toBe(204);
    expect(await socket.end(1000)).toBe('io server disconnect');
    await waitFor(() => sse.closed, { timeoutMs: 1000, what: 'the end of the stream' });
    expect(other.ended).toBe('');
    expect(await program(leaver.token).end()).toBe('unauthenticated');
    expect((await stream(leaver.token)).status).toBe(401);
  });

  it('R34 end within 5 s when the user is disabled', async () => {
    const member = await api.member(acme.id, 'viewer');
    const socket = await page(member).connected();
    await api.database.sql(`update users set status = 'disabled' where id = $1`, [member.id]);
    expect(await socket.end(5000)).toBe('io server disconnect');
  });

  it('of one session are 50 at most', async () => {
    const { token } = await api.member(beta.id, 'viewer');
    const streams = await Promise.all(Array.from({ length: 50 }, () => stream(token)));
    expect(streams.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect((await stream(token)).status).toBe(429);
    streams[0]?.close();
    await waitFor(async () => (await stream(token)).status === 200, { what: 'a place that was freed' });
  });
});
