import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { EVENT_ACTION } from '@parapet/contracts';
import {
  aSource,
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
  type TestTenant,
} from '@parapet/testing';
import { makeAuthority, makeServerCertificate } from '../../scripts/lib/certificates.mjs';
import {
  connectFrom,
  metric,
  startIngestor,
  twoTenants,
  waitForEvents,
  type RunningIngestor,
} from './support/ingestor.js';

const LINE =
  '<38>Nov 20 21:10:00 web-01 sshd[4711]: Failed password for root from 81.2.69.142 port 40000 ssh2';
const counted = (line: string) => `${Buffer.byteLength(line)} ${line}`;

let database: TestDatabase;
let redis: TestRedis;
let acme: TestTenant;
let beta: TestTenant;
let ingestor: RunningIngestor;
let authority: string;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  ({ acme, beta } = await twoTenants(database));
  const ca = makeAuthority('test authority');
  const server = makeServerCertificate(ca, { names: ['localhost'], addresses: ['127.0.0.1'] });
  const dir = mkdtempSync(join(tmpdir(), 'parapet-tls-'));
  writeFileSync(join(dir, 'cert.pem'), server.cert);
  writeFileSync(join(dir, 'key.pem'), server.key);
  authority = ca.cert;
  ingestor = await startIngestor(database.databaseUrl, redis.url, {
    SYSLOG_TLS_CERT_FILE: join(dir, 'cert.pem'),
    SYSLOG_TLS_KEY_FILE: join(dir, 'key.pem'),
    SYSLOG_MAX_CONNECTIONS_PER_ADDRESS: '512',
    SYSLOG_MAX_CONNECTIONS: '1200',
  });
});
afterAll(async () => {
  await ingestor.stop();
  await redis.drop();
  await database.drop();
});
beforeEach(() => redis.client.flushdb());

async function sendUdp(localAddress: string, ...datagrams: (string | Buffer)[]) {
  const socket = createSocket('udp4');
  const answers: Buffer[] = [];
  socket.on('message', (answer) => answers.push(answer));
  await new Promise<void>((resolve) => socket.bind(0, localAddress, resolve));
  for (const datagram of datagrams) {
    await new Promise((resolve) => socket.send(datagram, ingestor.ports.udp, '127.0.0.1', resolve));
  }
  return { answers, close: () => socket.close() };
}

