import fc from 'fast-check';
import { parseIp } from '@parapet/contracts';
import { CidrTrie } from '../cidr-trie.js';
import { IndicatorTable } from './indicator-table.js';
import { KeySet } from './key-set.js';

const AT = Date.parse('2026-03-01T00:00:00Z') / 1000;
const at = (table: IndicatorTable, address: string) => {
  const ip = parseIp(address);
  return ip && table.address(ip, AT)?.value;
};

describe('addresses', () => {
  it('match exactly and by prefix, the higher confidence first, then the longer prefix', () => {
    const table = new IndicatorTable(1);
    table.add('address', '45.9.1.2', { feed: 0, confidence: 50 });
    table.add('address', '45.9.1.0/24', { feed: 1, confidence: 50 });
    table.add('address', '45.9.0.0/16', { feed: 2, confidence: 90 });
    table.add('address', '2a00:1450::/32', { feed: 3, confidence: 10 });
    expect(at(table, '45.9.2.1')).toBe('45.9.0.0/16');
    expect(at(table, '45.9.1.2')).toBe('45.9.0.0/16');
    expect(at(table, '2a00:1450:1::1')).toBe('2a00:1450::/32');
    expect(at(table, '::ffff:45.9.3.3')).toBe('45.9.0.0/16');
    expect(at(table, '45.10.0.0')).toBeUndefined();
    const same = new IndicatorTable(1);
    same.add('address', '45.9.1.0/24', { feed: 1, confidence: 50 });
    same.add('address', '45.9.1.2', { feed: 0, confidence: 50 });
    expect(at(same, '45.9.1.2')).toBe('45.9.1.2');
  });

  it('find what a trie finds', () => {
    const octet = fc.constantFrom(0, 1, 2, 127, 128, 255);
    const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
    const prefix = fc.tuple(address, fc.integer({ min: 8, max: 32 }));
    fc.assert(
      fc.property(
        fc.array(prefix, { maxLength: 30 }),
        fc.array(address, { maxLength: 30 }),
        (prefixes, asked) => {
          const trie = new CidrTrie<true>();
          const table = new IndicatorTable(7);
          for (const [base, length] of prefixes) {
            trie.insert(`${base}/${length}`, true);
            table.add('address', `${base}/${length}`, { feed: 0, confidence: 1 });
          }
          for (const ip of asked) expect(at(table, ip) !== undefined).toBe(trie.lookup(ip) === true);
        },
      ),
    );
  });
});

describe('names', () => {
  const table = new IndicatorTable(2);
  table.add('domain', 'evil.com', { feed: 0, confidence: 50 });
  table.add('domain', 'cdn.evil.com', { feed: 1, confidence: 50 });

  it.each([
    ['evil.com', 'evil.com'],
    ['EVIL.COM.', 'evil.com'],
    ['a.b.evil.com', 'evil.com'],
    ['x.cdn.evil.com', 'cdn.evil.com'],
    ['notevil.com', undefined],
    ['evil.com.example.org', undefined],
    ['com', undefined],
    ['', undefined],
    ['.', undefined],
    ['..evil.com', 'evil.com'],
    [`${'a.'.repeat(200)}evil.com`, undefined],
  ])('%s → %s', (name, listed) => expect(table.domain(name, AT)?.value).toBe(listed));
});

describe('URLs', () => {
  const table = new IndicatorTable(3);
  for (const url of ['evil.com/', 'bad.com/kit/', 'bad.com/a.exe', 'q.com/x?id=1'])
    table.add('url', url, { feed: 0, confidence: 50 });

  it.each([
    ['evil.com/', 'evil.com/'],
    ['evil.com/?x=1', 'evil.com/'],
    ['evil.com/other', undefined],
    ['bad.com/kit/', 'bad.com/kit/'],
    ['bad.com/kit/deep/er.php?x=/', 'bad.com/kit/'],
    ['bad.com/kit', undefined],
    ['bad.com/a.exe', 'bad.com/a.exe'],
    ['bad.com/a.exe?1', 'bad.com/a.exe'],
    ['bad.com/a.exe/b', undefined],
    ['q.com/x?id=1', 'q.com/x?id=1'],
    ['q.com/x?id=12', undefined],
    ['q.com/x', undefined],
    ['bad.com?/kit/', undefined],
  ])('%s → %s', (url, listed) => expect(table.url(url, AT)?.value).toBe(listed));
});

describe('a table', () => {
  it('holds what was put in, and nothing else, as it grows', () => {
    const table = new IndicatorTable(4);
    for (let i = 0; i < 20_000; i++) {
      table.add('domain', `d${i}.evil.com`, { feed: i % 7, confidence: i % 101 });
      table.add('file_hash', i.toString(16).padStart(40, 'a'), { feed: 1, confidence: 9 });
    }
    expect(table.size).toBe(40_000);
    for (let i = 0; i < 20_000; i++) {
      expect(table.domain(`d${i}.evil.com`, AT)).toMatchObject({ feed: i % 7, confidence: i % 101 });
      expect(table.domain(`e${i}.evil.com`, AT)).toBeUndefined();
      expect(table.fileHash(i.toString(16).padStart(40, 'A'), AT)?.confidence).toBe(9);
      expect(table.fileHash(i.toString(16).padStart(64, 'a'), AT)).toBeUndefined();
    }
  });

  it('answers the best of several feeds that is valid at the time', () => {
    const table = new IndicatorTable(5);
    table.add('domain', 'evil.com', { feed: 0, confidence: 20 });
    table.add('domain', 'evil.com', { feed: 1, confidence: 90, validUntil: AT });
    table.add('domain', 'evil.com', {
      feed: 2,
      confidence: 60,
      validUntil: AT + 1,
      firstSeen: 5,
      lastSeen: 9,
    });
    expect(table.domain('evil.com', AT - 1)?.feed).toBe(1);
    expect(table.domain('evil.com', AT)).toEqual({
      type: 'domain',
      value: 'evil.com',
      feed: 2,
      confidence: 60,
      validUntil: AT + 1,
      firstSeen: 5,
      lastSeen: 9,
    });
    expect(table.domain('evil.com', AT + 1)?.feed).toBe(0);
  });

  it('a set knows types apart', () => {
    const set = new KeySet(1);
    expect([set.add('domain', 'evil.com'), set.add('domain', 'evil.com'), set.size]).toEqual([
      true,
      false,
      1,
    ]);
    expect(set.has('url', 'evil.com')).toBe(false);
  });
});
