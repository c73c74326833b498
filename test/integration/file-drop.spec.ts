import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  createTestDatabase,
  createTestRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
  type TestTenant,
} from '@parapet/testing';
import { importCommand } from '../../apps/cli/src/commands/import.js';
import {
  metric,
  queuedEvents,
  startIngestor,
  twoTenants,
  waitForEvents,
  type RunningIngestor,
} from './support/ingestor.js';

let database: TestDatabase;
let redis: TestRedis;
let acme: TestTenant;
let dataDir: string;
let drop: string;
let ingestor: RunningIngestor;

const start = () => startIngestor(database.databaseUrl, redis.url, { DATA_DIR: dataDir });
const LONG_AGO = new Date('2023-03-05T12:00:00Z');
const text = (count: number, name = 'x') =>
  Array.from({ length: count }, (_, i) => `Mar  5 10:00:00 web sshd[1]: ${name} ${i}\n`).join('');

/** A zstd frame of one raw block (RFC 8878 3.1.1). */
function zstd(content: Buffer): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 5);
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([header, block, content]);
}

/** Puts a file as if it had been written long ago. */
async function put(name: string, content: string | Buffer, tenant = 'acme-corp'): Promise<void> {
  await mkdir(join(drop, tenant), { recursive: true });
  await writeFile(join(drop, tenant, name), content);
  await utimes(join(drop, tenant, name), LONG_AGO, LONG_AGO);
}
const present = (path: string) =>
  stat(join(drop, path)).then(
    () => true,
    () => false,
  );
const gone = (path: string) =>
  waitFor(async () => !(await present(path)), { what: `${path} to be moved`, timeoutMs: 20_000 });

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  ({ acme } = await twoTenants(database));
  dataDir = await mkdtemp(join(tmpdir(), 'parapet-drop-'));
  drop = join(dataDir, 'drop');
  ingestor = await start();
});
afterAll(async () => {
  await ingestor.stop();
  await redis.drop();
  await database.drop();
  await rm(dataDir, { recursive: true });
});
beforeEach(() => redis.client.flushdb());

test('plain, gzip and zstd files are read once, for their tenant, by their own date, and moved to done/', async () => {
  await put('auth.log', `${text(700, 'plain')}\n\nlast line without an end`);
  await put('auth.log.1.gz', gzipSync(text(3, 'gzip')));
  await put('auth.log.2.zst', zstd(Buffer.from(text(3, 'zstd'))));
  const events = await waitForEvents(redis.client, 707, 20_000);
  for (const name of ['auth.log', 'auth.log.1.gz', 'auth.log.2.zst']) {
    await gone(`acme-corp/${name}`);
    expect(await present(`acme-corp/done/${name}`)).toBe(true);
  }
  expect(events).toHaveLength(707);
  expect(new Set(events.map(({ tenantId }) => tenantId))).toEqual(new Set([acme.id]));
  const zipped = events.find(({ message }) => message === 'gzip 2');
  expect(zipped).toMatchObject({
    '@timestamp': Date.parse('2023-03-05T10:00:00Z'),
    'log.file.path': 'auth.log.1.gz',
    'labels.transport': 'file',
    'host.name': 'web',
  });
  // A line without a time is as old as its file.
  expect(events.find(({ message }) => message.startsWith('last line'))?.['@timestamp']).toBe(
    LONG_AGO.getTime(),
  );
  expect(await readdir(join(drop, 'acme-corp', '.progress'))).toEqual([]);
}, 60_000);

test('a file of the same name does not write over the one in done/', async () => {
  await put('same.log', text(1, 'first'));
  await gone('acme-corp/same.log');
  await put('same.log', text(1, 'second'));
  await gone('acme-corp/same.log');
  const kept = await Promise.all(
    ['same.log', 'same.log.1'].map((name) => readFile(join(drop, 'acme-corp/done', name), 'utf8')),
  );
  expect(kept.map((content) => content.includes('first'))).toEqual([true, false]);
}, 60_000);