test('a line over UDP becomes its tenant’s event, placed by its sender and located', async () => {
  const udp = await sendUdp('127.0.1.10', LINE);
  const [event] = await waitForEvents(redis.client, 1);
  expect(event).toMatchObject({
    tenantId: acme.id,
    'event.action': EVENT_ACTION.sshLogin,
    'event.outcome': 'failure',
    'source.ip': '81.2.69.142',
    'source.geo.country_iso_code': 'GB',
    'host.name': 'web-01',
    'log.source.address': '127.0.1.10',
    'labels.transport': 'udp',
  });
  expect(event?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(Math.abs((event?.['event.ingested'] ?? 0) - Date.now())).toBeLessThan(10_000);
  udp.close();
});

test('R19 UDP never answers, and is labelled unauthenticated', async () => {
  const udp = await sendUdp('127.0.1.10', LINE, '', Buffer.alloc(1000, 0xff));
  const events = await waitForEvents(redis.client, 3);
  expect(events.map((e) => e['labels.unauthenticated'])).toEqual([true, true, true]);
  expect(udp.answers).toEqual([]);
  udp.close();
});

test('octet-counted and newline framing are told apart by connection; nothing is written back', async () => {
  const octets = await connectFrom('127.0.1.10', ingestor.ports.tcp);
  const lines = await connectFrom('127.0.2.10', ingestor.ports.tcp);
  const answers: Buffer[] = [];
  for (const socket of [octets, lines]) socket.on('data', (answer) => answers.push(answer));
  octets.write(counted(`${LINE}\nsecond line of the same message`) + counted(LINE).slice(0, 20));
  octets.write(counted(LINE).slice(20));
  lines.end(`${LINE}\n${LINE}\r\n<13>no end`);
  const events = await waitForEvents(redis.client, 5);
  expect(events.filter((e) => e.tenantId === acme.id)).toHaveLength(2);
  expect(events.filter((e) => e.tenantId === beta.id)).toHaveLength(3);
  expect(events.some((e) => e['event.original'].endsWith('second line of the same message'))).toBe(true);
  expect(events.every((e) => e['labels.unauthenticated'] === undefined)).toBe(true);
  expect(answers).toEqual([]);
  octets.destroy();
});

test('RFC 5425: TLS 1.2 or later with octet counting', async () => {
  const socket = connectTls({
    socket: await connectFrom('127.0.2.10', ingestor.ports.tls),
    ca: authority,
    servername: 'localhost',
  });
  await once(socket, 'secureConnect');
  expect(['TLSv1.2', 'TLSv1.3']).toContain(socket.getProtocol());
  socket.end(counted(LINE) + counted(LINE));
  const events = await waitForEvents(redis.client, 2);
  expect(events.map((e) => [e.tenantId, e['labels.transport']])).toEqual([
    [beta.id, 'tls'],
    [beta.id, 'tls'],
  ]);
});

test('TLS 1.1 and plain text at the TLS port are refused and counted', async () => {
  const before = await metric('parapet_connections_closed_total', { reason: 'tls_handshake' });
  const old = connectTls({
    host: '127.0.0.1',
    port: ingestor.ports.tls,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ca: authority,
  });
  await once(old, 'error');
  const plain = await connectFrom('127.0.1.10', ingestor.ports.tls);
  plain.write(`${LINE}\n`);
  await once(plain, 'close');
  await waitFor(
    async () => (await metric('parapet_connections_closed_total', { reason: 'tls_handshake' })) >= before + 2,
  );
});

test('R18 the longest prefix wins, and a new source counts within 2 s', async () => {
  const socket = await connectFrom('127.0.1.77', ingestor.ports.tcp);
  socket.write(`${LINE}\n`);
  expect((await waitForEvents(redis.client, 1))[0]?.tenantId).toBe(acme.id);
  const [source] = await database.sql<{ id: string }>(
    `INSERT INTO sources (id, tenant_id, name, cidr) VALUES (gen_random_uuid(), $1, 'one host', '127.0.1.77/32') RETURNING id`,
    [beta.id],
  );
  // A prefix inside another tenant's waits for the operator, who says yes here.
  await database.sql(`UPDATE sources SET status = 'active' WHERE id = $1`, [source?.id]);
  const started = Date.now();
  await waitFor(
    async () => {
      socket.write(`${LINE}\n`);
      return (await waitForEvents(redis.client, 1)).some((e) => e.tenantId === beta.id);
    },
    { timeoutMs: 4000, everyMs: 200, what: 'the new source' },
  );
  expect(Date.now() - started).toBeLessThan(2500);
  socket.destroy();
});

test('R18 an unknown sender is dropped, counted, and kept in quarantine with a bounded sample', async () => {
  const before = await metric('parapet_events_dropped_total', { reason: 'unknown_sender' });
  const socket = await connectFrom('127.0.9.9', ingestor.ports.tcp);
  for (let i = 0; i < 30; i++)
    socket.write(`<13>Nov 20 21:10:00 stranger app: line ${i} ${'x'.repeat(3000)}\n`);
  const quarantined = () =>
    database.sql<{ events: string; samples: string[]; transport: string }>(
      `SELECT events, samples, transport FROM quarantine WHERE address = '127.0.9.9'`,
    );
  await waitFor(async () => Number((await quarantined())[0]?.events) === 30, { what: 'the quarantine' });
  for (let i = 0; i < 30; i++) socket.write(`<13>Nov 20 21:10:00 stranger app: later ${i}\n`);
  await waitFor(async () => Number((await quarantined())[0]?.events) === 60, { what: 'the second look' });
  const [row] = await quarantined();
  expect(row?.transport).toBe('tcp');
  expect(row?.samples.length).toBeLessThanOrEqual(20);
  expect(Math.max(...(row?.samples.map((s) => s.length) ?? []))).toBeLessThanOrEqual(1024);
  expect((await metric('parapet_events_dropped_total', { reason: 'unknown_sender' })) - before).toBe(60);
  socket.destroy();
});

test('R15 a length prefix of 9999999999 closes the connection within 1 s, counted', async () => {
  const before = await metric('parapet_events_dropped_total', {
    reason: 'framing_error',
    tenant: 'acme-corp',
  });
  const socket = await connectFrom('127.0.1.10', ingestor.ports.tcp);
  const started = Date.now();
  socket.write(`9999999999 ${LINE}`);
  await once(socket, 'close');
  expect(Date.now() - started).toBeLessThan(1000);
  expect(
    (await metric('parapet_events_dropped_total', { reason: 'framing_error', tenant: 'acme-corp' })) - before,
  ).toBe(1);
});

test('R15 a frame over 64 KiB is cut, labelled and counted; the next one is whole', async () => {
  const before = await metric('parapet_frames_truncated_total');
  const socket = await connectFrom('127.0.1.10', ingestor.ports.tcp);
  socket.write(`<13>Nov 20 21:10:00 web-01 app: ${'y'.repeat(300_000)}\n${LINE}\n`);
  const events = await waitForEvents(redis.client, 2);
  const long = events.find((e) => e['labels.truncated'] === true);
  expect(long?.['event.original']).toHaveLength(65_536);
  expect(events.filter((e) => e['event.original'] === LINE)).toHaveLength(1);
  expect((await metric('parapet_frames_truncated_total')) - before).toBe(1);
  socket.destroy();
});

test('R16 1,000 idle connections from one source: others are still accepted', async () => {
  const idle = await Promise.all(
    Array.from({ length: 1000 }, () => connectFrom('127.0.1.66', ingestor.ports.tcp)),
  );
  const open = await waitFor(async () => {
    const left = idle.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
    return left <= 512 && left;
  });
  expect(open).toBe(512);
  const other = await connectFrom('127.0.2.20', ingestor.ports.tcp);
  other.end(`${LINE}\n`);
  expect((await waitForEvents(redis.client, 1))[0]?.tenantId).toBe(beta.id);
  for (const socket of idle) socket.destroy();
});

test('every frame received is accepted or dropped', async () => {
  await aSource(database.tenants, acme.id, { cidr: '127.0.5.0/24' });
  const sockets = await Promise.all(
    ['127.0.1.10', '127.0.2.10', '127.0.9.8'].map((a) => connectFrom(a, ingestor.ports.tcp)),
  );
  for (const socket of sockets) socket.end(`${LINE}\n`.repeat(2000));
  await waitForEvents(redis.client, 4000);
  await waitFor(async () => {
    const received = await metric('parapet_events_received_total');
    const accepted = await metric('parapet_events_accepted_total');
    const dropped = await metric('parapet_events_dropped_total');
    return received === accepted + dropped && received > 6000;
  });
});
