import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { NormalizedEvent } from '@parapet/contracts';
import {
  anApiKey,
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
} from '@parapet/testing';
import { metric, queuedEvents, startIngestor, twoTenants, type RunningIngestor } from './support/ingestor.js';

/** As CloudTrail writes its files: one object, one line. */
const trail = (count: number, pad = '') =>
  JSON.stringify({
    Records: Array.from({ length: count }, (_, n) => ({
      eventVersion: '1.08',
      eventTime: new Date(Date.UTC(2026, 10, 20, 20) + n * 1000).toISOString(),
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateAccessKey',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '203.0.113.9',
      userIdentity: { type: 'IAMUser', userName: `user-${n}`, accountId: '123456789012' },
      ...(pad === '' ? {} : { requestParameters: { pad } }),
    })),
  });
const usersOf = (events: readonly NormalizedEvent[]) => events.map((event) => event['user.name']).sort();
const users = (count: number) => Array.from({ length: count }, (_, n) => `user-${n}`).sort();

let database: TestDatabase;
let redis: TestRedis;
let ingestor: RunningIngestor;
let dataDir: string;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  const { acme } = await twoTenants(database);
  ({ key } = await anApiKey(database.tenants, acme.id));
  dataDir = await mkdtemp(join(tmpdir(), 'parapet-records-'));
  ingestor = await startIngestor(database.databaseUrl, redis.url, { DATA_DIR: dataDir });
});
afterAll(async () => {
  await ingestor.stop();
  await redis.drop();
  await database.drop();
  await rm(dataDir, { recursive: true });
});
beforeEach(() => redis.client.flushdb());

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${ingestor.ports.http}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson', ...headers },
  });
  const json: unknown = await response.json();
  return { status: response.status, json };
}

describe('several events in one', () => {
  it.each<[string, string, string, object]>([
    ['NDJSON', '/ingest', `${trail(2)}\n`, { accepted: 1, rejected: [] }],
    ['HEC', '/services/collector/event', `{"event":${trail(2)}}`, { code: 0 }],
    ['HEC, as text', '/services/collector/event', JSON.stringify({ event: trail(2) }), { code: 0 }],
    ['HEC raw', '/services/collector/raw', trail(2), { code: 0 }],
    [
      '_bulk',
      '/aws/_bulk',
      `{"create":{}}\n${trail(2)}\n`,
      { errors: false, items: [{ create: { status: 201 } }] },
    ],
  ])('%s: each record is an event, and the answer counts what was sent', async (_what, path, body, json) => {
    expect(await post(path, body)).toMatchObject({ status: 200, json });
    const events = await queuedEvents(redis.client);
    expect(usersOf(events)).toEqual(users(2));
    for (const event of events)
      expect(event).toMatchObject({ 'event.action': 'CreateAccessKey', 'source.ip': '203.0.113.9' });
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  it('objects on one line, an array on a line, CloudWatch’s list', async () => {
    const lines = [
      '{"message":"a"}{"message":"b"}',
      '[{"message":"c"},{"message":"d"}]',
      '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logEvents":[{"id":"1","message":"e"},{"id":"2","message":"f"}]}',
      '{"message":"g"} what is this',
    ];
    expect(await post('/ingest', lines.join('\n'))).toMatchObject({
      status: 200,
      json: { accepted: 3, rejected: [{ index: 3 }] },
    });
    const events = await queuedEvents(redis.client);
    expect(events.map(({ message }) => message).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(events.find(({ message }) => message === 'e')).toMatchObject({ 'aws.cloudwatch.log_group': 'g' });
  });

  it('a list of several MiB', async () => {
    const body = trail(3000, 'x'.repeat(700));
    expect(body.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(await post('/ingest', body, { 'content-type': 'application/json' })).toMatchObject({
      status: 200,
      json: { accepted: 1, rejected: [] },
    });
    expect(usersOf(await queuedEvents(redis.client))).toEqual(users(3000));
  });
});

describe('files', () => {
  const put = async (name: string, content: string | Buffer) => {
    const dir = join(dataDir, 'drop', 'acme-corp');
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, name), content);
    const before = new Date(Date.now() - 60_000);
    await utimes(join(dir, name), before, before);
    await waitFor(async () => (await readdir(join(dir, 'done')).catch((): string[] => [])).includes(name), {
      what: `the end of ${name}`,
      timeoutMs: 15_000,
    });
  };

  it('a CloudTrail file as S3 has it: one line, packed, longer than any line may be', async () => {
    const content = trail(1200);
    expect(content.length).toBeGreaterThan(4 * 65_536);
    const received = await metric('parapet_events_received_total', { transport: 'file' });
    await put('trail.json.gz', gzipSync(content));
    const events = await queuedEvents(redis.client);
    expect(usersOf(events)).toEqual(users(1200));
    expect(events.find((event) => event['user.name'] === 'user-7')).toMatchObject({
      '@timestamp': Date.UTC(2026, 10, 20, 20, 0, 7),
      'event.action': 'CreateAccessKey',
    });
    expect((await metric('parapet_events_received_total', { transport: 'file' })) - received).toBe(1200);
  });

  it('a list a line, and lines of text beside it', async () => {
    const received = await metric('parapet_events_received_total', { transport: 'file' });
    await put('mixed.log', `Mar  5 10:00:00 web app: hello\n${trail(3)}\n{"message":"a"}{"message":"b"}\n`);
    const events = await queuedEvents(redis.client);
    expect(events).toHaveLength(6);
    expect(usersOf(events.filter((event) => event['user.name']))).toEqual(users(3));
    expect((await metric('parapet_events_received_total', { transport: 'file' })) - received).toBe(6);
  });
});
