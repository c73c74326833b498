import { parseFrame } from '../../parse.js';
import type { ParseContext } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const parse = (value: unknown, context: Partial<ParseContext> = {}) =>
  parseFrame(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), {
    receivedAt: RECEIVED,
    timeZone: 'UTC',
    sourceType: 'auto',
    ...context,
  });

test('values stand under dotted names; lists of objects are one list a name', () => {
  expect(
    parse({
      a: { b: 1, c: [true] },
      list: ['x', 'y'],
      deep: [{ k: 1 }, { k: 2, m: 'z' }],
      none: null,
      empty: '',
    }),
  ).toMatchObject({
    'a.b': 1,
    'a.c': ['true'],
    list: ['x', 'y'],
    'deep.k': [1, 2],
    'deep.m': 'z',
    'event.dataset': 'json.log',
  });
});

test('ECS names are kept, dotted or nested, and held to their types', () => {
  expect(
    parse({
      '@timestamp': '2026-11-20T20:00:00Z',
      event: { category: ['authentication'], outcome: 'failure', action: 'login' },
      'source.ip': '::ffff:192.0.2.1',
      source: { port: '22' },
      user: { name: 'bob' },
      message: 'm',
    }),
  ).toMatchObject({
    '@timestamp': Date.parse('2026-11-20T20:00:00Z'),
    'event.category': 'authentication',
    'event.outcome': 'failure',
    'source.ip': '192.0.2.1',
    'source.port': 22,
    'user.name': 'bob',
    message: 'm',
  });
  const odd = parse({
    source: { ip: 'unknown', port: 70000 },
    event: { outcome: 'perhaps' },
    user: { name: ['a', 'b'] },
  });
  expect(odd).toMatchObject({
    'json.source.ip': 'unknown',
    'json.source.port': 70000,
    'json.event.outcome': 'perhaps',
    'json.user.name': ['a', 'b'],
  });
  for (const name of ['source.ip', 'source.port', 'event.outcome', 'user.name'])
    expect(odd[name]).toBeUndefined();
});

test('the usual names of others are mapped where they agree', () => {
  expect(
    parse({
      time: 1795204800,
      level: 'WARN',
      src_ip: '192.0.2.1',
      src_port: 4,
      dst_ip: '2001:DB8::1',
      username: 'bob',
      hostname: 'h',
      pid: 7,
    }),
  ).toMatchObject({
    '@timestamp': 1795204800000,
    'event.severity': 'medium',
    'source.ip': '192.0.2.1',
    'source.port': 4,
    'destination.ip': '2001:db8::1',
    'user.name': 'bob',
    'host.name': 'h',
    'process.pid': 7,
  });
  const two = parse({ client_ip: '192.0.2.1', remote_addr: '198.51.100.1', user: 'a', username: 'b' });
  expect(two['source.ip']).toBeUndefined();
  expect(two['user.name']).toBeUndefined();
  expect(parse({ user: '-', src_ip: 'not an address' })).not.toHaveProperty(['user.name']);
});

test('the host of a request is what the client asked for, not the sender', () => {
  expect(
    parse({ method: 'GET', status: 404, path: '/a?b=c', host: 'evil.example', client_ip: '192.0.2.1' }),
  ).toMatchObject({
    'http.request.method': 'GET',
    'http.response.status_code': 404,
    'url.path': '/a',
    'url.query': 'b=c',
    'event.outcome': 'failure',
  });
  expect(parse({ method: 'GET', status: 404, host: 'evil.example' })['host.name']).toBeUndefined();
});

test.each([
  ['pino', { level: 50, time: 1795204800000, msg: 'x' }, 'high'],
  ['syslog words', { severity: 'crit', msg: 'x' }, 'critical'],
  ['ECS', { log: { level: 'error' }, message: 'x' }, 'high'],
  ['unknown words', { level: 'purple', msg: 'x' }, 'info'],
])('severity of %s', (_name, record, severity) => {
  expect(parse(record)).toMatchObject({ 'event.severity': severity, message: 'x' });
});

test('identity, what was received, and what we say of it can’t be written by a record', () => {
  const text =
    '{"id":"00000000-0000-7000-8000-000000000000","tenantId":"other","tenant":{"id":"x"},"event":{"ingested":1,"original":"forged","severity":9},"@timestamp":"no time",' +
    '"__proto__":{"polluted":true},"constructor":"c","toString":["x"],"parapet":{"tenant":"x"},"labels":{"repeat_count":1000000,"decoder":"sshd","unauthenticated":false,"mine":"kept"},"message":"m"}';
  const event = parse(text);
  expect(event['event.original']).toBe(text);
  expect(event['@timestamp']).toBe(RECEIVED);
  expect(event['event.severity']).toBe('info');
  expect(event['labels.decoder']).toBe('json');
  expect(event['labels.mine']).toBe('kept');
  for (const name of [
    'id',
    'tenantId',
    'event.ingested',
    'labels.repeat_count',
    'labels.unauthenticated',
    'parapet.tenant',
    'tenant.id',
    'constructor',
    'polluted',
  ])
    expect(Object.hasOwn(event, name)).toBe(false);
  expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
  expect(event).toMatchObject({ 'json.tenantId': 'other', 'json.labels.repeat_count': 1000000 });
});

