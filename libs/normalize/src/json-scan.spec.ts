import { jsonValues, nextJson } from './json-scan.js';

const texts = (body: string) => {
  const buffer = Buffer.from(body);
  return [...jsonValues(buffer)].map(({ start, end }) =>
    end === -1 ? -1 : buffer.toString('utf8', start, end),
  );
};

describe('values of a body', () => {
  it.each([
    ['one object', '{"a":1}', ['{"a":1}']],
    ['nothing between', '{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
    ['lines, commas and spaces between', ' {"a":1},\r\n\t{"b":2} ', ['{"a":1}', '{"b":2}']],
    ['an array', '[{"a":1}, {"b":[2]}]', ['{"a":1}', '{"b":[2]}']],
    ['an empty array', ' [ ] ', []],
    ['nothing', ' \n', []],
    ['a byte order mark', '\ufeff{"a":1}', ['{"a":1}']],
    ['brackets and quotes in text', '{"a":"}]{\\"[\\\\"}{"b":1}', ['{"a":"}]{\\"[\\\\"}', '{"b":1}']],
    ['other values', '1 "a" true[2]', ['1', '"a"', 'true', '[2]']],
    ['what is cut off', '{"a":1}{"b":', ['{"a":1}', -1]],
    ['text that has no end', '{"a":"b}', [-1]],
    ['an array that has no end', '[{"a":1}', ['{"a":1}', -1]],
    ['only closing brackets', '}]', ['}', ']']],
  ])('%s', (_what, body, expected) => expect(texts(body)).toEqual(expected));

  it('deeper than any log is refused, whatever its size', () => {
    const deep = Buffer.from('{"a":'.repeat(2_000_000));
    expect(nextJson(deep, 0)).toEqual({ start: 0, end: -1 });
  });

  it('takes time in proportion to the body', () => {
    const hostile = Buffer.from('"\\'.repeat(4_000_000));
    const since = performance.now();
    expect([...jsonValues(hostile)].length).toBeGreaterThan(0);
    expect(performance.now() - since).toBeLessThan(3000);
  });
});
