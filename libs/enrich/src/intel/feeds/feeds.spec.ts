import { csvOptionsSchema } from '@parapet/contracts';
import { csvSample } from './csv.js';
import { readFeed } from './index.js';
import { confidenceOf, timeOf, type Reading, type UnreadableFeed } from './reading.js';
import { parseStixPattern } from './stix-pattern.js';

const short = (reading: Reading | UnreadableFeed) =>
  'unreadable' in reading
    ? `! ${reading.unreadable}`
    : 'why' in reading
      ? `${reading.at}: ${reading.why}`
      : reading.value;
const read = (...given: Parameters<typeof readFeed>) => [...readFeed(...given)].map(short);
const csv = (columns: object, more: object = {}) => csvOptionsSchema.parse({ columns, ...more });

describe('a plain list', () => {
  it('has comments, defanged forms, prefixes with notes and lines of hosts files', () => {
    expect(
      read(
        'plain',
        '\ufeff# list\r\n45[.]9.1.2\r\n; x\n45.8.0.0/16 ; SBL1\n\n0.0.0.0 ads.evil.com # x\n127.0.0.1\tlocalhost\nhxxp://evil.com/x\n!x\n//y\n10.0.0.1',
      ),
    ).toEqual([
      '45.9.1.2',
      '45.8.0.0/16',
      'ads.evil.com',
      '7: a name of one label would match too much',
      'evil.com/x',
      '11: a private or reserved address',
    ]);
  });

  it('of one endless line, or of none, ends', () => {
    expect(read('plain', 'x'.repeat(5_000_000))).toEqual(['1: the line is too long']);
    expect(read('plain', '')).toEqual([]);
    expect(read('plain', '\0\n\u202e')).toHaveLength(2);
  });
});

