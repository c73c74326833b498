import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import webpush from 'web-push';
import { problemOf, startApi, type ApiServer, type Member } from './support/api-server.js';

type Customer = Awaited<ReturnType<ApiServer['customer']>>;
interface Item {
  id: string;
  [field: string]: unknown;
}
interface Page {
  items: Item[];
}

/** What a browser would send. */
function subscription(endpoint: string) {
  const key = createECDH('prime256v1');
  const p256dh = key.generateKeys().toString('base64url');
  return {
    endpoint,
    keys: { p256dh, auth: randomBytes(16).toString('base64url') },
    label: 'Firefox on Linux',
  };
}

describe('notifications', () => {
  const vapid = webpush.generateVAPIDKeys();
  let api: ApiServer;
  let acme: Customer;
  let beta: Customer;
  let pushService: Server;
  let pushUrl: string;
  let pushed: { url: string; encoding: string }[] = [];
  let pushStatus = 201;

  beforeAll(async () => {
    pushService = createServer((request, response) => {
      pushed.push({ url: request.url ?? '', encoding: String(request.headers['content-encoding']) });
      request.resume();
      response.writeHead(pushStatus).end();
    });
    await new Promise<void>((resolve) => pushService.listen(0, '127.0.0.1', resolve));
    pushUrl = `http://127.0.0.1:${(pushService.address() as AddressInfo).port}`;
    api = await startApi({
      settings: {
        VAPID_PUBLIC_KEY: vapid.publicKey,
        VAPID_PRIVATE_KEY: vapid.privateKey,
        EGRESS_ALLOW_HOSTS: '127.0.0.1',
      },
    });
    [acme, beta] = [await api.customer('acme'), await api.customer('beta')];
  });
  beforeEach(() => {
    pushed = [];
    pushStatus = 201;
  });
  afterAll(async () => {
    await api?.stop();
    pushService?.close();
    pushService?.closeAllConnections();
  });

  const call = async (member: Member, method: string, path: string, body?: object) => {
    const answer = await api.call(method, `/notifications${path}`, { token: member.token, body });
    return { ...answer, item: answer.body as Item, items: (answer.body as Page).items };
  };
  const subscribe = (member: Member, endpoint: string) =>
    call(member, 'POST', '/push/subscriptions', subscription(endpoint));
  const auditOf = (tenantId: string, target: string) =>
    api.database.sql<{ action: string }>(
      'select action from audit_log where tenant_id = $1 and target = $2 order by seq',
      [tenantId, target],
    );

  it('channels are made, changed and removed, and each of it is in the audit log', async () => {
    const { admin, viewer } = acme.members;
    const made = await call(admin, 'POST', '/channels', {
      type: 'email',
      name: ' Team ',
      recipients: ['One@acme.test', 'one@ACME.test', 'two@acme.test'],
    });
    expect(made.status).toBe(201);
    expect(made.item).toMatchObject({
      name: 'Team',
      recipients: ['One@acme.test', 'two@acme.test'],
      minSeverity: 'medium',
      enabled: true,
      lastError: null,
      lastSentAt: null,
    });
    const { secret, ...channel } = made.item;
    expect(secret).toBeNull();
    const { id } = channel;
    await api.database.sql(`update notification_channels set last_error = 'refused' where id = $1`, [id]);
    expect((await call(viewer, 'GET', '/channels')).items).toEqual([{ ...channel, lastError: 'refused' }]);
    const changed = await call(admin, 'PATCH', `/channels/${id}`, {
      minSeverity: 'critical',
      enabled: false,
    });
    expect(changed.item).toEqual({ ...channel, minSeverity: 'critical', enabled: false });
    expect((await call(admin, 'DELETE', `/channels/${id}`)).status).toBe(204);
    expect((await call(viewer, 'GET', '/channels')).items).toEqual([]);
    expect((await auditOf(acme.id, id)).map(({ action }) => action)).toEqual([
      'channel.created',
      'channel.updated',
      'channel.deleted',
    ]);
  });

  it('channels are the administrators’, and a foreign one is a missing one', async () => {
    const body = { type: 'email', name: 'Team', recipients: ['a@beta.test'] };
    const foreign = await call(beta.members.admin, 'POST', '/channels', body);
    expect((await call(acme.members.analyst, 'POST', '/channels', body)).status).toBe(403);
    const path = `/channels/${foreign.item.id}`;
    expect((await call(acme.members.admin, 'PATCH', path, { enabled: false })).status).toBe(404);
    expect((await call(acme.members.admin, 'DELETE', path)).status).toBe(404);
    expect((await call(acme.members.admin, 'GET', '/channels')).items).toEqual([]);
    expect((await call(beta.members.viewer, 'GET', '/channels')).items).toMatchObject([
      { id: foreign.item.id },
    ]);
    const wrong = await call(acme.members.admin, 'POST', '/channels', { ...body, recipients: ['nobody'] });
    expect(problemOf(wrong).errors?.[0]?.path).toBe('body.recipients.0');
  });

  it('push subscriptions are their user’s alone, even before the administrator', async () => {
    const { admin, viewer } = acme.members;
    const made = await subscribe(viewer, 'https://push.example.test/viewer');
    expect(made.status).toBe(201);
    expect(made.item).toMatchObject({ endpointHost: 'push.example.test', label: 'Firefox on Linux' });
    expect(JSON.stringify(made.body)).not.toContain('/viewer');
    expect((await call(viewer, 'GET', '/push/subscriptions')).items).toEqual([made.item]);
    expect((await call(admin, 'GET', '/push/subscriptions')).items).toEqual([]);
    for (const other of [admin, beta.members.viewer]) {
      expect((await call(other, 'POST', `/push/subscriptions/${made.item.id}/test`)).status).toBe(404);
      expect((await call(other, 'DELETE', `/push/subscriptions/${made.item.id}`)).status).toBe(404);
    }
    expect((await call(viewer, 'DELETE', `/push/subscriptions/${made.item.id}`)).status).toBe(204);
    expect((await call(viewer, 'GET', '/push/subscriptions')).items).toEqual([]);
  });

  it('the same endpoint again replaces what was there, and then belongs to who sent it', async () => {
    const { analyst, viewer } = acme.members;
    const endpoint = 'https://push.example.test/shared';
    const first = await subscribe(viewer, endpoint);
    const again = await subscribe(viewer, endpoint);
    expect(again.item.id).toBe(first.item.id);
    const taken = await subscribe(analyst, endpoint);
    expect(taken.item.id).not.toBe(first.item.id);
    expect((await call(viewer, 'GET', '/push/subscriptions')).items).toEqual([]);
    expect((await call(analyst, 'GET', '/push/subscriptions')).items).toEqual([taken.item]);
    await call(analyst, 'DELETE', `/push/subscriptions/${taken.item.id}`);
  });

  it.each([
    ['R41 the loopback', 'https://127.0.0.2/x', 'body.endpoint'],
    ['R41 cloud metadata', 'https://169.254.169.254/latest', 'body.endpoint'],
    ['R41 plain HTTP', 'http://push.example.test/x', 'body.endpoint'],
  ])('a subscription at %s is refused', async (_name, endpoint, path) => {
    const answer = await subscribe(acme.members.viewer, endpoint);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).errors?.map((error) => error.path)).toEqual([path]);
  });

  it('a subscription whose keys are none is refused', async () => {
    const body = {
      endpoint: 'https://push.example.test/k',
      keys: { p256dh: 'A'.repeat(87), auth: 'AAAAAAAA' },
    };
    const answer = await call(acme.members.viewer, 'POST', '/push/subscriptions', body);
    expect(problemOf(answer).errors?.map(({ path }) => path)).toEqual(['body.keys.p256dh', 'body.keys.auth']);
  });

  it('a test message goes out encrypted, and a subscription that ended is removed', async () => {
    const { viewer } = acme.members;
    expect((await call(viewer, 'GET', '/push/key')).body).toEqual({ publicKey: vapid.publicKey });
    const { item } = await subscribe(viewer, `${pushUrl}/to-viewer`);
    const path = `/push/subscriptions/${item.id}/test`;
    expect((await call(viewer, 'POST', path)).status).toBe(204);
    expect(pushed).toEqual([{ url: '/to-viewer', encoding: 'aes128gcm' }]);
    expect((await call(viewer, 'GET', '/push/subscriptions')).items[0]?.lastSentAt).not.toBeNull();
    pushStatus = 500;
    expect((await call(viewer, 'POST', path)).status).toBe(503);
    pushStatus = 410;
    expect((await call(viewer, 'POST', path)).status).toBe(409);
    expect((await call(viewer, 'GET', '/push/subscriptions')).items).toEqual([]);
  });
});
