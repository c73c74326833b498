import { jest } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { LIVE_CHANNEL, liveEnvelopeSchema, type LiveEnvelope, type OutboxMessage } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { createRedis, Producer } from '@parapet/queue';
import { createLogger } from '@parapet/telemetry';
import {
  aTenant,
  aUser,
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
  type TestTenant,
} from '@parapet/testing';
import type { Redis } from 'ioredis';
import webpush from 'web-push';
import { loadApiSettings } from '../../apps/api/src/core/api-settings.js';
import { CoreModule } from '../../apps/api/src/core/core.module.js';
import { Delivery } from '../../apps/api/src/notifiers/delivery.service.js';
import { NotifiersModule } from '../../apps/api/src/notifiers/notifiers.module.js';
import { OutboxRelay, type RelayStep } from '../../apps/api/src/notifiers/outbox-relay.js';
import { OutboxRepository } from '../../apps/api/src/notifiers/outbox.repository.js';
import { storedAlert } from './support/api-rows.js';
import { Mailbox } from './support/mailbox.js';
import { PushService } from './support/push-service.js';

jest.setTimeout(60_000);

const logger = createLogger('test', 'silent');
const vapid = webpush.generateVAPIDKeys();

let database: TestDatabase;
let redis: TestRedis;
let mailbox: Mailbox;
let push: PushService;
let subscriber: Redis;
const live: (LiveEnvelope & { at: number })[] = [];
const processes: { close(): Promise<void> }[] = [];

function settings() {
  return loadApiSettings({
    NODE_ENV: 'test',
    DATABASE_URL: database.databaseUrl,
    REDIS_URL: redis.url,
    JWT_SECRET: 'the-signing-key-of-the-notifier-tests-012345',
    CSRF_SECRET: 'the-csrf-key-of-the-notifier-tests-0123456789',
    LOG_LEVEL: 'silent',
    SMTP_URL: mailbox.url,
    PUBLIC_URL: 'https://siem.example.test',
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    EGRESS_ALLOW_HOSTS: '127.0.0.1',
  });
}

/** The notifiers as they run in an API process, without its HTTP side. */
async function startProcess() {
  class Root {}
  const app = await NestFactory.createApplicationContext(
    { module: Root, imports: [CoreModule.forRoot(settings(), logger, {}), NotifiersModule] },
    { logger: false, abortOnError: false },
  );
  processes.push(app);
  return app;
}

async function stopProcesses() {
  await Promise.all(processes.splice(0).map((process) => process.close()));
}

/** As the processor announces an alert. */
async function announce(
  tenantId: string,
  alertId: string,
  kind: 'alert.created' | 'alert.updated' = 'alert.created',
) {
  const message: OutboxMessage = { kind, v: 1, tenantId, alertId };
  await database.sql('insert into outbox (tenant_id, kind, payload) values ($1, $2, $3)', [
    tenantId,
    kind,
    message,
  ]);
  await database.sql(`select pg_notify('parapet_outbox', '')`);
}

async function channel(tenantId: string, given: { to: string[]; min?: number; enabled?: boolean }) {
  const id = newId();
  await database.sql(
    `insert into notification_channels (id, tenant_id, type, name, recipients, min_severity, enabled)
     values ($1, $2, 'email', 'Team', $3, $4, $5)`,
    [id, tenantId, given.to, given.min ?? 1, given.enabled ?? true],
  );
  return id;
}

