import { jest } from '@jest/globals';
import type { AlertDetail, CreatedChannel, OutboxMessage } from '@parapet/contracts';
import { waitFor } from '@parapet/testing';
import { storedAlert } from './support/api-rows.js';
import { problemOf, startApi, type ApiServer, type Member } from './support/api-server.js';
import { isSigned, WebhookReceiver } from './support/webhook-receiver.js';

jest.setTimeout(60_000);

type Customer = Awaited<ReturnType<ApiServer['customer']>>;

let api: ApiServer;
let receiver: WebhookReceiver;
let acme: Customer;
let beta: Customer;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  api = await startApi({
    settings: { EGRESS_ALLOW_HOSTS: '127.0.0.1', PUBLIC_URL: 'https://siem.example.test' },
  });
  [acme, beta] = [await api.customer('acme'), await api.customer('beta')];
});
beforeEach(() => {
  receiver.answers = [200];
});
afterEach(() => api.database.sql('delete from notification_channels'));
afterAll(async () => {
  await api?.stop();
  await receiver?.stop();
});

const call = (member: Member, method: string, path: string, body?: object) =>
  api.call(method, `/notifications/channels${path}`, { token: member.token, body });
let made = 0;
async function webhook(customer: Customer, given: object = {}) {
  const path = `/hook-${(made += 1)}?key=hidden`;
  const answer = await call(customer.members.admin, 'POST', '', {
    type: 'webhook',
    name: `SOAR ${made}`,
    url: receiver.url(path),
    ...given,
  });
  expect(answer.status).toBe(201);
  return { path, channel: answer.body as CreatedChannel };
}
async function announced(tenantId: string, given: Parameters<typeof storedAlert>[2] = {}): Promise<string> {
  const alertId = await storedAlert(api.database, tenantId, given);
  const message: OutboxMessage = { kind: 'alert.created', v: 1, tenantId, alertId };
  const sql = `insert into outbox (tenant_id, kind, payload) values ($1, 'alert.created', $2)`;
  await api.database.sql(sql, [tenantId, message]);
  await api.database.sql(`select pg_notify('parapet_outbox', '')`);
  return alertId;
}
const settled = (alertId: string) =>
  waitFor(
    async () => {
      const rows = await api.database.sql<{ status: string; attempts: number; error: string | null }>(
        `select status, attempts, error from notifications where alert_id = $1 and channel = 'webhook' order by created_at`,
        [alertId],
      );
      return rows.length > 0 && rows.every(({ status }) => status !== 'pending') && rows;
    },
    { what: 'the webhooks to end', timeoutMs: 20_000 },
  );
const stateOf = async (id: string) => {
  const sql = 'select enabled, last_error from notification_channels where id = $1';
  return (await api.database.sql<{ enabled: boolean; last_error: string | null }>(sql, [id]))[0];
};

