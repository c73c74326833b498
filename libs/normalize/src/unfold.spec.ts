import { lines } from './lines.js';
import { unfolded } from './unfold.js';

async function* pieces(content: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(content: string, size: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { bytes } of lines(unfolded(pieces(content, size))))
    if (bytes.length > 0) found.push(bytes.toString());
  return found;
}

const RECORDS = [{ a: 'ü "}],[{' }, { b: [{ c: [] }] }, { d: 'x'.repeat(300), e: '\\' }];
const PLAIN = RECORDS.map((record) => JSON.stringify(record));

describe.each([1, 7, 100_000])('in pieces of %i bytes', (size) => {
  it.each<[string, string]>([
    ['CloudTrail’s file', JSON.stringify({ Records: RECORDS })],
    ['an array', JSON.stringify(RECORDS)],
    ['spaces around its elements', `[ ${PLAIN.join(' ,\r\n ')} ]\n`],
    ['files one after the other', `{"Records":[${PLAIN[0]}]}\n{"Records":[${PLAIN[1]},${PLAIN[2]}]}`],
    ['an array a line', PLAIN.map((text) => `[${text}]\n`).join('')],
    ['a line behind it', `[${PLAIN[0]}]\n${PLAIN[1]}\n${PLAIN[2]}`],
  ])('%s: a line for each element', async (_what, content) => {
    expect(await read(content, size)).toEqual(PLAIN);
  });

  it('over many lines', async () => {
    const found = await read(JSON.stringify({ Records: RECORDS }, null, 2), size);
    expect(found.map((text): unknown => JSON.parse(text))).toEqual(RECORDS);
  });

  it.each([
    ['lines of text', '[error] one\n[{main}] two\r\nthree'],
    ['a JSON object a line', `${PLAIN.join('\n')}\n`],
    ['an array of numbers', '[1,2]\n[3]\n'],
    ['nothing', ''],
  ])('%s stays as it is', async (_what, content) => {
    const expected: string[] = [];
    for await (const { bytes } of lines(pieces(content, size))) expected.push(bytes.toString());
    expect(await read(content, size)).toEqual(expected);
  });

  it('what stops being JSON goes on as lines, nothing lost', async () => {
    const found = await read('[{"a":1},{"b":"broken\nNov 20 x: one\nNov 20 x: two\n', size);
    expect(found).toEqual(['{"a":1}', '{"b":"broken', 'Nov 20 x: one', 'Nov 20 x: two']);
  });

  it('what was cut off is there', async () => {
    expect(await read('{"Records":[{"a":1},{"b":', size)).toEqual(['{"a":1}', '{"b":']);
  });
});

test('no end of an element, no end of the nesting: bounded, and nothing lost', async () => {
  const long = `[{"a":"${'x'.repeat(1_200_000)}`;
  let size = 0;
  for await (const piece of unfolded(pieces(long, 65_536))) {
    expect(piece.length).toBeLessThan(70_000);
    size += piece.length;
  }
  expect(size).toBe(long.length - 1);
  const deep = await read(`[{"":${'['.repeat(1000)}\nnext\n`, 64);
  expect(deep.at(-1)).toBe('next');
});
