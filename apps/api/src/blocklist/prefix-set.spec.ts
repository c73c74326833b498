import { PrefixSet } from './prefix-set.js';

describe('a set of prefixes', () => {
  const set = new PrefixSet([
    '10.0.0.0/8',
    '10.1.0.0/16',
    '192.0.2.7',
    '200.0.0.0/7',
    '2001:db8::/32',
    '2001:db8:5::/48',
    'fe80::1',
    '0.0.0.0/32',
    '255.255.255.255',
  ]);

  it.each([
    ['10.1.2.3/32', '10.0.0.0/8'],
    ['10.255.255.255/32', '10.0.0.0/8'],
    ['8.0.0.0/5', '10.0.0.0/8'],
    ['192.0.2.0/24', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['201.255.255.255/32', '200.0.0.0/7'],
    ['0.0.0.0/0', '0.0.0.0/32'],
    ['255.255.255.254/31', '255.255.255.255'],
    ['2001:db8:ffff::1/128', '2001:db8::/32'],
    ['2001::/16', '2001:db8::/32'],
    ['fe80::/10', 'fe80::1'],
    ['::/0', '2001:db8::/32'],
    ['::ffff:10.0.0.1', '10.0.0.0/8'],
  ])('%s overlaps %s', (prefix, expected) => expect(set.overlapping(prefix)).toBe(expected));

  it.each([
    '9.255.255.255/32',
    '11.0.0.0/8',
    '192.0.2.6/32',
    '192.0.2.8/29',
    '202.0.0.0/7',
    '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff/128',
    '2001:db9::/32',
    'fe80::2/128',
    'a00::/8',
  ])('%s overlaps none', (prefix) => expect(set.overlapping(prefix)).toBeUndefined());

  it('of nothing overlaps nothing', () => expect(new PrefixSet([]).overlapping('0.0.0.0/0')).toBeUndefined());

  it('agrees with a look at every address', () => {
    // A small world of 256 addresses: every prefix of it against random sets.
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const sizes = [24, 25, 26, 27, 28, 29, 30, 31, 32];
    const prefixAt = (host: number, length: number) =>
      `1.2.3.${host - (host % 2 ** (32 - length))}/${length}`;
    const holds = (prefix: string, host: number) => {
      const [address = '', length = ''] = prefix.split('/');
      const base = Number(address.split('.')[3]);
      return host >= base && host < base + 2 ** (32 - Number(length));
    };
    for (let round = 0; round < 200; round++) {
      const prefixes = Array.from({ length: random(5) }, () =>
        prefixAt(random(256), sizes[2 + random(7)] ?? 32),
      );
      const some = new PrefixSet(prefixes);
      const asked = prefixAt(random(256), sizes[random(9)] ?? 32);
      const expected = Array.from({ length: 256 }, (_, host) => host).some(
        (host) => holds(asked, host) && prefixes.some((prefix) => holds(prefix, host)),
      );
      expect([prefixes, asked, some.overlapping(asked) !== undefined]).toEqual([prefixes, asked, expected]);
    }
  });

  it('answers 100,000 questions in well under a second', () => {
    const large = new PrefixSet(Array.from({ length: 1000 }, (_, n) => `20.${n >> 8}.${n & 255}.0/24`));
    const begun = performance.now();
    let found = 0;
    for (let n = 0; n < 100_000; n++)
      if (large.overlapping(`${n % 40}.${n % 3}.${n % 256}.1/32`) !== undefined) found++;
    expect(found).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('refuses what is no prefix', () => expect(() => new PrefixSet(['host'])).toThrow(/no prefix/));
});
