import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anApiKey, createTestDatabase, waitFor, type TestDatabase, type TestTenant } from '@parapet/testing';
import { makeAuthority, makeServerCertificate } from '../../scripts/lib/certificates.mjs';
import {
  connectFrom,
  metric,
  queuedEvents,
  startIngestor,
  twoTenants,
  type RunningIngestor,
} from './support/ingestor.js';
import { OwnRedis } from './support/own-redis.js';

let database: TestDatabase;
let redis: OwnRedis;
let ingestor: RunningIngestor | undefined;
let acme: TestTenant;
let beta: TestTenant;
let keys: { acme: string; beta: string };

beforeAll(async () => {
  database = await createTestDatabase();
  ({ acme, beta } = await twoTenants(database));
  keys = {
    acme: (await anApiKey(database.tenants, acme.id)).key,
    beta: (await anApiKey(database.tenants, beta.id)).key,
  };
});
afterAll(() => database.drop());
beforeEach(async () => {
  redis = await OwnRedis.start();
});
afterEach(async () => {
  redis.thaw();
  await ingestor?.stop();
  ingestor = undefined;
  await redis.drop();
});

async function start(given: Record<string, string> = {}): Promise<void> {
  ingestor = await startIngestor(database.databaseUrl, redis.url, {
    REDIS_ALLOW_VOLATILE: 'false',
    ...given,
  });
}

