import { FirstRepeated } from './first-repeated.js';

const others = Array.from({ length: 16 }, (_, i) => `line ${i}`);
const repeats = (lines: string[]) => {
  const known = new FirstRepeated();
  return lines.map((line) => known.takes(Buffer.from(line))).flatMap((taken, at) => (taken ? [at] : []));
};

test('the first message again, after many others, is known once', () => {
  expect(repeats(['a', ...others, 'a', 'b', 'a'])).toEqual([17]);
});

test('equal lines on purpose are all taken', () => {
  expect(repeats(['a', 'a', 'a', 'a', 'a'])).toEqual([]);
  expect(repeats(['a', 'b', 'a', ...others, 'a'])).toEqual([]);
  expect(repeats(['b', 'a', ...others, 'a'])).toEqual([]);
});