test('escapes that PostgreSQL can’t store are made readable', () => {
  const event = parse('{"a":"x\\u0000y","b":"\\ud800z","c\\u0000":"d"}');
  expect(event).toMatchObject({ a: 'x\u2400y', b: '\ufffdz', 'c\u2400': 'd' });
});

test('bounds: depth, fields, elements, length of values and names', () => {
  const deep = JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40));
  expect(parse(deep)['labels.fields_dropped']).toBe(1);
  const wide = parse(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`f${i}`, i])));
  expect(Object.keys(wide).length).toBeLessThan(520);
  expect(wide['labels.fields_dropped']).toBe(1500);
  const long = parse({
    a: 'x'.repeat(40_000),
    ['n'.repeat(300)]: 1,
    list: Array.from({ length: 500 }, (_, i) => i),
  });
  expect(String(long.a)).toHaveLength(32_768);
  expect(long.list).toHaveLength(100);
  expect(long['labels.fields_dropped']).toBe(3);
});

test('type json takes what knows a record better first; another type says when it can’t', () => {
  expect(
    parse(
      { eventSource: 'iam.amazonaws.com', eventName: 'ListUsers', eventTime: '2026-11-20T20:00:00Z' },
      { sourceType: 'json' },
    ),
  ).toMatchObject({ 'labels.decoder': 'aws_cloudtrail' });
  expect(parse({ a: 1 }, { sourceType: 'suricata' })).toMatchObject({
    a: 1,
    'labels.decoder': 'json',
    'labels.parse_error': expect.stringContaining('suricata'),
  });
});

test('what only looks like JSON stays a line', () => {
  expect(parse('{"a":')).toMatchObject({ message: '{"a":', 'labels.parse_error': expect.any(String) });
});

describe('64 KiB of hostile records take a few milliseconds', () => {
  const fill = (start: string, part: string, end: string) =>
    start + part.repeat(Math.floor((65_000 - start.length - end.length) / part.length)) + end;
  const names = Array.from({ length: 5000 }, (_, i) => `"k${i}":1`)
    .join(',')
    .slice(0, 60_000)
    .replace(/,[^,]*$/, '');
  test.each([
    ['open objects', fill('', '{"a":', '')],
    ['nested objects', `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`],
    ['nested lists', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['many names', `{${names}}`],
    [
      'a long name above many',
      `{"${'n'.repeat(30_000)}":{${names.slice(0, 30_000).replace(/,[^,]*$/, '')}}}`,
    ],
    ['lists of objects', fill('{"a":[', '{"b":{"c":[1]}},', '{}]}')],
    ['lists in lists', fill('{"a":[', '[[1],[2]],', '1]}')],
    ['escapes', fill('{"a":"', '\\u0000', '"}')],
    [
      'a Windows record',
      fill(
        '{"EventID":4625,"Channel":"Security","Message":"',
        'Subject: Account Name: x Network Information: ',
        '"}',
      ),
    ],
    [
      'Sysmon text',
      fill('{"EventID":1,"SourceName":"Microsoft-Windows-Sysmon","Message":"', ' User: x Image: y', '"}'),
    ],
    [
      'Windows XML',
      fill(
        "<Event xmlns='x'><System><EventID>1</EventID></System><EventData>",
        "<Data Name='a'>b</Data>",
        '</EventData></Event>',
      ),
    ],
    ['open XML', fill('<Event><System><EventID>1</EventID>', '<a ', '')],
    ['closed XML', fill('<Event><System>', '<a></b>', '</System></Event>')],
    ['Snare', fill('MSWinEventLog\t', '1\t', '')],
    ['container lines', fill('2026-11-20T20:00:00.5Z stdout F ', '2026-11-20T20:00:00.5Z stdout F ', '')],
    ['OpenSCAP', fill('oscap: ', 'msg: "x", result: "fail', '"')],
    ['gitlab', fill('October 06, 2014 11:56: User "', '" (a@b) was created', '')],
    ['journald', fill('{"_PID":"1","MESSAGE":[', '10,', '10]}')],
  ])('%s', (_name, text) => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    parse(text);
    let best = Number.POSITIVE_INFINITY;
    for (let batch = 0; batch < 3; batch++) {
      const start = process.cpuUsage();
      for (let run = 0; run < 5; run++) parse(`${text} `.slice(0, -1));
      best = Math.min(best, process.cpuUsage(start).user / 5_000);
    }
    expect(best).toBeLessThan(5);
  });
});