test('a damaged file is moved to failed/ with the reason, and counted; what stood before is kept', async () => {
  const drops = () =>
    metric('parapet_events_dropped_total', { tenant: 'acme-corp', reason: 'unreadable_file' });
  const before = await drops();
  const whole = gzipSync(text(20_000, 'cut'), { level: 0 });
  await put('cut.gz', whole.subarray(0, whole.length / 2));
  await gone('acme-corp/cut.gz');
  await waitFor(() => present('acme-corp/failed/cut.gz.reason.txt'));
  expect(await readFile(join(drop, 'acme-corp/failed/cut.gz.reason.txt'), 'utf8')).toMatch(
    /unexpected end of file/,
  );
  expect((await drops()) - before).toBe(1);
  expect((await queuedEvents(redis.client)).length).toBeGreaterThan(5000);
}, 60_000);

test('what is not whole, no file, or nobody’s stays where it is', async () => {
  await writeFile(join(dataDir, 'secret'), 'secret');
  await mkdir(join(drop, 'no-such-tenant'), { recursive: true });
  await put('orphan.log', text(1), 'no-such-tenant');
  await put('upload.part', text(1));
  await put('.hidden', text(1));
  await symlink(join(dataDir, 'secret'), join(drop, 'acme-corp', 'link.log'));
  await put('marker.log', text(1, 'marker'));
  await gone('acme-corp/marker.log');
  const events = await queuedEvents(redis.client);
  expect(events.map(({ message }) => message)).toEqual(['marker 0']);
  for (const path of ['no-such-tenant/orphan.log', 'acme-corp/upload.part', 'acme-corp/.hidden'])
    expect([path, await present(path)]).toEqual([path, true]);
  await Promise.all(['upload.part', '.hidden', 'link.log'].map((name) => rm(join(drop, 'acme-corp', name))));
}, 60_000);

test('a reading that was cut off goes on where it was, nothing twice', async () => {
  await put('long.log', text(200_000, 'long'));
  await waitFor(async () => (await queuedEvents(redis.client)).length > 1000, { timeoutMs: 20_000 });
  await ingestor.stop();
  expect(await present('acme-corp/long.log')).toBe(true);
  ingestor = await start();
  await gone('acme-corp/long.log');
  const messages = (await queuedEvents(redis.client)).map(({ message }) => message);
  expect([messages.length, new Set(messages).size]).toEqual([200_000, 200_000]);
}, 120_000);

test('parapet import reads files of a folder with a type and a time zone, and leaves them where they are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parapet-import-'));
  await mkdir(join(folder, 'web'));
  await writeFile(join(folder, 'web', 'a.log'), text(10, 'imported'));
  await utimes(join(folder, 'web', 'a.log'), LONG_AGO, LONG_AGO);
  await copyFile(join(folder, 'web', 'a.log'), join(folder, 'b.log'));
  await writeFile(join(folder, 'broken.gz'), gzipSync(text(100)).subarray(0, 50));
  let out = '';
  let problems = '';
  const stream = (add: (chunk: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        add(String(chunk));
        done();
      },
    });
  process.env['DATA_DIR'] = dataDir;
  try {
    const code = await importCommand.run(
      [folder, '--tenant', 'acme-corp', '--type', 'sshd', '--time-zone', 'Europe/Berlin'],
      {
        stdin: process.stdin,
        stdout: stream((chunk) => (out += chunk)),
        stderr: stream((chunk) => (problems += chunk)),
      },
    );
    expect(code).toBe(1);
  } finally {
    delete process.env['DATA_DIR'];
  }
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(results).toEqual([
    { file: join(folder, 'b.log'), tenant: 'acme-corp', outcome: 'done', lines: 10 },
    expect.objectContaining({ file: join(folder, 'broken.gz'), outcome: 'failed' }),
    { file: join(folder, 'web', 'a.log'), tenant: 'acme-corp', outcome: 'done', lines: 10 },
  ]);
  expect(problems).toContain('broken.gz');
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['b.log', 'broken.gz', 'web']));
  const events = await queuedEvents(redis.client);
  const imported = events.filter(({ message }) => message.startsWith('imported'));
  expect(imported).toHaveLength(20);
  expect(imported.filter((event) => event['@timestamp'] === Date.parse('2023-03-05T09:00:00Z'))).toHaveLength(
    10,
  );
  await rm(folder, { recursive: true });
}, 60_000);
