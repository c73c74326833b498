import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import {
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
import { RelpClient } from './support/relp-client.js';

const HEADER = '<38>1 2026-11-20T21:10:00Z web-01 sshd 4711 -';
const MESSAGE = 'Failed password for root from 81.2.69.142 port 40000 ssh2';
const LINE = `${HEADER} - ${MESSAGE}`;
const ACME_TOKEN = 'st_acme-0123456789';
const BETA_TOKEN = 'st_beta-0123456789';
const withToken = (token: string) => `${HEADER} [parapet@32473 token="${token}"] ${MESSAGE}`;
/** A proxy, which is trusted and no tenant's sender. */
const PROXY = '127.0.7.7';

const authority = makeAuthority('test authority');
const serverCertificate = makeServerCertificate(authority, {
  names: ['localhost'],
  addresses: ['127.0.0.1'],
});
/** Self-signed: who issued a certificate does not matter. */
const known = makeAuthority('beta sender');
const unknown = makeAuthority('nobody');

let database: TestDatabase;
let redis: TestRedis;
let acme: TestTenant;
let beta: TestTenant;
let plain: RunningIngestor;
/** The same with RELP over TLS. */
let secure: RunningIngestor;

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest();

function aProvenSource(tenantId: string, column: 'certificate_sha256' | 'token_hash', hash: Buffer) {
  const kind = column === 'token_hash' ? 'token' : 'certificate';
  return database.sql(
    `INSERT INTO sources (id, tenant_id, name, identified_by, ${column}) VALUES (gen_random_uuid(), $1, $2, $2, $3)`,
    [tenantId, kind, hash],
  );
}

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  ({ acme, beta } = await twoTenants(database));
  await aProvenSource(beta.id, 'certificate_sha256', sha256(new X509Certificate(known.cert).raw));
  await aProvenSource(acme.id, 'token_hash', sha256(ACME_TOKEN));
  await aProvenSource(beta.id, 'token_hash', sha256(BETA_TOKEN));
  const dir = mkdtempSync(join(tmpdir(), 'parapet-tls-'));
  writeFileSync(join(dir, 'cert.pem'), serverCertificate.cert);
  writeFileSync(join(dir, 'key.pem'), serverCertificate.key);
  const settings = {
    SYSLOG_TLS_CERT_FILE: join(dir, 'cert.pem'),
    SYSLOG_TLS_KEY_FILE: join(dir, 'key.pem'),
    INGEST_TRUSTED_PROXIES: `${PROXY}, 127.0.8.0/24`,
    SYSLOG_MAX_CONNECTIONS_PER_ADDRESS: '3',
    INGEST_HTTP_PORT: '0',
  };
  plain = await startIngestor(database.databaseUrl, redis.url, settings);
  secure = await startIngestor(database.databaseUrl, redis.url, { ...settings, RELP_TLS: 'true' });
});
afterAll(async () => {
  await plain.stop();
  await secure.stop();
  await redis.drop();
  await database.drop();
});
beforeEach(() => redis.client.flushdb());

/** Tenant, identity and address of each event, as soon as there are that many. */
async function received(count: number) {
  const events = await waitForEvents(redis.client, count);
  expect(events).toHaveLength(count);
  return events.map((e) => [e.tenantId, e['labels.sender_identity'], e['log.source.address']]);
}

async function secured(bare: Socket, client?: { cert: string; key: string }) {
  const socket = connectTls({ socket: bare, ca: authority.cert, servername: 'localhost', ...client });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

async function sendUdp(localAddress: string, line: string) {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, localAddress, resolve));
  await new Promise((resolve) => socket.send(line, plain.ports.udp, '127.0.0.1', resolve));
  socket.close();
}

