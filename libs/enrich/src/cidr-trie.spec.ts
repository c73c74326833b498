import fc from 'fast-check';
import { formatIp, parseIp } from '@parapet/contracts';
import { CidrTrie } from './cidr-trie.js';
import { InvalidCidrError } from './cidr.js';
import { isReserved } from './reserved.js';

describe('CidrTrie', () => {
  const trie = new CidrTrie<string>();
  for (const [cidr, value] of [
    ['10.0.0.0/8', 'eight'],
    ['10.0.1.0/24', 'twenty-four'],
    ['10.0.1.7', 'host'],
    ['2001:db8::/32', 'v6'],
    ['2001:db8:1::/48', 'v6 longer'],
    ['::ffff:192.168.0.0/112', 'mapped'],
  ] as const) {
    trie.insert(cidr, value);
  }
  test.each([
    ['10.9.9.9', 'eight'],
    ['10.0.1.8', 'twenty-four'],
    ['10.0.1.7', 'host'],
    ['::ffff:10.0.1.7', 'host'],
    ['192.168.3.4', 'mapped'],
    ['2001:db8:1::5', 'v6 longer'],
    ['2001:db8:2::5', 'v6'],
    ['11.0.0.1', undefined],
    ['2001:db9::1', undefined],
    ['nonsense', undefined],
  ])('R18 the longest prefix wins: %s is %s', (address, expected) => {
    expect(trie.lookup(address)).toBe(expected);
  });
  test('counts prefixes, not insertions', () => {
    const two = new CidrTrie<number>();
    two.insert('0.0.0.0/0', 1);
    two.insert('0.0.0.0/0', 2);
    expect([two.size, two.lookup('255.255.255.255'), two.lookup('::1')]).toEqual([1, 2, undefined]);
  });
  test.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0/8',
    '::/129',
    '::ffff:1.2.3.4/32',
    'x/8',
  ])('%j is refused', (cidr) => {
    expect(() => new CidrTrie<number>().insert(cidr, 1)).toThrow(InvalidCidrError);
  });
  test('agrees with comparing every prefix', () => {
    const prefix = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 30 }), fc.nat(0xffffffff), (prefixes, address) => {
        const one = new CidrTrie<number>();
        let best: number | undefined;
        const mask = (length: number) => (length === 0 ? 0 : (~0 << (32 - length)) >>> 0);
        for (const [base, length] of prefixes)
          one.insert(`${formatIp({ version: 4, w0: base, w1: 0, w2: 0, w3: 0 })}/${length}`, length);
        for (const [base, length] of prefixes) {
          if (((base ^ address) & mask(length)) === 0 && (best === undefined || length > best)) best = length;
        }
        expect(one.lookupParsed({ version: 4, w0: address, w1: 0, w2: 0, w3: 0 })).toBe(best);
      }),
    );
  });
});

test.each([
  ['127.0.1.10', true],
  ['10.1.2.3', true],
  ['192.168.1.1', true],
  ['203.0.113.9', true],
  ['fe80::1', true],
  ['fd00::1', true],
  ['::ffff:10.0.0.1', true],
  ['8.8.8.8', false],
  ['2001:4860:4860::8888', false],
  ['172.32.0.1', false],
])('%s is reserved: %s', (address, expected) => {
  const ip = parseIp(address);
  expect(ip && isReserved(ip)).toBe(expected);
});
