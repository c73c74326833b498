import { splitRecords } from './decoders/json/index.js';
import { listElements, listStart, splitText } from './split-text.js';

const split = (text: string) => splitText(Buffer.from(text));

describe('a record that a service delivers several in', () => {
  it.each<[string, unknown, readonly unknown[]]>([
    ['CloudTrail', { Records: [{ a: 1 }, { a: 2 }] }, [{ a: 1 }, { a: 2 }]],
    ['Azure', { records: [{ a: 1 }, { a: 2 }] }, [{ a: 1 }, { a: 2 }]],
    [
      'Microsoft Graph',
      { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata', value: [{ a: 1 }, { a: 2 }] },
      [{ a: 1 }, { a: 2 }],
    ],
    [
      'Google Workspace',
      { kind: 'admin#reports#activities', items: [{ a: 1 }, { a: 2 }] },
      [{ a: 1 }, { a: 2 }],
    ],
  ])('%s', (_service, record, parts) => {
    expect(splitText(Buffer.from(JSON.stringify(record)))).toEqual(parts);
  });

  it('CloudWatch: each event keeps what the message says of all, short', () => {
    const record = {
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: 'group',
      logStream: 's'.repeat(100_000),
      subscriptionFilters: ['f'],
      logEvents: [
        { id: '1', timestamp: 1, message: 'a' },
        { id: '2', timestamp: 2, message: 'b' },
      ],
    };
    const [first, second, ...more] = splitRecords(record);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      owner: '123456789012',
      logGroup: 'group',
      logEvents: [record.logEvents[0]],
    });
    expect(second).toMatchObject({ logEvents: [record.logEvents[1]] });
    expect(JSON.stringify(second).length).toBeLessThan(1000);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an application’s own field', { Records: [{ a: 1 }, { a: 2 }], user: 'ann' }],
    ['anything but objects in it', { Records: [{ a: 1 }, 2] }],
    ['one', { Records: [{ a: 1 }] }],
    ['none', { Records: [] }],
    ['no list', { Records: { a: 1 } }],
    ['items of something else', { kind: 'cart', items: [{ a: 1 }, { a: 2 }] }],
    ['log events of something else', { logEvents: [{ a: 1 }, { a: 2 }] }],
    ['too many', { records: Array.from({ length: 20_001 }, () => ({})) }],
  ])('%s: stays one', (_what, record) => {
    expect(splitRecords(record)).toEqual([record]);
    expect(split(JSON.stringify(record))).toBeUndefined();
  });
});

describe('a text', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['objects one after the other', '{"a":"}{"}{"b":1}', [{ a: '}{' }, { b: 1 }]],
    ['with spaces between them', '{"a":1} {"b":2} ', [{ a: 1 }, { b: 2 }]],
    ['an array', '[{"a":1},{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['an array of one', '[{"a":1}]', [{ a: 1 }]],
    [
      'lists one after the other',
      '{"Records":[{"a":1},{"a":2}]}{"Records":[{"a":3},{"a":4}]}',
      [1, 2, 3, 4].map((a) => ({ a })),
    ],
  ])('%s', (_what, text, parts) => {
    expect(split(text)).toEqual(parts);
  });

  it.each([
    ['one object', '{"a":1}'],
    ['a word in brackets', '[error] AH00126: Invalid URI'],
    ['an array of numbers', '[1,2]'],
    ['an empty array', '[]'],
    ['an object, then text', '{"a":1} and more'],
    ['an object, then half of one', '{"a":1}{"b":'],
    ['no JSON in braces', '{a=1}{b=2}'],
    ['too deep', '['.repeat(100_000)],
    ['nothing', ''],
    ['over 1 MiB', `[{"a":"${'x'.repeat(1024 * 1024)}"},{}]`],
    ['more objects than a record may hold', '{}'.repeat(20_001)],
  ])('%s: one event as it stands', (_what, text) => {
    expect(split(text)).toBeUndefined();
  });

  it('nothing of it takes long', () => {
    const since = performance.now();
    for (const piece of ['{', '[', '{}', '[{', '{"', '"', '{"Records":[', '{}{'])
      split(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - since).toBeLessThan(2000);
  });
});

describe('a list of any length', () => {
  const elements = (text: string) => {
    const buffer = Buffer.from(text);
    const start = listStart(buffer);
    return start === undefined ? undefined : [...listElements(buffer, start)].map(String);
  };

  it.each<[string, string, string[] | undefined]>([
    ['of a service', ' {"Records" : [ {"a":1}, {"b":[2]} ]\n}\n', ['{"a":1}', '{"b":[2]}']],
    ['alone', '\ufeff[{"a":1},{}]', ['{"a":1}', '{}']],
    ['cut off', '[{"a":1},{"b":', ['{"a":1}', '{"b":']],
    ['with something behind it', '[{"a":1}]{"b":1}', ['{"a":1}', ']{"b":1}']],
    ['of numbers', '[1,2]', undefined],
    ['of another name', '{"things":[{"a":1}]}', undefined],
    ['that is none', '[{main}] hello', undefined],
  ])('%s', (_what, text, found) => {
    expect(elements(text)).toEqual(found);
  });
});
