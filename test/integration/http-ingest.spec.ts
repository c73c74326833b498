import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, Agent } from 'node:http';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { Client, HttpConnection } from '@elastic/elasticsearch';
import { EVENT_ACTION } from '@parapet/contracts';
import {
  anApiKey,
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
  type TestTenant,
} from '@parapet/testing';
import { Logger as SplunkLogger } from 'splunk-logging';
import {
  connectFrom,
  metric,
  queuedEvents,
  startIngestor,
  twoTenants,
  type RunningIngestor,
} from './support/ingestor.js';

const SSHD =
  '<38>Nov 20 21:10:00 web-01 sshd[4711]: Failed password for root from 81.2.69.142 port 40000 ssh2';

let database: TestDatabase;
let redis: TestRedis;
let acme: TestTenant;
let beta: TestTenant;
let ingestor: RunningIngestor;
let url: string;
let key: string;
let keyId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  ({ acme, beta } = await twoTenants(database));
  ({ key, id: keyId } = await anApiKey(database.tenants, acme.id));
  ingestor = await startIngestor(database.databaseUrl, redis.url, { INGEST_TRUSTED_PROXIES: '127.0.9.0/24' });
  url = `http://127.0.0.1:${ingestor.ports.http}`;
});
afterAll(async () => {
  await ingestor.stop();
  await redis.drop();
  await database.drop();
});
beforeEach(() => redis.client.flushdb());

interface Sent {
  path?: string;
  key?: string | null;
  headers?: Record<string, string>;
}

async function post(body: string | Buffer, { path = '/ingest', key: given = key, headers = {} }: Sent = {}) {
  const authorization: Record<string, string> = given === null ? {} : { authorization: `Bearer ${given}` };
  const response = await fetch(url + path, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { ...authorization, ...headers },
  });
  const text = await response.text();
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, json };
}
const hec = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  post(body, {
    path: `/services/collector${path}`,
    key: null,
    headers: { authorization: `Splunk ${key}`, ...headers },
  });