describe('an alert', () => {
  it('reaches each webhook of its own tenant once, signed with that one’s key', async () => {
    const [one, two] = [await webhook(acme), await webhook(acme)];
    const [deaf, foreign] = [await webhook(acme, { minSeverity: 'critical' }), await webhook(beta)];
    const alertId = await announced(acme.id, {
      title: 'A "title" \u202e with\u0000 bytes'.replace('\u0000', ''),
    });
    expect(await settled(alertId)).toEqual([
      { status: 'sent', attempts: 1, error: null },
      { status: 'sent', attempts: 1, error: null },
    ]);
    expect([...receiver.at(deaf.path), ...receiver.at(foreign.path)]).toEqual([]);
    for (const { path, channel } of [one, two]) {
      const [message, ...more] = receiver.at(path);
      expect(more).toEqual([]);
      if (!message) throw new Error('nothing came');
      expect(isSigned(message, channel.secret ?? '')).toBe(true);
      expect(isSigned(message, foreign.channel.secret ?? '')).toBe(false);
      expect(Math.abs(Number(message.headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(30_000);
      expect(JSON.parse(message.body)).toMatchObject({
        type: 'alert.created',
        data: {
          tenant: 'acme',
          url: `https://siem.example.test/alerts/${alertId}`,
          alert: { id: alertId, severity: 'high', group: { 'source.ip': '203.0.113.7' } },
        },
      });
    }
    const detail = await api.call('GET', `/alerts/${alertId}`, { token: acme.members.viewer.token });
    const told = (detail.body as AlertDetail).notifications.filter(({ channel }) => channel === 'webhook');
    expect(told.map(({ recipient }) => recipient).sort()).toEqual([one.channel.name, two.channel.name]);
  });

  it('is sent again, under the same id, until the receiver takes it', async () => {
    const { path, channel } = await webhook(acme);
    receiver.answers = [500, 302, 200];
    expect(await settled(await announced(acme.id))).toEqual([{ status: 'sent', attempts: 3, error: null }]);
    const messages = receiver.at(path);
    expect(messages).toHaveLength(3);
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await stateOf(channel.id)).toEqual({ enabled: true, last_error: null });
  });

  it('is not sent to a receiver that is gone, which is switched off', async () => {
    const { path, channel } = await webhook(acme);
    receiver.answers = [410];
    const [row] = await settled(await announced(acme.id));
    expect(row).toMatchObject({ status: 'failed', attempts: 1, error: expect.stringContaining('410') });
    expect(await stateOf(channel.id)).toEqual({
      enabled: false,
      last_error: expect.stringContaining('410'),
    });
    receiver.answers = [200];
    const later = await announced(acme.id);
    await waitFor(
      async () => (await api.database.sql('select from outbox where processed_at is null')).length === 0,
    );
    expect(
      await api.database.sql(`select from notifications where alert_id = $1 and channel = 'webhook'`, [
        later,
      ]),
    ).toEqual([]);
    expect(receiver.at(path)).toHaveLength(1);
  });

  it('R41 does not reach an address that became private after the webhook was made', async () => {
    const { channel } = await webhook(acme);
    await api.database.sql(`update notification_channels set url = 'https://10.0.0.1/x' where id = $1`, [
      channel.id,
    ]);
    const [row] = await settled(await announced(acme.id));
    expect(row).toMatchObject({ status: 'failed', attempts: 1, error: expect.stringContaining('10.0.0.1') });
    expect((await stateOf(channel.id))?.last_error).toContain('10.0.0.1');
  });
});

describe('a webhook', () => {
  it.each([
    ['R41 the loopback', 'https://127.0.0.2/x'],
    ['R41 cloud metadata', 'https://169.254.169.254/latest'],
    ['R41 a mapped private address', 'https://[::ffff:192.168.0.1]/'],
    ['R41 plain HTTP', 'http://hooks.example.test/x'],
    ['a password', 'https://user:secret@hooks.example.test/x'],
    ['another scheme', 'ftp://hooks.example.test/x'],
  ])('at %s is refused, new or changed', async (_name, url) => {
    const { admin } = acme.members;
    const answers = [
      await call(admin, 'POST', '', { type: 'webhook', name: 'x', url }),
      await call(admin, 'PATCH', `/${(await webhook(acme)).channel.id}`, { url }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(problemOf(answer).errors?.map(({ path }) => path)).toEqual(['body.url']);
    }
  });

  it.each([
    [{ type: 'webhook', name: 'x' }, 'body.url'],
    [{ type: 'webhook', name: 'x', url: 'https://a.example/', recipients: ['a@b.test'] }, 'body.recipients'],
    [{ type: 'email', name: 'x' }, 'body.recipients'],
    [{ type: 'email', name: 'x', recipients: ['a@b.test'], url: 'https://a.example/' }, 'body.url'],
  ])('has a URL, an e-mail channel addresses: %j', async (body, path) => {
    const answer = await call(acme.members.admin, 'POST', '', body);
    expect(problemOf(answer).errors?.map((error) => error.path)).toEqual([path]);
  });

  it('stays what it is when it is changed', async () => {
    const { admin } = acme.members;
    const { channel } = await webhook(acme);
    const mail = await call(admin, 'POST', '', { type: 'email', name: 'x', recipients: ['a@b.test'] });
    const mailId = (mail.body as CreatedChannel).id;
    expect(mail.body).toMatchObject({ url: null, secret: null });
    expect((await call(admin, 'PATCH', `/${channel.id}`, { recipients: ['a@b.test'] })).status).toBe(400);
    expect((await call(admin, 'PATCH', `/${mailId}`, { url: receiver.url('/x') })).status).toBe(400);
    expect((await call(admin, 'POST', `/${mailId}/secret`)).status).toBe(409);
    expect((await call(admin, 'POST', `/${mailId}/test`)).status).toBe(409);
    const changed = await call(admin, 'PATCH', `/${channel.id}`, { url: receiver.url('/moved') });
    expect(changed.body).toMatchObject({ url: receiver.url('/moved') });
    expect(changed.body).not.toHaveProperty('secret');
  });

  it('shows its key once, and its path to administrators only', async () => {
    const { channel } = await webhook(acme);
    const { admin, viewer } = acme.members;
    const [forAdmin, forViewer] = [await call(admin, 'GET', ''), await call(viewer, 'GET', '')];
    const { secret, ...shown } = channel;
    expect(secret).toMatch(/^whsec_/);
    expect(forAdmin.body).toMatchObject({ items: [shown] });
    expect(forViewer.body).toMatchObject({ items: [{ ...shown, url: receiver.url('/…') }] });
    expect(JSON.stringify([forAdmin.body, forViewer.body])).not.toContain(secret);
    const stored = await api.database.sql<{ all: string }>(
      `select secret::text || url as all from notification_channels union all select details::text from audit_log`,
    );
    const raw = Buffer.from(secret?.slice(6) ?? '', 'base64').toString('hex');
    expect(stored.some((row) => row.all.includes(raw) || row.all.includes(secret ?? '?'))).toBe(false);
    const audits = await api.database.sql<{ details: object }>(
      `select details from audit_log where action = 'channel.created' and target = $1`,
      [channel.id],
    );
    expect(JSON.stringify(audits)).not.toContain('hidden');
  });

  it('can be tried, and tells what came of it', async () => {
    const { path, channel } = await webhook(acme, { enabled: false });
    const { admin, analyst } = acme.members;
    expect((await call(analyst, 'POST', `/${channel.id}/test`)).status).toBe(403);
    expect((await call(admin, 'POST', `/${channel.id}/test`)).status).toBe(204);
    const [message] = receiver.at(path);
    if (!message) throw new Error('nothing came');
    expect(isSigned(message, channel.secret ?? '')).toBe(true);
    expect(JSON.parse(message.body)).toMatchObject({ type: 'test' });
    receiver.answers = [503];
    const failed = await call(admin, 'POST', `/${channel.id}/test`);
    expect([failed.status, problemOf(failed).detail]).toEqual([503, expect.stringContaining('answered 503')]);
    expect(await stateOf(channel.id)).toEqual({ enabled: false, last_error: 'the receiver answered 503' });
  });

  it('gets a new key, and signs with that one from then on', async () => {
    const { path, channel } = await webhook(acme);
    const { admin } = acme.members;
    const renewed = (await call(admin, 'POST', `/${channel.id}/secret`)).body as CreatedChannel;
    expect(renewed.secret).not.toBe(channel.secret);
    await call(admin, 'POST', `/${channel.id}/test`);
    const [message] = receiver.at(path);
    if (!message) throw new Error('nothing came');
    expect([channel, renewed].map(({ secret }) => isSigned(message, secret ?? ''))).toEqual([false, true]);
  });
});