async function subscription(tenantId: string, userId: string, min = 1) {
  const id = newId();
  const target = push.subscription();
  await database.sql(
    `insert into push_subscriptions (id, tenant_id, user_id, endpoint, p256dh, auth, min_severity)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, tenantId, userId, target.endpoint, target.p256dh, target.auth, min],
  );
  return { id, path: new URL(target.endpoint).pathname };
}

interface Row {
  channel: string;
  recipient: string;
  status: string;
  attempts: number;
  error: string | null;
}
const rowsOf = (alertId: string) =>
  database.sql<Row>(
    'select channel, recipient, status, attempts, error from notifications where alert_id = $1 order by channel, recipient',
    [alertId],
  );
const settled = (alertId: string, timeoutMs = 15_000) =>
  waitFor(
    async () => {
      const rows = await rowsOf(alertId);
      return rows.length > 0 && rows.every(({ status }) => status !== 'pending') && rows;
    },
    { what: 'every notification to end', timeoutMs },
  );
const openMessages = async () =>
  (await database.sql('select 1 from outbox where processed_at is null')).length;
const liveOf = (alertId: string) => live.filter(({ message }) => message.alert.id === alertId);

beforeAll(async () => {
  [database, redis, mailbox, push] = await Promise.all([
    createTestDatabase(),
    createTestRedis(),
    Mailbox.start(),
    PushService.start(),
  ]);
  subscriber = createRedis(redis.url);
  await subscriber.subscribe(LIVE_CHANNEL);
  subscriber.on('message', (_channel, text) =>
    live.push({ ...liveEnvelopeSchema.parse(JSON.parse(text)), at: Date.now() }),
  );
});
afterEach(async () => {
  push.answers = [{ status: 201 }];
  await stopProcesses();
  await redis.client.flushdb();
});
afterAll(async () => {
  subscriber.disconnect();
  await Promise.all([mailbox.stop(), push.stop()]);
  await database.drop();
  await redis.drop();
});

let count = 0;
async function customer(): Promise<TestTenant & { userId: string; address: string }> {
  const tenant = await aTenant(database.tenants, { slug: `customer-${++count}`, name: `Customer ${count}` });
  const user = await aUser(database.tenants, tenant.id);
  return { ...tenant, userId: user.id, address: `soc@customer-${count}.test` };
}

describe('an alert', () => {
  it('is told once to each recipient: addresses, browsers, pages; of its own tenant only', async () => {
    const [own, other] = [await customer(), await customer()];
    await channel(own.id, { to: [own.address, 'second@one.test'] });
    await channel(own.id, { to: [own.address.toUpperCase()] });
    await channel(other.id, { to: [other.address] });
    const browser = await subscription(own.id, own.userId);
    const foreign = await subscription(other.id, other.userId);
    await Promise.all([startProcess(), startProcess()]);

    const alertId = await storedAlert(database, own.id);
    const begun = Date.now();
    await Promise.all([announce(own.id, alertId), announce(own.id, alertId)]);
    await waitFor(() => liveOf(alertId).length > 0);
    const latency = (liveOf(alertId)[0]?.at ?? Infinity) - begun;
    const rows = await settled(alertId);
    await announce(own.id, alertId);
    await waitFor(async () => (await openMessages()) === 0);

    expect(rows).toEqual([
      { channel: 'email', recipient: 'second@one.test', status: 'sent', attempts: 1, error: null },
      { channel: 'email', recipient: own.address, status: 'sent', attempts: 1, error: null },
      { channel: 'webpush', recipient: browser.id, status: 'sent', attempts: 1, error: null },
      { channel: 'websocket', recipient: 'tenant', status: 'sent', attempts: 1, error: null },
    ]);
    expect(mailbox.to(own.address)).toHaveLength(1);
    expect(mailbox.to(other.address)).toEqual([]);
    expect(push.requests.filter(({ path }) => path === browser.path)).toHaveLength(1);
    expect(push.requests.filter(({ path }) => path === foreign.path)).toEqual([]);
    expect(liveOf(alertId)).toEqual([
      expect.objectContaining({
        tenantId: own.id,
        message: expect.objectContaining({ kind: 'alert.created' }),
      }),
    ]);
    expect(latency).toBeLessThan(1000);
  });

  it('is not told below a threshold, by a disabled channel, or to a disabled user', async () => {
    const own = await customer();
    await channel(own.id, { to: ['high@two.test'], min: 4 });
    await channel(own.id, { to: ['critical@two.test'], min: 5 });
    await channel(own.id, { to: ['off@two.test'], enabled: false });
    const disabled = await aUser(database.tenants, own.id);
    await database.sql(`update users set status = 'disabled' where id = $1`, [disabled.id]);
    const told = await subscription(own.id, own.userId, 4);
    await subscription(own.id, own.userId, 5);
    await subscription(own.id, disabled.id);
    await startProcess();
    const alertId = await storedAlert(database, own.id, { severity: 'high' });
    await announce(own.id, alertId);
    expect((await settled(alertId)).map(({ recipient }) => recipient)).toEqual([
      'high@two.test',
      told.id,
      'tenant',
    ]);
  });

  it('that was updated goes to the pages, several changes as one', async () => {
    const own = await customer();
    const alertId = await storedAlert(database, own.id, { events: 17 });
    for (let i = 0; i < 5; i++) {
      const message = { kind: 'alert.updated', v: 1, tenantId: own.id, alertId };
      await database.sql(`insert into outbox (tenant_id, kind, payload) values ($1, 'alert.updated', $2)`, [
        own.id,
        message,
      ]);
    }
    await startProcess();
    await waitFor(async () => (await openMessages()) === 0);
    await waitFor(() => liveOf(alertId).length > 0);
    expect(liveOf(alertId).map(({ message }) => [message.kind, message.alert.eventCount])).toEqual([
      ['alert.updated', 17],
    ]);
    expect(await rowsOf(alertId)).toEqual([]);
  });
});

it('a hundred alerts at once reach the pages without waiting for their mails', async () => {
  const own = await customer();
  await channel(own.id, { to: [own.address] });
  const ids = await Promise.all(Array.from({ length: 100 }, () => storedAlert(database, own.id)));
  await startProcess();
  for (const id of ids) await announce(own.id, id);
  await waitFor(() => ids.every((id) => liveOf(id).length > 0), { what: 'a hundred live messages' });
  const unsent = await database.sql(
    `select 1 from notifications where tenant_id = $1 and channel = 'email' and status = 'pending'`,
    [own.id],
  );
  expect(unsent.length).toBeGreaterThan(0);
  await waitFor(() => mailbox.to(own.address).length === 100, { what: 'a hundred mails', timeoutMs: 40_000 });
  expect(ids.every((id) => liveOf(id).length === 1)).toBe(true);
});

describe('R14 a relay that dies', () => {
  it.each<RelayStep>(['planned', 'queued', 'committed'])(
    'after “%s” loses nothing and doubles nothing',
    async (step) => {
      const own = await customer();
      await channel(own.id, { to: [own.address] });
      const alertId = await storedAlert(database, own.id);
      await announce(own.id, alertId);
      const connection = createRedis(redis.url);
      const producer = new Producer('notify', connection);
      const dying = new OutboxRelay({
        outbox: new OutboxRepository(database.tenants, database.pool('parapet_app')),
        producer,
        redis: connection,
        replays: { carry: () => Promise.resolve() },
        response: { answer: () => Promise.resolve() },
        markSent: () => Promise.resolve(),
        logger,
        at: (reached) => {
          if (reached === step) throw new TypeError('died');
        },
      });
      await expect(dying.pass()).rejects.toThrow();
      await producer.close();
      connection.disconnect();

      await startProcess();
      const rows = await settled(alertId);
      expect(rows.map(({ channel: name, status }) => [name, status])).toEqual([
        ['email', 'sent'],
        ['websocket', 'sent'],
      ]);
      expect(mailbox.to(own.address)).toHaveLength(1);
      expect(await openMessages()).toBe(0);
      expect(liveOf(alertId)).toHaveLength(1);
    },
  );

  it('and a job that comes twice sends once', async () => {
    const own = await customer();
    await channel(own.id, { to: [own.address] });
    const app = await startProcess();
    const alertId = await storedAlert(database, own.id);
    await announce(own.id, alertId);
    await settled(alertId);
    const [row] = await database.sql<{ id: string }>(
      `select id from notifications where alert_id = $1 and channel = 'email'`,
      [alertId],
    );
    expect(await app.get(Delivery).run(own.id, row?.id ?? '', false)).toEqual({ done: true });
    expect(mailbox.to(own.address)).toHaveLength(1);
  });
});

describe('e-mail', () => {
  it('is tried again until the server takes it, and sent once', async () => {
    const own = await customer();
    const channelId = await channel(own.id, { to: [own.address] });
    mailbox.failures = 2;
    await startProcess();
    const alertId = await storedAlert(database, own.id);
    await announce(own.id, alertId);
    const [mail] = await settled(alertId, 20_000);
    expect(mail).toMatchObject({ status: 'sent', attempts: 3, error: null });
    expect(mailbox.to(own.address)).toHaveLength(1);
    const [state] = await database.sql<{ last_error: string | null; last_sent_at: Date | null }>(
      'select last_error, last_sent_at from notification_channels where id = $1',
      [channelId],
    );
    expect(state).toEqual({ last_error: null, last_sent_at: expect.any(Date) });
  });

  it('to an address that is refused for good is given up with the reason', async () => {
    const own = await customer();
    mailbox.unknown.add(own.address);
    await channel(own.id, { to: [own.address] });
    await startProcess();
    const alertId = await storedAlert(database, own.id);
    await announce(own.id, alertId);
    const [mail] = await settled(alertId);
    expect(mail).toMatchObject({ status: 'failed', attempts: 1, error: expect.stringContaining('550') });
  });

  it('R38 shows hostile text as text, and lets none into its headers', async () => {
    const own = await customer();
    await channel(own.id, { to: [own.address] });
    const alertId = await storedAlert(database, own.id, {
      title: 'Brute\r\nBcc: victim@evil.test\r\n\r\n<img src=x onerror=alert(1)> \u202egpj.exe \u001b[31m',
    });
    await database.sql(
      `insert into alert_events (tenant_id, alert_id, event_id, ts, event) values ($1, $2, $3, now(), $4)`,
      [
        own.id,
        alertId,
        newId(),
        {
          id: newId(),
          '@timestamp': '2026-11-20T10:00:00.000Z',
          'event.ingested': '2026-11-20T10:00:00.000Z',
          'event.original': '<script>alert(1)</script> \u202e\u001b[2J "quoted"',
          message: 'x',
        },
      ],
    );
    await startProcess();
    await announce(own.id, alertId);
    await settled(alertId);
    const [mail] = mailbox.to(own.address);
    expect(mail?.subject).toBe(
      `[Parapet] High: Brute Bcc: victim@evil.test <img src=x onerror=alert(1)> gpj.exe [31m · ${own.name}`,
    );
    expect(mail?.bcc ?? []).toEqual([]);
    expect(mail?.html).not.toMatch(/<(img|script)/);
    expect(mail?.html).toContain(
      '&lt;script&gt;alert(1)&lt;/script&gt; \\u202e\\u001b[2J &quot;quoted&quot;',
    );
    expect(mail?.text).toContain('<script>alert(1)</script> \\u202e\\u001b[2J');
    expect(`${mail?.html ?? ''}${mail?.text ?? ''}`).not.toMatch(/[^\P{Cc}\r\n]|\p{Cf}/u);
    expect(mail?.text).toContain(`https://siem.example.test/alerts/${alertId}`);
    const header = (key: string) => mail?.headers.find((found) => found.key === key)?.value;
    expect(header('auto-submitted')).toBe('auto-generated');
    expect(header('x-auto-response-suppress')).toBe('All');
    const [row] = await database.sql<{ id: string }>(
      `select id from notifications where alert_id = $1 and channel = 'email'`,
      [alertId],
    );
    expect(mail?.messageId).toBe(`<${row?.id ?? ''}@siem.example.test>`);
  });
});