describe('NDJSON, JSON and text', () => {
  it('are the key’s tenant’s events, wherever they come from, and in Redis when they are acknowledged', async () => {
    const body = `{"@timestamp":"2026-11-20T20:00:00Z","message":"hello","user":{"name":"ann"}}\n\nnot json\n{"a":`;
    const { status, json } = await post(body, { headers: { 'content-type': 'application/x-ndjson' } });
    expect(status).toBe(200);
    expect(json).toEqual({
      accepted: 1,
      rejected: [
        { index: 1, reason: 'not well-formed JSON' },
        { index: 2, reason: 'not well-formed JSON' },
      ],
    });
    // No waiting: what was acknowledged is there.
    expect(await queuedEvents(redis.client)).toMatchObject([
      {
        tenantId: acme.id,
        '@timestamp': Date.parse('2026-11-20T20:00:00Z'),
        message: 'hello',
        'user.name': 'ann',
        'parapet.source_id': keyId,
        'labels.transport': 'http',
        'log.source.address': '127.0.0.1',
      },
    ]);
  });

  it.each([
    ['an array', '[{"message":"a"},{"message":"b"}]', 'application/json'],
    ['objects over several lines', '{\n"message":"a"\n}\n{\n"message":"b"\n}', 'application/json'],
    ['what curl says of it', '{"message":"a"}\n{"message":"b"}', 'application/x-www-form-urlencoded'],
  ])('%s', async (_what, body, type) => {
    expect(await post(body, { headers: { 'content-type': type } })).toMatchObject({
      status: 200,
      json: { accepted: 2, rejected: [] },
    });
    const events = await queuedEvents(redis.client);
    expect(events.map(({ message }) => message).sort()).toEqual(['a', 'b']);
  });

  it('lines of text are read like any log, CRLF and the last line without its end too', async () => {
    const answer = await post(`${SSHD}\r\n${SSHD}`, {
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    expect(answer).toMatchObject({ status: 200, json: { accepted: 2 } });
    const events = await queuedEvents(redis.client);
    expect(events).toHaveLength(2);
    for (const event of events)
      expect(event).toMatchObject({ 'event.action': EVENT_ACTION.sshLogin, 'source.ip': '81.2.69.142' });
  });

  it('nothing usable is a 400', async () => {
    expect(await post('{"a":1', {})).toMatchObject({ status: 400, json: { accepted: 0 } });
    expect(await post('', {})).toMatchObject({ status: 400, json: { accepted: 0, rejected: [] } });
    expect(await queuedEvents(redis.client)).toEqual([]);
  });

  it('a record can’t say whose it is', async () => {
    const body = JSON.stringify({
      id: randomUUID(),
      tenantId: beta.id,
      parapet: { source_id: 'x' },
      'event.ingested': 1,
      labels: { transport: 'udp' },
      message: 'm',
    });
    await post(body);
    expect(await queuedEvents(redis.client)).toMatchObject([
      { tenantId: acme.id, 'parapet.source_id': keyId, 'labels.transport': 'http' },
    ]);
  });
});

describe('keys', () => {
  it.each([
    ['none', null, 401],
    ['unknown', `pk_${'x'.repeat(43)}`, 403],
    ['no key at all', 'abc', 403],
  ])('%s', async (_what, given, status) => {
    const answer = await post('{"a":1}', { key: given });
    expect(answer).toMatchObject({ status, json: { status } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await queuedEvents(redis.client)).toEqual([]);
  });

  it('expired, revoked and for reading only: refused', async () => {
    const expired = await anApiKey(database.tenants, acme.id, { expiresAt: new Date(Date.now() + 4000) });
    const revoked = await anApiKey(database.tenants, acme.id);
    const reader = await anApiKey(database.tenants, acme.id, { scopes: ['events:read'] });
    const statusOf = async (given: string) => (await post('{"a":1}', { key: given })).status;
    await waitFor(async () => (await statusOf(expired.key)) === 200, {
      what: 'the key in the routing table',
    });
    expect(await statusOf(revoked.key)).toBe(200);
    expect(await statusOf(reader.key)).toBe(403);
    await database.sql('update api_keys set revoked_at = now() where id = $1', [revoked.id]);
    await waitFor(async () => (await statusOf(revoked.key)) === 403, { what: 'the revocation' });
    await waitFor(async () => (await statusOf(expired.key)) === 403, { what: 'the end of the key' });
  });

  it('each key is its own tenant’s', async () => {
    const other = await anApiKey(database.tenants, beta.id);
    await waitFor(async () => (await post('{"message":"b"}', { key: other.key })).status === 200, {
      what: 'the key',
    });
    await post('{"message":"a"}');
    const events = await queuedEvents(redis.client);
    expect(events.map(({ message, tenantId }) => [message, tenantId]).sort()).toEqual([
      ['a', acme.id],
      ['b', beta.id],
    ]);
  });
});

describe('limits', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('%s is unpacked', async (encoding, pack) => {
    const answer = await post(pack('{"message":"packed"}'), { headers: { 'content-encoding': encoding } });
    expect(answer).toMatchObject({ status: 200, json: { accepted: 1 } });
  });

  it('a packed file whose sender says nothing of it is unpacked', async () => {
    expect(await post(gzipSync('{"message":"packed"}\n'))).toMatchObject({
      status: 200,
      json: { accepted: 1 },
    });
    expect(await queuedEvents(redis.client)).toMatchObject([{ message: 'packed' }]);
  });

  it.each([
    ['', { 'content-encoding': 'gzip' }],
    [' that nobody announced', {}],
  ])('R42 a bomb%s is refused, and its connection closed', async (_what, headers) => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, '{"a":1}\n'), { level: 9 });
    const answer = await post(bomb, { headers });
    expect(answer.status).toBe(413);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await queuedEvents(redis.client)).toEqual([]);
  });

  it('what is packed otherwise, or not at all, is told apart', async () => {
    const packed = (encoding: string) => post('{"a":1}', { headers: { 'content-encoding': encoding } });
    expect((await packed('zstd')).status).toBe(415);
    expect((await packed('gzip')).status).toBe(400);
    expect((await packed('identity')).status).toBe(200);
  });

  it.each(['content-length', 'chunked'])('a body over the limit hears 413 (%s)', async (how) => {
    const size = 11 * 1024 * 1024;
    const request = httpRequest(`${url}/ingest`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        ...(how === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': size }),
      },
    });
    request.on('error', () => undefined);
    const answered = once(request, 'response');
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < size; sent += chunk.length) request.write(chunk);
    request.end();
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    expect(response.headers.connection).toBe('close');
    response.destroy();
  });

  it('keeps its connection over good and refused requests', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    const send = (authorization: string, body: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(`${url}/ingest`, { method: 'POST', agent, headers: { authorization } });
        request.on('error', reject);
        request.on('response', (response) => {
          ports.add(request.socket?.localPort);
          response.resume();
          response.on('end', () => resolve(response.statusCode));
        });
        request.end(body);
      });
    for (let round = 0; round < 5; round++) expect(await send(`Bearer ${key}`, '{"a":1}')).toBe(200);
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  it('what is no HTTP is answered 400 and closed; a sender that leaves in the middle is nobody’s problem', async () => {
    const socket = await connectFrom('127.0.1.10', ingestor.ports.http);
    socket.write('<38>Nov 20 21:10:00 web-01 sshd[1]: hello\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    const failures = await metric('parapet_failures_total', { component: 'http', operation: 'handle' });
    const half = await connectFrom('127.0.1.10', ingestor.ports.http);
    half.write(
      `POST /ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Length: 100\r\n\r\n{"a":1}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    half.destroy();
    expect((await post('{"a":1}')).status).toBe(200);
    expect(await metric('parapet_failures_total', { component: 'http', operation: 'handle' })).toBe(failures);
    expect(await queuedEvents(redis.client)).toHaveLength(1);
  });

  it('unknown paths and methods, and /health without a key', async () => {
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    const wrong = await fetch(`${url}/ingest`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
  });

  it('X-Forwarded-For counts from configured proxies only', async () => {
    const send = (localAddress: string) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${url}/ingest`, {
          method: 'POST',
          localAddress,
          headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': '198.51.100.1, 203.0.113.9' },
        });
        request.on('error', reject);
        request.on('response', (response) => response.resume().on('end', resolve));
        request.end(`{"message":"${localAddress}"}`);
      });
    await send('127.0.9.1');
    await send('127.0.1.10');
    const events = await queuedEvents(redis.client);
    expect(Object.fromEntries(events.map((event) => [event.message, event['log.source.address']]))).toEqual({
      '127.0.9.1': '203.0.113.9',
      '127.0.1.10': '127.0.1.10',
    });
  });
});