/** `signal`: a sender that gives up. */
async function post(
  body: string,
  { key = keys.acme, path = '/ingest', signal }: { key?: string; path?: string; signal?: AbortSignal } = {},
) {
  const response = await fetch(`http://127.0.0.1:${ingestor?.ports.http}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    signal,
  });
  const json: unknown = await response.json();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), json };
}

const queued = () =>
  redis.ask((client) => {
    client.options.maxRetriesPerRequest = null;
    return queuedEvents(client);
  });
const event = (n: number | string) => JSON.stringify({ message: `event ${n}` });
/** The same request in each protocol. */
const EVERYWHERE: readonly { path: string; body: string; refused: object }[] = [
  { path: '/ingest', body: event(0), refused: { status: 429 } },
  { path: '/services/collector', body: '{"event":"a"}', refused: { text: 'Server is busy', code: 9 } },
  {
    path: '/_bulk',
    body: `{"create":{}}\n${event(0)}\n`,
    refused: { status: 429, error: { type: 'es_rejected_execution_exception' } },
  },
  {
    path: '/v1/logs',
    body: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}}]}]}]}',
    refused: { code: 8 },
  },
];

describe('429', () => {
  test('over quota with the slower lane full: that tenant alone, in every protocol, until there is room', async () => {
    await database.sql('update tenants set quota_eps = 1, quota_burst = 5 where id = $1', [acme.id]);
    try {
      // A quarter of it makes the slower lane full.
      await start({ QUEUE_HIGH_WATER_BATCHES: '40' });
      const refused = await waitFor(
        async () => {
          const answer = await post(event(1));
          return answer.status === 429 && answer;
        },
        { what: '429', timeoutMs: 20_000 },
      );
      expect(refused).toMatchObject({ retryAfter: '5', json: { code: 'over_quota', status: 429 } });
      for (const { path, body, refused: json } of EVERYWHERE)
        await waitFor(
          async () => {
            // Once a second one event is within the quota.
            const answer = await post(body, { path });
            if (answer.status === 200) return false;
            expect(answer).toMatchObject({ status: 429, retryAfter: '5', json });
            return true;
          },
          { what: `429 of ${path}` },
        );
      const before = await redis.ask((client) => client.llen('parapet:overflow:wait'));
      expect(before).toBeGreaterThanOrEqual(10);
      for (const { path, body } of EVERYWHERE)
        expect(await post(body, { path, key: keys.beta })).toMatchObject({ status: 200 });
      expect(await metric('parapet_backpressure')).toBe(0);
      // Somebody works the lane off.
      await redis.ask((client) => client.del('parapet:overflow:wait'));
      await waitFor(async () => (await post(event(2))).status === 200, { what: 'room' });
    } finally {
      await database.sql('update tenants set quota_eps = 100000, quota_burst = 500000 where id = $1', [
        acme.id,
      ]);
    }
  }, 60_000);

  test('a long queue: everybody, in every protocol, until it is shorter', async () => {
    await start({ QUEUE_HIGH_WATER_BATCHES: '10' });
    const refused = await waitFor(
      async () => {
        const answer = await post(event(1));
        return answer.status === 429 && answer;
      },
      { what: '429', timeoutMs: 20_000 },
    );
    expect(refused).toMatchObject({ retryAfter: '2', json: { code: 'busy', status: 429 } });
    for (const { path, body, refused: json } of EVERYWHERE)
      expect(await post(body, { path, key: keys.beta })).toMatchObject({
        status: 429,
        retryAfter: '2',
        json,
      });
    await redis.ask((client) => client.del('parapet:events:wait'));
    await waitFor(async () => (await post(event(2))).status === 200, { what: 'room' });
    expect((await queued()).map(({ message }) => message)).toEqual(['event 2']);
  }, 60_000);
});

describe('Redis frozen', () => {
  test('503 with Retry-After, to who waited too; after it, every event of who came again once', async () => {
    await start();
    expect((await post(event('before'))).status).toBe(200);
    const answers: (number | 'left')[] = [];
    const patient: (number | 'left')[] = [];
    /** Sends the same bytes until it hears 200, and gives up waiting after `patience`. */
    const deliver = async (name: string, patienceMs: number, heard: (number | 'left')[]) => {
      const body = Array.from({ length: 20 }, (_, n) => event(`${name} ${n}`)).join('\n');
      for (;;) {
        try {
          const { status, retryAfter } = await post(body, { signal: AbortSignal.timeout(patienceMs) });
          heard.push(status);
          if (status === 200) return;
          expect([status, retryAfter]).toEqual([503, '5']);
        } catch (error) {
          if (!(error instanceof DOMException)) throw error;
          heard.push('left');
        }
        await sleep(300);
      }
    };
    redis.freeze();
    const senders = [
      // Waits as long as it is let.
      deliver('patient', 60_000, patient),
      ...Array.from({ length: 5 }, (_, n) => deliver(`hasty ${n}`, 700, answers)),
    ];
    await waitFor(() => answers.includes(503), { what: '503 at the door', timeoutMs: 10_000 });
    for (const { path, body } of EVERYWHERE)
      expect(await post(body, { path })).toMatchObject({ status: 503, retryAfter: '5' });
    expect(answers).toContain('left');
    expect(answers).not.toContain(200);
    // Who was let in hears it when its time is up, its events still on their way.
    expect(patient).toEqual([]);
    await waitFor(() => patient.length > 0, { what: 'the end of the wait', timeoutMs: 30_000 });
    expect(patient).toEqual([503]);
    redis.thaw();
    await Promise.all(senders);
    expect(patient.at(-1)).toBe(200);
    const messages = (await queued()).map(({ message }) => message).sort();
    const names = ['patient', ...Array.from({ length: 5 }, (_, n) => `hasty ${n}`)];
    const expected = names.flatMap((name) => Array.from({ length: 20 }, (_, n) => `event ${name} ${n}`));
    expect(messages).toEqual(['event before', ...expected].sort());
  }, 90_000);

  test('a sender that left before it heard is recognised, event by event; equal events on purpose stay', async () => {
    await start();
    const twin = event('twin');
    const lines = [...Array.from({ length: 300 }, (_, n) => event(n)), twin, twin];
    const body = lines.join('\n');
    const redelivered = await metric('parapet_events_redelivered_total');
    const received = await metric('parapet_events_received_total', { transport: 'http' });
    const open = await metric('parapet_connections', { transport: 'http' });
    // Redis can't answer, so the sender can't have heard.
    redis.freeze();
    const socket = await connectFrom('127.0.1.10', ingestor?.ports.http ?? 0);
    const request = `POST /ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${keys.acme}\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(request + body);
    await waitFor(
      async () => (await metric('parapet_events_received_total', { transport: 'http' })) - received === 302,
      { what: 'all of it' },
    );
    socket.resetAndDestroy();
    await waitFor(async () => (await metric('parapet_connections', { transport: 'http' })) === open, {
      what: 'the end of the connection',
    });
    redis.thaw();
    const send = () =>
      waitFor(async () => (await post(body)).status === 200, { what: '200', timeoutMs: 20_000 });
    await send();
    expect(await queued()).toHaveLength(302);
    expect((await metric('parapet_events_redelivered_total')) - redelivered).toBe(302);
    // Told once, the same bytes are new events.
    await send();
    const messages = (await queued()).map(({ message }) => message);
    expect(messages).toHaveLength(604);
    expect(messages.filter((message) => message === 'event twin')).toHaveLength(4);
    expect((await metric('parapet_events_redelivered_total')) - redelivered).toBe(302);
  }, 60_000);

  test('records out of one list: repeats of those that were taken are recognised too', async () => {
    await start();
    const body = '{"Records":[{"message":"a"},{"message":"twin"},{"message":"twin"}]}';
    const redelivered = await metric('parapet_events_redelivered_total');
    redis.freeze();
    await expect(post(body, { signal: AbortSignal.timeout(500) })).rejects.toThrow(DOMException);
    redis.thaw();
    await waitFor(async () => (await post(body)).status === 200, { what: '200', timeoutMs: 20_000 });
    expect((await queued()).map(({ message }) => message).sort()).toEqual(['a', 'twin', 'twin']);
    expect((await metric('parapet_events_redelivered_total')) - redelivered).toBe(3);
  }, 60_000);
});