describe('R43 web push', () => {
  it.each([404, 410])('forgets a subscription that is gone (%i)', async (status) => {
    const own = await customer();
    const browser = await subscription(own.id, own.userId);
    push.answers = [{ status }];
    await startProcess();
    const alertId = await storedAlert(database, own.id);
    await announce(own.id, alertId);
    const [row] = await settled(alertId);
    expect(row).toMatchObject({ channel: 'webpush', status: 'failed', error: 'gone' });
    expect(await database.sql('select 1 from push_subscriptions where id = $1', [browser.id])).toEqual([]);
  });

  it('waits as long as a 429 says, and that costs no attempt', async () => {
    const own = await customer();
    const browser = await subscription(own.id, own.userId);
    push.answers = [{ status: 429, headers: { 'retry-after': '2' } }, { status: 201 }];
    await startProcess();
    const alertId = await storedAlert(database, own.id);
    await announce(own.id, alertId);
    const [row] = await settled(alertId);
    expect(row).toMatchObject({ channel: 'webpush', status: 'sent', attempts: 1 });
    const [first, second, third] = push.requests.filter(({ path }) => path === browser.path);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2000);
    expect(third).toBeUndefined();
  });

  it('of a long alert stays within 3 kB', async () => {
    const own = await customer();
    const browser = await subscription(own.id, own.userId);
    await startProcess();
    const alertId = await storedAlert(database, own.id, { title: '\u202e😀'.repeat(5000) });
    await announce(own.id, alertId);
    const [row] = await settled(alertId);
    expect(row).toMatchObject({ channel: 'webpush', status: 'sent' });
    expect(push.requests.find(({ path }) => path === browser.path)?.bytes).toBeLessThan(3000);
  });
});