describe('Splunk HEC', () => {
  it('takes events one after the other, with what stands beside them', async () => {
    const body =
      `{"time":1763668800.123,"host":"web-01","source":"/var/log/auth.log","sourcetype":"linux_secure","index":"main","event":${JSON.stringify(SSHD)}}` +
      '{"event":{"message":"an object","user.name":"ann"},"fields":{"region":"eu"}}\n{"event":"third"}';
    expect(await hec('/event', body)).toMatchObject({ status: 200, json: { text: 'Success', code: 0 } });
    const events = await queuedEvents(redis.client);
    expect(events).toHaveLength(3);
    expect(events.find((event) => event['source.ip'])).toMatchObject({
      '@timestamp': 1763668800123,
      'event.action': EVENT_ACTION.sshLogin,
      'host.name': 'web-01',
      'log.file.path': '/var/log/auth.log',
      'labels.sourcetype': 'linux_secure',
      'labels.index': 'main',
    });
    expect(events.find(({ message }) => message === 'an object')).toMatchObject({
      'user.name': 'ann',
      'labels.region': 'eu',
    });
  });

  it('raw lines, channels and acknowledgements', async () => {
    const channel = randomUUID();
    const headers = { 'x-splunk-request-channel': channel };
    expect(await hec('/raw?host=web-02&sourcetype=syslog', 'one\ntwo\n', headers)).toMatchObject({
      json: { code: 0, ackId: 0 },
    });
    expect(await hec('/event', '{"event":"three"}', headers)).toMatchObject({ json: { code: 0, ackId: 1 } });
    expect(await hec(`/ack?channel=${channel}`, '{"acks":[0,1]}')).toMatchObject({
      status: 200,
      json: { acks: { 0: true, 1: true } },
    });
    expect(await hec('/ack', '{"acks":[0]}')).toMatchObject({ status: 400, json: { code: 10 } });
    const events = await queuedEvents(redis.client);
    expect(events.filter((event) => event['host.name'] === 'web-02')).toHaveLength(2);
  });

  it.each([
    ['', '', {}, 400, { code: 5, text: 'No data' }],
    [
      '',
      '{"event":"a"}{"event":',
      {},
      400,
      { code: 6, text: 'Invalid data format', 'invalid-event-number': 1 },
    ],
    ['/event', '{"a":1}', {}, 400, { code: 12, 'invalid-event-number': 0 }],
    ['/event', '{"event":"a"}{"event":""}', {}, 400, { code: 13, 'invalid-event-number': 1 }],
    ['/event', '{"event":"a","fields":{"b":{"c":1}}}', {}, 400, { code: 15 }],
    ['/event', '{"event":"a","index":1}', {}, 400, { code: 7 }],
    ['/event', '{"event":"a"}', { 'x-splunk-request-channel': 'x' }, 400, { code: 11 }],
    ['/event', '{"event":"a"}', { authorization: 'Splunk' }, 401, { code: 3 }],
    ['/event', '{"event":"a"}', { authorization: '' }, 401, { code: 2 }],
    ['/event', '{"event":"a"}', { authorization: `Splunk ${randomUUID()}` }, 403, { code: 4 }],
  ])('%s %s %j is %i %j', async (path, body, headers, status, json) => {
    expect(await hec(path, body, headers)).toMatchObject({ status, json });
    expect(await queuedEvents(redis.client)).toEqual([]);
  });

  it('is healthy for anybody', async () => {
    expect(await (await fetch(`${url}/services/collector/health`)).json()).toEqual({
      text: 'HEC is healthy',
      code: 17,
    });
  });

  it('answers what Docker’s log driver asks before its container starts', async () => {
    const response = await fetch(`${url}/services/collector/event/1.0`, { method: 'OPTIONS' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    // As the driver writes it: times as text, gzip on request.
    const body = gzipSync('{"event":"abc123 hello","time":"1795255200.500000","host":"node-1"}');
    expect(await hec('/event/1.0', body, { 'content-encoding': 'gzip' })).toMatchObject({
      json: { code: 0 },
    });
    expect(await queuedEvents(redis.client)).toMatchObject([
      { message: 'abc123 hello', 'host.name': 'node-1' },
    ]);
  });

  it('Splunk’s own client for JavaScript', async () => {
    const logger = new SplunkLogger({ token: key, url, maxBatchCount: 1 });
    const answer = await new Promise((resolve, reject) => {
      logger.error = reject;
      logger.send({ message: SSHD, metadata: { host: 'node-01' } }, (error, _response, body) =>
        error ? reject(error) : resolve(body),
      );
    });
    expect(answer).toMatchObject({ code: 0 });
    expect(await queuedEvents(redis.client)).toHaveLength(1);
  });
});

describe('Elasticsearch', () => {
  const client = () =>
    new Client({
      node: url,
      auth: { apiKey: { id: 'any', api_key: key } },
      Connection: HttpConnection,
      maxRetries: 0,
    });

  it('the official client: info, bulk, its helper, index', async () => {
    const es = client();
    expect((await es.info()).tagline).toBe('You Know, for Search');
    const done = await es.helpers.bulk({
      datasource: [{ message: 'first' }, { message: SSHD, user: { name: 'zoe' } }],
      onDocument: () => ({ index: { _index: 'logs-test' } }),
      refreshOnCompletion: true,
    });
    expect(done).toMatchObject({ total: 2, successful: 2, failed: 0 });
    expect(await es.index({ index: 'logs', document: { message: 'alone' } })).toMatchObject({
      result: 'created',
    });
    expect(await es.create({ index: 'logs', id: '7', document: { message: 'named' } })).toMatchObject({
      _id: '7',
    });
    await es.close();
    const events = await queuedEvents(redis.client);
    expect(events).toHaveLength(4);
    expect(events.filter((event) => event['labels.index'] === 'logs-test')).toHaveLength(2);
  });

  it('tells each item’s fate', async () => {
    const body =
      '{"create":{"_index":"a","_id":"1"}}\n{"message":"one"}\n{"delete":{"_index":"a","_id":"1"}}\n' +
      '{"update":{"_index":"a","_id":"1"}}\n{"doc":{}}\n{"index":{}}\n[1]\n{"index":{"_index":"b"}}\n{"message":"two"}\n';
    const answer = await post(body, { path: '/fallback/_bulk' });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        errors: true,
        items: [
          { create: { _index: 'a', _id: '1', status: 201 } },
          { delete: { status: 400, error: { type: 'illegal_argument_exception' } } },
          { update: { status: 400 } },
          { index: { _index: 'fallback', status: 400, error: { type: 'document_parsing_exception' } } },
          { index: { _index: 'b', status: 201 } },
        ],
      },
    });
    expect(answer.headers.get('x-elastic-product')).toBe('Elasticsearch');
    expect(await queuedEvents(redis.client)).toHaveLength(2);
  });

  it.each([
    ['{"explode":{}}\n{"a":1}\n', 400],
    ['not json\n', 400],
    ['{"index":{}}\n', 400],
    ['', 400],
  ])('%j is %i, and nothing of it is taken', async (body, status) => {
    expect(await post(body, { path: '/_bulk' })).toMatchObject({ status, json: { error: {}, status } });
    expect(await queuedEvents(redis.client)).toEqual([]);
  });

  it('what Filebeat and Logstash ask first', async () => {
    const get = async (path: string, method = 'GET') => {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Basic ${Buffer.from(`elastic:${key}`).toString('base64')}` },
      });
      expect(response.headers.get('x-elastic-product')).toBe('Elasticsearch');
      return { status: response.status, text: await response.text() };
    };
    expect(JSON.parse((await get('/')).text)).toMatchObject({
      version: { number: expect.stringMatching(/^8\./) },
    });
    expect(JSON.parse((await get('/_license?human=false')).text)).toMatchObject({
      license: { status: 'active' },
    });
    for (const path of [
      '/_index_template/filebeat-8.19',
      '/_template/logstash',
      '/_ilm/policy/filebeat',
      '/_xpack',
      '/_cluster/health',
      '/_nodes/http',
      '/_ingest/pipeline/x',
      '/_data_stream/logs',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    expect(await get('/', 'HEAD')).toEqual({ status: 200, text: '' });
    expect(await get('/_index_template/filebeat', 'PUT')).toMatchObject({ status: 200 });
    expect((await fetch(url)).status).toBe(401);
  });
});

describe('OTLP', () => {
  const logs = {
    resourceLogs: [
      {
        resource: {
          attributes: [
            { key: 'host.name', value: { stringValue: 'web-09' } },
            { key: 'service.name', value: { stringValue: 'shop' } },
            { key: 'tenantId', value: { stringValue: 'x' } },
          ],
        },
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: '1763668800123456789',
                severityNumber: 17,
                severityText: 'ERROR',
                body: { stringValue: 'payment failed' },
                attributes: [{ key: 'user.name', value: { stringValue: 'ann' } }],
                traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
                spanId: '051581bf3cb55c13',
              },
              { observedTimeUnixNano: '1763668800000000000', body: { stringValue: SSHD } },
            ],
          },
        ],
      },
    ],
  };

  it('JSON', async () => {
    const answer = await post(JSON.stringify(logs), {
      path: '/v1/logs',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer).toMatchObject({ status: 200, json: {} });
    const events = await queuedEvents(redis.client);
    expect(events.find(({ message }) => message === 'payment failed')).toMatchObject({
      tenantId: acme.id,
      '@timestamp': 1763668800123,
      'event.severity': 'high',
      'log.level': 'error',
      'host.name': 'web-09',
      'service.name': 'shop',
      'user.name': 'ann',
      'trace.id': '5b8aa5a2d2c872e8321cf37308d69df2',
    });
    expect(events.find((event) => event['source.ip'])).toMatchObject({
      'event.action': EVENT_ACTION.sshLogin,
      'host.name': 'web-01',
    });
  });

  it('errors come in the request’s own form', async () => {
    const bad = await post('{"resourceLogs":7}', {
      path: '/v1/logs',
      headers: { 'content-type': 'application/json' },
    });
    expect(bad).toMatchObject({ status: 400, json: { code: 3 } });
    const response = await fetch(`${url}/v1/logs`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'application/x-protobuf' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'application/x-protobuf']);
  });
});

it('the last use of a key is written down', async () => {
  await post('{"a":1}');
  await waitFor(
    async () => {
      const [row] = await database.sql<{ used: Date | null }>(
        'select last_used_at as used from api_keys where id = $1',
        [keyId],
      );
      return row?.used && Date.now() - row.used.getTime() < 60_000;
    },
    { what: 'last_used_at', timeoutMs: 20_000 },
  );
});