describe('CSV', () => {
  it('is read by the chosen columns', () => {
    const text =
      '# abuse list\n"seen","ioc","conf","until","note"\n"2026-01-02 03:04:05","evil.com, really",1,,\n2026-01-02 03:04:05,evil.com,high,2026-02-01T00:00:00Z,"a\tb"\n';
    const options = csv(
      { value: 1, confidence: 2, validUntil: 3, firstSeen: 0, description: 4 },
      { header: true },
    );
    expect([...readFeed('csv', text, options)]).toEqual([
      { at: 3, why: expect.any(String) },
      {
        type: 'domain',
        value: 'evil.com',
        confidence: 85,
        firstSeen: Date.parse('2026-01-02T03:04:05Z'),
        lastSeen: undefined,
        validUntil: Date.parse('2026-02-01T00:00:00Z'),
        description: 'a b',
      },
    ]);
  });

  it('in several pieces keeps quoted line ends together and counts lines', () => {
    const row = `"x\ny",d.evil.com\n`;
    const count = 20_000;
    const found = read('csv', row.repeat(count) + 'a,10.0.0.1\n', csv({ value: 1 }));
    expect(found).toHaveLength(count + 1);
    expect(found.at(-1)).toBe(`${count * 2 + 1}: a private or reserved address`);
  });

  it('without its columns, or that is none, says so', () => {
    expect(read('csv', 'a,b')).toEqual(['! no columns are chosen']);
    expect(read('csv', `a,"${'x'.repeat(100_000)}`, csv({ value: 1 }))[0]).toMatch(/^! this is no CSV/);
    expect(read('csv', 'a\nb', csv({ value: 5 }))).toEqual(['1: there is no value', '2: there is no value']);
  });

  it('shows its first rows', () => {
    expect(csvSample('# c\na;b\nc;d\ne;f', ';', 2)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });
});

describe('STIX', () => {
  const bundle = (...objects: object[]) =>
    JSON.stringify({
      type: 'bundle',
      objects: objects.map((o) => ({ type: 'indicator', pattern_type: 'stix', ...o })),
    });

  it('gives the indicators of simple patterns with what is said of them', () => {
    const text = bundle(
      {
        pattern: "[ipv4-addr:value = '45.9.1.2']",
        confidence: 70,
        valid_from: '2026-01-01T00:00:00Z',
        valid_until: '2027-01-01T00:00:00.000Z',
        name: 'C2',
      },
      {
        pattern:
          "[file:hashes.'SHA-256' = '" + 'AB'.repeat(32) + "' OR file:hashes.MD5='" + 'c'.repeat(32) + "']",
      },
      { pattern: "[domain-name:value IN ('evil.com', 'bad.com')] OR [url:value = 'http://evil.com/it\\'s']" },
      { pattern: "[ipv4-addr:value ISSUBSET '45.8.0.0/16']" },
      { type: 'malware', name: 'x' },
      { pattern: "[domain-name:value = 'gone.com']", revoked: true },
      { pattern: "[domain-name:value = 'good.com']", indicator_types: ['benign'] },
    );
    const found = [...readFeed('stix', text)];
    expect(found[0]).toEqual({
      type: 'address',
      value: '45.9.1.2',
      confidence: 70,
      firstSeen: Date.parse('2026-01-01T00:00:00Z'),
      lastSeen: undefined,
      validUntil: Date.parse('2027-01-01T00:00:00Z'),
      description: 'C2',
    });
    expect(found.slice(1).map(short)).toEqual([
      'ab'.repeat(32),
      'c'.repeat(32),
      'evil.com',
      'bad.com',
      "evil.com/it's",
      '45.8.0.0/16',
    ]);
  });

  it.each([
    ["[ipv4-addr:value = '45.9.1.2' AND domain-name:value = 'evil.com']", 'uses AND'],
    ["[domain-name:value = 'a.com'] FOLLOWEDBY [domain-name:value = 'b.com']", 'uses FOLLOWEDBY'],
    ["[domain-name:value LIKE '%evil%']", 'uses LIKE'],
    ["[domain-name:value MATCHES '^(a+)+$']", 'uses MATCHES'],
    ["[NOT domain-name:value = 'a.com']", 'uses NOT'],
    ["[domain-name:value = 'a.com'", 'none of the simple forms'],
    ["[domain-name:value != 'a.com']", 'none of the simple forms'],
    ['[]', 'none of the simple forms'],
    ['', 'none of the simple forms'],
    ["[domain-name:value = 'a.com'] OR", 'none of the simple forms'],
    ["[process:name = 'x']", 'nothing is matched by process:name'],
    ["[ipv4-addr:value = 'evil.com']", 'does not fit'],
    [`[${"domain-name:value = 'a.com' OR ".repeat(2000)}`, 'too long'],
    [`[domain-name:value IN (${"'a',".repeat(600)}'a')]`, 'too many values'],
    ["['".repeat(3000), 'none of the simple forms'],
  ])('%# is refused: %s', (pattern, why) =>
    expect(read('stix', bundle({ pattern }))).toEqual([expect.stringContaining(why)]),
  );

  it('a pattern costs time by its length only', () => {
    const begun = performance.now();
    for (const part of ["'", '\\', "'\\", 'a:', 'a:b.', '[[', ' ', 'A', "a:b.'"])
      parseStixPattern(part.repeat(8000).slice(0, 16_000));
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it.each(['', '[]', '{"objects":1}', 'null', '"x"', '['.repeat(100_000)])('%# is no bundle', (text) =>
    expect(read('stix', text)).toEqual([expect.stringMatching(/^! this is no/)]),
  );
});

describe('MISP', () => {
  const attributes = [
    { type: 'ip-dst', value: '45.9.1.2', to_ids: true, comment: 'C2', timestamp: '1767225600' },
    { type: 'domain|ip', value: 'evil.com|45.9.1.3', to_ids: '1' },
    { type: 'filename|sha256', value: `a.exe|${'a'.repeat(64)}`, to_ids: true },
    { type: 'url', value: 'http://evil.com/a|b', to_ids: true },
    { type: 'ip-src|port', value: '45.9.1.4|443', to_ids: true },
    { type: 'ip-src', value: '45.9.1.5', to_ids: false },
    { type: 'ip-src', value: '45.9.1.6', to_ids: true, deleted: true },
    { type: 'btc', value: 'x', to_ids: true },
    { type: 'domain', value: '45.9.1.7', to_ids: true },
    { type: 'domain|ip', value: 'evil.com', to_ids: true },
    7,
  ];
  const expected = [
    '45.9.1.2',
    'evil.com',
    '45.9.1.3',
    'a'.repeat(64),
    'evil.com/a|b',
    '45.9.1.4',
    '8: nothing is matched by the type btc',
    '9: the value is no domain',
    'evil.com',
    '10: there is no value',
    '11: an attribute without type or value',
  ];

  it.each([
    ['an event', { Event: { info: 'x', Attribute: attributes } }],
    ['objects of an event', { Event: { Object: [{ Attribute: attributes }] } }],
    ['a search by events', { response: [{ Event: { Attribute: attributes } }] }],
    ['a search by attributes', { response: { Attribute: attributes } }],
    ['a list', [{ Event: { Attribute: attributes } }]],
  ])('%s', (_what, document) => expect(read('misp', JSON.stringify(document))).toEqual(expected));

  it('keeps what is said of an attribute', () => {
    const [first] = readFeed('misp', JSON.stringify({ Event: { Attribute: attributes } }));
    expect(first).toMatchObject({ description: 'C2', lastSeen: 1767225600000 });
  });

  it.each(['{}', '[1]', '{"Event":[]}', 'x'])('%s is none', (text) =>
    expect(read('misp', text)).toEqual([expect.stringMatching(/^! this is no/)]),
  );
});

describe('numbers and times', () => {
  it.each([
    [85, 85],
    ['85', 85],
    ['High', 85],
    [250, 100],
    [-3, 0],
    ['', undefined],
    ['certain', undefined],
    [null, undefined],
    [NaN, undefined],
  ])('confidence %s is %s', (given, number) => expect(confidenceOf(given)).toBe(number));

  it.each([
    ['2026-01-02 03:04', '2026-01-02T03:04:00.000Z'],
    ['2026-01-02 03:04:05 UTC', '2026-01-02T03:04:05.000Z'],
    [1767225600, '2026-01-01T00:00:00.000Z'],
    ['9999-01-01', undefined],
    ['never', undefined],
    [{}, undefined],
  ])('time %s is %s', (given, time) => {
    const at = timeOf(given);
    expect(at === undefined ? undefined : new Date(at).toISOString()).toBe(time);
  });
});