describe('client certificates', () => {
  const overTls = async (client?: { cert: string; key: string }) => {
    const socket = await secured(await connectFrom('127.0.1.10', plain.ports.tls), client);
    socket.end(`${LINE}\n`);
  };

  test('R19 a known one names the tenant, whatever the address says', async () => {
    await overTls(known);
    expect(await received(1)).toEqual([[beta.id, 'certificate', '127.0.1.10']]);
  });

  test('an unknown one and none are judged by the address', async () => {
    await overTls(unknown);
    await overTls();
    expect(await received(2)).toEqual(Array(2).fill([acme.id, 'address', '127.0.1.10']));
  });

  test('RELP over TLS', async () => {
    const tls = { ca: authority.cert, servername: 'localhost' };
    const client = new RelpClient('127.0.1.10', secure.ports.relp, { ...tls, ...known });
    await client.open();
    await client.send(LINE);
    client.destroy();
    expect(await received(1)).toEqual([[beta.id, 'certificate', '127.0.1.10']]);
  });
});

describe('tokens in structured data', () => {
  const ways: Record<string, (from: string, line: string) => Promise<void>> = {
    udp: sendUdp,
    tcp: async (from, line) => {
      (await connectFrom(from, plain.ports.tcp)).end(`${line}\n`);
    },
    relp: async (from, line) => {
      const client = new RelpClient(from, plain.ports.relp);
      await client.open();
      await client.send(line);
      client.destroy();
    },
  };

  test.each(Object.keys(ways))('%s: the token names the tenant and is not stored', async (way) => {
    // From the other's address, and from nobody's.
    await ways[way]?.('127.0.2.10', withToken(ACME_TOKEN));
    await ways[way]?.('127.0.9.9', withToken(BETA_TOKEN));
    const found = await received(2);
    expect(found).toContainEqual([acme.id, 'token', '127.0.2.10']);
    expect(found).toContainEqual([beta.id, 'token', '127.0.9.9']);
    for (const event of await waitForEvents(redis.client, 2)) {
      expect(JSON.stringify(event)).not.toContain('st_');
      expect(event['labels.unauthenticated']).toBeUndefined();
      expect(event['source.ip']).toBe('81.2.69.142');
    }
  });

  test.each(Object.keys(ways))(
    '%s: a wrong token is judged by the address, and not stored either',
    async (way) => {
      await ways[way]?.('127.0.2.10', withToken('st_wrong'));
      expect(await received(1)).toEqual([[beta.id, 'address', '127.0.2.10']]);
      const [event] = await waitForEvents(redis.client, 1);
      expect(JSON.stringify(event)).not.toContain('st_wrong');
      expect(event?.['labels.unauthenticated']).toBe(way === 'udp' ? true : undefined);
    },
  );

  test('a token in the message, where an attacker may have put it, is text', async () => {
    await sendUdp(
      '127.0.1.10',
      `${HEADER} - Invalid user [parapet@32473 token="${BETA_TOKEN}"] from 1.2.3.4`,
    );
    expect(await received(1)).toEqual([[acme.id, 'address', '127.0.1.10']]);
  });

  test('a disabled source’s token is none', async () => {
    await aProvenSource(acme.id, 'token_hash', sha256('st_off'));
    await database.sql(`UPDATE sources SET enabled = false WHERE token_hash = $1`, [sha256('st_off')]);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await sendUdp('127.0.2.10', withToken('st_off'));
    expect(await received(1)).toEqual([[beta.id, 'address', '127.0.2.10']]);
  });
});