test('INGEST_HTTP_TLS: over TLS 1.2 or later with the certificate of syslog, and nothing in clear', async () => {
  const authority = makeAuthority('test authority');
  const certificate = makeServerCertificate(authority, { names: ['localhost'], addresses: ['127.0.0.1'] });
  const dir = mkdtempSync(join(tmpdir(), 'parapet-tls-'));
  writeFileSync(join(dir, 'cert.pem'), certificate.cert);
  writeFileSync(join(dir, 'key.pem'), certificate.key);
  await start({
    INGEST_HTTP_TLS: 'true',
    SYSLOG_TLS_CERT_FILE: join(dir, 'cert.pem'),
    SYSLOG_TLS_KEY_FILE: join(dir, 'key.pem'),
  });
  const send = (options: object) =>
    new Promise<number | undefined>((resolve, reject) => {
      const request = httpsRequest(`https://localhost:${ingestor?.ports.http}/ingest`, {
        method: 'POST',
        ca: authority.cert,
        agent: false,
        family: 4,
        headers: { authorization: `Bearer ${keys.acme}` },
        ...options,
      });
      request.on('error', reject);
      request.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
      request.end(event('secret'));
    });
  expect(await send({})).toBe(200);
  expect(await send({ maxVersion: 'TLSv1.2' })).toBe(200);
  await expect(send({ ca: makeAuthority('another').cert })).rejects.toThrow(/certificate|signature/i);
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' };
  await expect(send(old)).rejects.toThrow(/protocol version/i);
  // In clear there is no answer.
  const clear = httpRequest(`http://127.0.0.1:${ingestor?.ports.http}/health`, { agent: false });
  clear.end();
  await expect(once(clear, 'response')).rejects.toThrow();
  expect((await queued()).map(({ message }) => message)).toEqual(['event secret', 'event secret']);
  rmSync(dir, { recursive: true });
});

test('1,000 connections that idle keep nobody out, and one address no more than its share', async () => {
  await start();
  const idle: Socket[] = [];
  for (const address of ['127.0.1.10', '127.0.1.11'])
    for (let n = 0; n < 500; n++) idle.push(await connectFrom(address, ingestor?.ports.http ?? 0));
  // Half of them were of use once.
  const answered = idle.filter((_, n) => n % 2 === 0).map((socket) => once(socket, 'data'));
  for (const [n, socket] of idle.entries())
    if (n % 2 === 0) socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  await Promise.all(answered);
  await waitFor(async () => (await metric('parapet_connections', { transport: 'http' })) >= 1000, {
    what: '1,000 connections',
  });
  const since = performance.now();
  for (let n = 0; n < 20; n++) expect((await post(event(n))).status).toBe(200);
  expect(performance.now() - since).toBeLessThan(5000);
  // 512 are let in from one address.
  const more = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = await connectFrom('127.0.1.10', ingestor?.ports.http ?? 0);
      idle.push(socket);
      return socket;
    }),
  );
  await waitFor(() => more.filter((socket) => socket.readableEnded || socket.destroyed).length === 8, {
    what: 'the end of eight',
  });
  for (const socket of idle) socket.destroy();
}, 60_000);
