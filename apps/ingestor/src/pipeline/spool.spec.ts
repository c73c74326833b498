import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@parapet/telemetry';
import { Spool } from './spool.js';

const logger = createLogger('test', 'silent');
const record = (text: string) => Buffer.from(text);
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'parapet-spool-'));
});
afterEach(() => rm(dir, { recursive: true }));

const open = (maxBytes = 1e9) => Spool.open(dir, maxBytes, logger);

async function all(spool: Spool): Promise<string[]> {
  const texts: string[] = [];
  for (let next = await spool.peek(); next !== undefined; next = await spool.peek()) {
    texts.push(next.toString());
    await spool.advance(next.length);
  }
  return texts;
}

const segments = async () => (await readdir(dir)).filter((name) => name.endsWith('.spool')).sort();

test('hands out in order what it was given, and leaves no file behind', async () => {
  const spool = await open();
  expect(await spool.append([record('a'), record('b')])).toBe(2);
  expect(await spool.append([record('c')])).toBe(1);
  expect((await spool.peek())?.toString()).toBe('a');
  expect((await spool.peek())?.toString()).toBe('a');
  expect(await all(spool)).toEqual(['a', 'b', 'c']);
  expect([spool.empty, await segments()]).toEqual([true, []]);
  await spool.append([record('d')]);
  expect(await all(spool)).toEqual(['d']);
});

test('another process finds what was not handed on, and only its owner may read the file', async () => {
  const first = await open();
  await first.append([record('a'), record('b')]);
  expect((await stat(join(dir, (await segments())[0] ?? ''))).mode & 0o777).toBe(0o600);
  const second = await open();
  expect(second.bytes).toBe(first.bytes);
  expect(await all(second)).toEqual(['a', 'b']);
});

test('takes what there is room for and no more', async () => {
  const spool = await open(3 * (12 + 10));
  expect(await spool.append(Array.from({ length: 5 }, () => record('0123456789')))).toBe(3);
  expect(await spool.append([record('0123456789')])).toBe(0);
  await spool.advance(10);
  expect(await spool.append([record('0123456789')])).toBe(1);
});

test('goes over several files, and keeps writing while the oldest is read', async () => {
  const spool = await open();
  const big = (name: string) => record(name.padEnd(3 * 1024 * 1024, '.'));
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await spool.append([big(name)]);
  expect((await segments()).length).toBeGreaterThan(2);
  const [texts] = await Promise.all([all(spool), spool.append([record('last')])]);
  expect(texts.map((text) => text.replaceAll('.', ''))).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'last']);
  expect(await segments()).toEqual([]);
});

test.each([1, 11, 12, 13, 15])('a record that a crash cut off after %i bytes is removed', async (cut) => {
  const spool = await open();
  await spool.append([record('whole'), record('cut off')]);
  const path = join(dir, (await segments())[0] ?? '');
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, 12 + 5 + cut));
  const again = await open();
  expect(await all(again)).toEqual(['whole']);
  expect((await readdir(dir)).filter((name) => name.endsWith('.damaged'))).toEqual([]);
});

test('a damaged rest is set aside, and what came before and after it is kept', async () => {
  const spool = await open();
  await spool.append([record('good'), record('bad'), record('behind')]);
  await spool.close();
  const [first = ''] = await segments();
  const bytes = await readFile(join(dir, first));
  bytes[12 + 4 + 12] = 0;
  await writeFile(join(dir, first), bytes);
  await (await open()).append([record('later')]);
  const again = await open();
  expect(await all(again)).toEqual(['good', 'later']);
  const aside = await readFile(join(dir, `${first}.damaged`));
  expect(aside.includes('behind')).toBe(true);
});

test.each(['', 'no spool at all, but longer than a header'])(
  'a file that holds %j stops nothing',
  async (text) => {
    await writeFile(join(dir, '000000000001.spool'), text);
    await appendFile(join(dir, 'something-else'), 'x');
    const spool = await open();
    expect(await spool.peek()).toBeUndefined();
    await spool.append([record('a')]);
    expect(await all(spool)).toEqual(['a']);
  },
);
