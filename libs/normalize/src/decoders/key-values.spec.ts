import { readKeyValues } from './key-values.js';

const read = (text: string, commas = false) => Object.fromEntries(readKeyValues(text, { commas }).entries());

test.each([
  ['a=1 b=two  c="three four"', { a: '1', b: 'two', c: 'three four' }],
  ["name='x y' z=1", { name: 'x y', z: '1' }],
  ['empty= next="" last=1', { empty: '', next: '', last: '1' }],
  ['path="C:\\\\dir\\\\" quote="say \\"hi\\"" z=1', { path: 'C:\\dir\\', quote: 'say "hi"', z: '1' }],
  ['inner="a"b" z=1', { inner: 'a"b', z: '1' }],
  ['url=http://h/?a=b&c=d z=1', { url: 'http://h/?a=b&c=d', z: '1' }],
  ["it=don't z=1", { it: "don't", z: '1' }],
  ["cut='off z=1", { cut: "'off", z: '1' }],
  ['log.level=warn a-b/c[0]=1', { 'log.level': 'warn', 'a-b/c[0]': '1' }],
  ['no pairs here', {}],
  ['=1 "x"=2 9=3', {}],
])('%s', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test('with commas a value may hold spaces', () => {
  expect(read('Policy=Internet Access,Ip=192.0.2.1, Name="a, b", Z=1', true)).toEqual({
    Policy: 'Internet Access',
    Ip: '192.0.2.1',
    Name: 'a, b',
    Z: '1',
  });
});

test('a name that comes twice with different values has none, with the same it has', () => {
  const pairs = readKeyValues('user="x" srcip=203.0.113.9 srcip=198.51.100.7 n=1 n=1');
  expect([pairs.one('srcip'), pairs.first('srcip'), pairs.one('n'), pairs.has('srcip'), pairs.pairs]).toEqual(
    [undefined, '203.0.113.9', '1', true, 5],
  );
});

test('what stands behind a quote that is never closed is nobody’s', () => {
  const pairs = readKeyValues('a=1 user="x srcip=203.0.113.9');
  expect([pairs.one('a'), pairs.one('user'), pairs.one('srcip'), pairs.strays]).toEqual([
    '1',
    undefined,
    undefined,
    1,
  ]);
});

test('words between pairs are counted; the number of pairs is bounded', () => {
  expect(readKeyValues('one a=1 two b=2 three').strays).toBe(3);
  expect(readKeyValues('a=1 '.repeat(5000)).pairs).toBe(256);
});