describe('R20 PROXY headers', () => {
  const V1 = 'PROXY TCP4 127.0.1.99 10.0.0.1 50000 514\r\n';
  const V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000c7f0002630a0000011d4c0202', 'hex'); // 127.0.2.99
  const V2_LOCAL = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');

  test('of a trusted proxy name the client, on TCP, in one piece and in many', async () => {
    (await connectFrom(PROXY, plain.ports.tcp)).end(`${V1}${LINE}\n`);
    const slow = await connectFrom('127.0.8.8', plain.ports.tcp);
    slow.setNoDelay(true);
    for (const byte of [...V2, ...Buffer.from(`${LINE}\n`)]) {
      slow.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    const found = await received(2);
    expect(found).toContainEqual([acme.id, 'address', '127.0.1.99']);
    expect(found).toContainEqual([beta.id, 'address', '127.0.2.99']);
    slow.destroy();
  });

  test('on TLS they stand before the handshake, in pieces too, and a certificate still counts', async () => {
    for (const client of [undefined, known]) {
      const bare = await connectFrom(PROXY, plain.ports.tls);
      bare.setNoDelay(true);
      bare.write(V1.slice(0, 9));
      await new Promise((resolve) => setTimeout(resolve, 20));
      bare.write(V1.slice(9));
      (await secured(bare, client)).end(`${LINE}\n`);
    }
    const found = await received(2);
    expect(found).toContainEqual([acme.id, 'address', '127.0.1.99']);
    expect(found).toContainEqual([beta.id, 'certificate', '127.0.1.99']);
  });

  test('on RELP', async () => {
    const client = new RelpClient(PROXY, plain.ports.relp, undefined, V2);
    await client.open();
    await client.send(LINE);
    client.destroy();
    expect(await received(1)).toEqual([[beta.id, 'address', '127.0.2.99']]);
  });

  test('LOCAL, UNKNOWN and none leave the proxy’s own address', async () => {
    await database.sql(
      `INSERT INTO sources (id, tenant_id, name, cidr) VALUES (gen_random_uuid(), $1, 'proxy', '${PROXY}/32')`,
      [acme.id],
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
    for (const header of [V2_LOCAL, Buffer.from('PROXY UNKNOWN\r\n'), Buffer.alloc(0)])
      (await connectFrom(PROXY, plain.ports.tcp)).end(Buffer.concat([header, Buffer.from(`${LINE}\n`)]));
    expect(await received(3)).toEqual(Array(3).fill([acme.id, 'address', PROXY]));
  });

  test('from anybody else they are data: text is a line, binary breaks nothing of others', async () => {
    (await connectFrom('127.0.1.10', plain.ports.tcp)).end(`PROXY TCP4 127.0.2.99 10.0.0.1 1 2\r\n${LINE}\n`);
    expect(await received(2)).toEqual(Array(2).fill([acme.id, 'address', '127.0.1.10']));
    const relp = await connectFrom('127.0.1.10', plain.ports.relp);
    relp.write(V2);
    await once(relp, 'close');
    const tls = await connectFrom('127.0.1.10', plain.ports.tls);
    tls.write(V1);
    await once(tls, 'close');
  });

  test('a broken one closes the connection, counted', async () => {
    const before = await metric('parapet_connections_closed_total', { reason: 'framing_error' });
    const socket = await connectFrom(PROXY, plain.ports.tcp);
    socket.write(`PROXY TCP4 no.address 10.0.0.1 1 2\r\n${LINE}\n`);
    await once(socket, 'close');
    expect(await metric('parapet_connections_closed_total', { reason: 'framing_error' })).toBe(before + 1);
  });

  test.each(['tcp', 'tls'] as const)('%s: connections are counted by the real client', async (transport) => {
    const open = await metric('parapet_connections', { transport });
    const behind = async (client: string) => {
      const socket = await connectFrom(PROXY, plain.ports[transport]);
      socket.write(`PROXY TCP4 ${client} 10.0.0.1 50000 514\r\n`);
      if (transport === 'tls')
        connectTls({ socket, ca: authority.cert, servername: 'localhost' }).on('error', () => undefined);
      return socket;
    };
    const hold = await Promise.all(Array.from({ length: 3 }, () => behind('127.0.1.50')));
    await waitFor(async () => (await metric('parapet_connections', { transport })) === open + 3);
    const fourth = await behind('127.0.1.50');
    await once(fourth, 'close');
    const other = await behind('127.0.1.51');
    await waitFor(async () => (await metric('parapet_connections', { transport })) === open + 4);
    for (const socket of [...hold, other]) socket.destroy();
    await waitFor(async () => (await metric('parapet_connections', { transport })) === open);
    // Their places are free again.
    const again = await Promise.all(Array.from({ length: 3 }, () => behind('127.0.1.50')));
    await waitFor(async () => (await metric('parapet_connections', { transport })) === open + 3);
    for (const socket of again) socket.destroy();
  });
});
