import { finds } from '../testing/rules.js';

const one = (item: string) => `sel:\n  ${item}\ncondition: sel`;

/** Base64 of UTF-16, as PowerShell's -EncodedCommand has it. */
const encoded = (text: string) => Buffer.from(text, 'utf16le').toString('base64');

describe('modifiers', () => {
  test.each<[string, [unknown, boolean][]]>([
    [
      "A|contains: 'b?d'",
      [
        ['abXd', true],
        ['abd', false],
      ],
    ],
    [
      "A|endswith: '\\cmd.exe'",
      [
        ['C:\\CMD.exe', true],
        ['C:\\cmd.exe ', false],
        ['\\cmd.exe', true],
      ],
    ],
    [
      "A|contains|cased: 'Foo'",
      [
        ['xFoox', true],
        ['xfoox', false],
      ],
    ],
    [
      "A|cased: 'Foo'",
      [
        ['Foo', true],
        ['foo', false],
      ],
    ],
    [
      "A: 'a\\*b'",
      [
        ['a*b', true],
        ['axb', false],
      ],
    ],
    [
      "A: 'a\\\\\\*b'",
      [
        ['a\\*b', true],
        ['a\\xb', false],
      ],
    ],
    [
      "A: '\\\\\\\\server'",
      [
        ['\\\\server', true],
        ['\\server', false],
      ],
    ],
    [
      "A: '*'",
      [
        ['', true],
        ['x', true],
        [null, false],
      ],
    ],
    [
      "A: ''",
      [
        ['', true],
        ['x', false],
        [null, false],
      ],
    ],
    [
      'A: null',
      [
        [null, true],
        ['', false],
        ['x', false],
      ],
    ],
    [
      'A|exists: true',
      [
        [null, true],
        ['', true],
      ],
    ],
    [
      'A: 4688',
      [
        [4688, true],
        ['4688', true],
        ['04688', false],
        [46880, false],
      ],
    ],
    [
      'A: true',
      [
        [true, true],
        ['TRUE', true],
        [1, false],
      ],
    ],
    [
      'A|gt: 5',
      [
        [6, true],
        ['6', true],
        ['5', false],
        ['x', false],
        ['', false],
        [[1, 9], true],
      ],
    ],
    [
      'A|lte: 0.5',
      [
        [0.5, true],
        ['.4', true],
        [0.6, false],
      ],
    ],
    [
      "A|neq: 'x'",
      [
        ['y', true],
        ['X', false],
        [['x', 'y'], false],
      ],
    ],
    [
      'A|neq:\n    - 1\n    - 2',
      [
        [3, true],
        [2, false],
      ],
    ],
    [
      "A|re|i: 'fo+'",
      [
        ['xFOO', true],
        ['f', false],
      ],
    ],
    ["A|re|m: '^bar$'", [['foo\nbar\nbaz', true]]],
    ["A|re: 'foo.bar'", [['foo\nbar', false]]],
    [
      "A|re: 'a{2}(b|c)d'",
      [
        ['aacd', true],
        ['aad', false],
      ],
    ],
    [
      "A|windash|contains: ' -a -b'",
      [
        ['x /a –b', true],
        ['x -a /b', true],
        ['x +a -b', false],
      ],
    ],
    [
      "A|windash|contains: 'x-y'",
      [
        ['x-y', true],
        ['x/y', false],
      ],
    ],
    [
      "A|windash|contains|all:\n    - ' -a'\n    - ' -b'",
      [
        ['c /b -a', true],
        ['c /b', false],
      ],
    ],
    [
      "A|base64: 'foobar'",
      [
        ['Zm9vYmFy', true],
        ['xZm9vYmFy', false],
      ],
    ],
    ["A|utf16|base64|contains: 'ab'", [['//5hAGIA', true]]],
    [
      "A|cidr: '2001:db8::/32'",
      [
        ['2001:DB8::1', true],
        ['2001:db9::1', false],
        ['::1', false],
      ],
    ],
    [
      'A|cidr:\n    - 10.0.0.0/8\n    - 192.168.1.1',
      [
        ['192.168.1.1', true],
        ['::ffff:10.1.1.1', true],
        ['9.9.9.9', false],
      ],
    ],
    [
      'A|hour|gte: 18',
      [
        ['2026-03-03T19:00:00Z', true],
        ['2026-03-03 17:59:00', false],
        ['evening', false],
      ],
    ],
    ['A|minute: 5', [['2026-03-03T19:05:00+02:00', true]]],
    [
      'A|week: 53',
      [
        ['2026-12-31', true],
        ['2027-01-04', false],
      ],
    ],
    [
      'A|year: 2026',
      [
        [Date.UTC(2026, 5, 1), true],
        [Date.UTC(2026, 5, 1) / 1000, true],
        ['2025-12-31', false],
      ],
    ],
    ['A|day: 3', [['2026-03-03T00:00', true]]],
    [
      'A|month: 3',
      [
        ['2026-03-03', true],
        [null, false],
      ],
    ],
  ])('%s', (item, cases) => {
    const events = cases.map(([value]) => ({ A: value }));
    expect(finds(one(item), events)).toEqual(cases.map(([, wanted]) => wanted));
  });

  test.each(['utf16le', 'wide'])('%s|base64offset finds text inside an encoded command', (name) => {
    const events = ['', 'x', 'xy'].map((before) => ({ A: `-enc ${encoded(`${before}invoke-x`)}` }));
    expect(finds(one(`A|${name}|base64offset|contains: 'invoke-x'`), events)).toEqual([true, true, true]);
  });

  test('a field that is absent: null and exists say so, neq and not hold, the others don’t', () => {
    expect(finds(one('A: null'), [{}])).toEqual([true]);
    expect(finds(one('A|exists: false'), [{}, { A: null }])).toEqual([true, false]);
    expect(finds(one('A|neq: x'), [{}])).toEqual([true]);
    for (const item of [
      "A: '*'",
      "A: ''",
      'A|gt: 1',
      "A|re: '.*'",
      "A|cidr: '::/0'",
      'A|fieldref: A',
      'A|hour: 1',
    ])
      expect([item, finds(one(item), [{}])]).toEqual([item, [false]]);
  });

  test('fieldref compares fields, whole or in part', () => {
    const events = [
      { A: 'C:\\Temp\\X', B: 'c:\\temp' },
      { A: 'x', B: 'X' },
      { A: ['p', 'q'], B: ['q', 'r'] },
      { A: 'x' },
      {},
    ];
    expect(finds(one('A|fieldref: B'), events)).toEqual([false, true, true, false, false]);
    expect(finds(one('A|cased|fieldref: B'), events)).toEqual([false, false, true, false, false]);
    expect(finds(one('A|fieldref|startswith: B'), events)).toEqual([true, true, true, false, false]);
    expect(finds(one('A|startswith|fieldref: B'), events)).toEqual([true, true, true, false, false]);
    expect(finds(one('A|fieldref|neq: B'), events)).toEqual([true, false, false, true, true]);
  });

  test('expand puts in the values of placeholders, wildcards and all', () => {
    const options = { placeholders: { Servers: ['srv*', 'db?'], Domain: ['corp'] } };
    const events = [{ A: 'SRV-1' }, { A: 'db1' }, { A: 'db12' }, { A: 'x' }];
    expect(finds(one("A|expand: '%Servers%'"), events, options)).toEqual([true, true, false, false]);
    expect(finds(one("A|contains|expand: '%Domain%'"), [{ A: 'x.corp.y' }], options)).toEqual([true]);
    expect(finds(one("A|expand: '\\%Domain\\% %Domain%'"), [{ A: '%Domain% corp' }], options)).toEqual([
      true,
    ]);
    expect(finds(one("A: '%Domain%'"), [{ A: '%domain%' }, { A: 'corp' }], options)).toEqual([true, false]);
  });

  test('a pattern that backtracking engines choke on is linear', () => {
    const text = `${'a'.repeat(100_000)}!`;
    finds(one("A|re: '(a+)+$'"), [{ A: text }]);
    const started = performance.now();
    expect(finds(one("A|re: '(a+)+$'"), [{ A: text }])).toEqual([false]);
    expect(performance.now() - started).toBeLessThan(50);
  });
});
