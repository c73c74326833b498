import { parseFrame, parseRecord } from '../parse.js';
import { compileParser } from './compile.js';
import type { ParserDefinition } from './definition.js';
import { TenantParsers } from './tenant-parsers.js';

const receivedAt = Date.parse('2026-11-21T12:00:00Z');
const define = (definition: Partial<ParserDefinition>): ParserDefinition => ({
  name: 'mine',
  kind: 'grok',
  patterns: [],
  fields: {},
  constants: {},
  programs: [],
  ...definition,
});
const parsersOf = (definition: Partial<ParserDefinition>, now?: () => number) => {
  const compiled = compileParser(define(definition), now);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return new TenantParsers([compiled.decoder]);
};
const parse = (definition: Partial<ParserDefinition>, line: string, sourceType = 'mine') =>
  parseFrame(Buffer.from(line), {
    receivedAt,
    timeZone: 'UTC',
    sourceType,
    parsers: parsersOf(definition),
  });
const problemsOf = (definition: Partial<ParserDefinition>) => {
  const compiled = compileParser(define(definition));
  return compiled.ok ? [] : compiled.problems;
};

const ACCESS =
  '203.0.113.7 - frank [10/Oct/2026:13:55:36 -0700] "GET /a.gif?x=1 HTTP/1.0" 404 2326 "http://ref.test/" "Agent (X)"';

describe('grok', () => {
  it('sets ECS fields of the right types', () => {
    expect(
      parse(
        {
          patterns: ['%{COMBINEDAPACHELOG}'],
          constants: { 'event.category': 'web', 'event.severity': 'warn' },
        },
        ACCESS,
      ),
    ).toMatchObject({
      '@timestamp': Date.parse('2026-10-10T20:55:36Z'),
      'source.ip': '203.0.113.7',
      'user.name': 'frank',
      'http.request.method': 'GET',
      'url.path': '/a.gif',
      'url.query': 'x=1',
      'http.response.status_code': 404,
      'http.response.body.bytes': 2326,
      'user_agent.original': 'Agent (X)',
      'event.category': 'web',
      'event.severity': 'medium',
      'event.module': 'mine',
      'event.dataset': 'mine.log',
      'labels.decoder': 'mine',
    });
  });

  it('reads the first pattern that matches; the first of two captures of one field', () => {
    const patterns = ['^in (?<a>x)', '^(?:in (?<b.c>\\d+)|out (?<b.c>\\w+))'];
    expect(parse({ patterns }, 'out yes')).toMatchObject({ 'b.c': 'yes' });
    expect(parse({ patterns }, 'in 7')).toMatchObject({ 'b.c': '7' });
  });

  it('is tried on the message, then on the whole line', () => {
    const line = '<34>Oct 11 22:14:15 gate app[7]: deny 192.0.2.9';
    expect(parse({ patterns: ['^deny %{IP:source.ip}$'] }, line)).toMatchObject({ 'source.ip': '192.0.2.9' });
    expect(parse({ patterns: ['%{SYSLOGLINE}'] }, line)).toMatchObject({ message: 'deny 192.0.2.9' });
    expect(parse({ patterns: ['%{HAPROXYTCP}'] }, line)).toMatchObject({
      'labels.parse_error': 'not a message that the mine decoder knows',
    });
  });

  it('HAProxy and Cisco lines', () => {
    const haproxy =
      'Nov 21 09:55:03 lb1 haproxy[14387]: 198.51.100.4:33320 [21/Nov/2026:09:55:02.954] http-in app/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.test} {} "GET /index.html HTTP/1.1"';
    expect(parse({ patterns: ['%{HAPROXYHTTP}'] }, haproxy)).toMatchObject({
      'source.ip': '198.51.100.4',
      'source.port': 33320,
      'http.response.status_code': 200,
      'url.path': '/index.html',
      'host.name': 'lb1',
    });
    const cisco =
      'Deny tcp src outside:198.51.100.9/4242 dst inside:10.0.0.3/22 by access-group "acl_in" [0x0, 0x0]';
    expect(parse({ patterns: ['%{CISCOFW106023}'] }, cisco)).toMatchObject({
      'source.ip': '198.51.100.9',
      'destination.ip': '10.0.0.3',
      'destination.port': 22,
      'network.transport': 'tcp',
    });
  });
});

describe('regex', () => {
  const fields = { who: 'user.name', ms: 'event.duration:float' };

  it('names of captures are fields, or mapped to them', () => {
    const patterns = [
      '^(?P<who>\\w+) (?<source.ip>\\S+):(?<source.port>\\d+) (?<ms>\\S+) (?<event.outcome>\\w+)$',
    ];
    expect(parse({ kind: 'regex', patterns, fields }, 'eve 2001:DB8::1:99 1.5 FAILURE')).toMatchObject({
      'user.name': 'eve',
      'source.ip': '2001:db8::1',
      'source.port': 99,
      'event.duration': 1.5,
      'event.outcome': 'failure',
    });
  });

  it('what is no value for a field is left out', () => {
    const patterns = ['^(?<source.ip>\\S+) (?<destination.port>\\d+) (?<n>\\S+) (?<event.outcome>\\w+)'];
    const event = parse({ kind: 'regex', patterns, fields: { n: 'n:int' } }, '999.1.1.1 70000 1.5 maybe');
    for (const field of ['source.ip', 'destination.port', 'n', 'event.outcome'])
      expect(event).not.toHaveProperty([field]);
  });

  it.each([
    ['2026-11-20 10:00:00', '2026-11-20T10:00:00.000Z'],
    ['20/Nov/2026:10:00:00 +0100', '2026-11-20T09:00:00.000Z'],
    ['Nov 20 10:00:00', '2026-11-20T10:00:00.000Z'],
    ['Fri, 20 Nov 2026 10:00:00 +0000', '2026-11-20T10:00:00.000Z'],
    ['20-Nov-2026 10:00:00.250', '2026-11-20T10:00:00.250Z'],
    ['1795168800', '2026-11-20T10:00:00.000Z'],
    ['1795168800.5', '2026-11-20T10:00:00.500Z'],
  ])('the time %s', (text, expected) => {
    const event = parse({ kind: 'regex', patterns: ['^=(?<timestamp>.*)$'] }, `=${text}`);
    expect(new Date(event['@timestamp']).toISOString()).toBe(expected);
  });

  it('an unreadable time is told', () => {
    const event = parse({ kind: 'regex', patterns: ['^=(?<timestamp>.*)$'] }, '=tomorrow');
    expect(event).toMatchObject({
      '@timestamp': receivedAt,
      'labels.parse_error': expect.stringContaining('tomorrow'),
    });
  });
});

describe('json', () => {
  const fields = {
    '$.peer.addr': 'source.ip',
    "$.who['the name']": 'user.name',
    '$.tries[1]': 'n:int',
    '$.at': 'timestamp',
  };
  const record = {
    peer: { addr: '198.51.100.3', zone: 'x' },
    who: { 'the name': 'al' },
    tries: [1, 2],
    at: 1795168800000,
  };

  it('maps paths; the rest keeps its own names', () => {
    const event = parse({ kind: 'json', fields }, JSON.stringify(record));
    expect(event).toMatchObject({
      'source.ip': '198.51.100.3',
      'user.name': 'al',
      n: 2,
      'peer.zone': 'x',
      '@timestamp': 1795168800000,
      'labels.decoder': 'mine',
    });
    expect(event).not.toHaveProperty(['peer.addr']);
    const context = {
      receivedAt,
      timeZone: 'UTC',
      sourceType: 'mine',
      parsers: parsersOf({ kind: 'json', fields }),
    };
    expect(parseRecord(record, JSON.stringify(record), context)).toMatchObject({
      'source.ip': '198.51.100.3',
    });
  });

  it('a record without any of the paths is not its own', () => {
    expect(parse({ kind: 'json', fields }, '{"other":1}')).toMatchObject({
      'labels.parse_error': 'not a message that the mine decoder knows',
    });
    const inherited = { '$.toString': 'a', '$.constructor.name': 'b' };
    expect(parse({ kind: 'json', fields: inherited }, '{"x":1}')).not.toHaveProperty(['b']);
  });

  it.each([
    ['a.b', 0],
    ['$', 1],
    ['$.a[x]', 3],
    ['$..a', 1],
    [`$${'.a'.repeat(17)}`, 33],
  ])('%s is no path', (path, offset) => {
    expect(problemsOf({ kind: 'json', fields: { [path]: 'x' } })).toMatchObject([
      { path: `fields.${path}`, offset },
    ]);
  });
});

describe('choice', () => {
  const line = '<38>Nov 21 10:00:00 h sshd[1]: Failed password for root from 192.0.2.9 port 22 ssh2';
  const definition = { patterns: ['^Failed password for %{USER:user.target.name} '], programs: ['sshd'] };

  it('a parser with programs goes before the built-in decoder, which reads what it does not match', () => {
    expect(parse(definition, line, 'auto')).toMatchObject({
      'labels.decoder': 'mine',
      'user.target.name': 'root',
    });
    const other = line.replace('Failed', 'Accepted');
    expect(parse(definition, other, 'auto')).toMatchObject({
      'labels.decoder': 'sshd',
      'source.ip': '192.0.2.9',
    });
    expect(parse({ ...definition, programs: [] }, line, 'auto')).toMatchObject({ 'labels.decoder': 'sshd' });
  });
});

describe('limits', () => {
  it.each<[string, Partial<ParserDefinition>, string]>([
    ['no pattern', {}, 'patterns'],
    ['21 patterns', { patterns: Array.from({ length: 21 }, () => 'a') }, 'patterns'],
    ['a long pattern', { patterns: ['a', 'b'.repeat(1001)] }, 'patterns.1'],
    ['an empty pattern', { patterns: [''] }, 'patterns.0'],
    ['repetitions of repetitions', { patterns: ['((a{100}){100}){100}'] }, 'patterns.0'],
    ['a large automaton', { patterns: ['(?:%{NETSCREENSESSIONLOG}|%{CISCOFW313005}){3}'] }, 'patterns.0'],
    ['a built-in name', { name: 'sshd', patterns: ['a'] }, 'name'],
    ['auto', { name: 'auto', patterns: ['a'] }, 'name'],
    ['a bad name', { name: 'Mine!', patterns: ['a'] }, 'name'],
    ['a mapping of nothing', { patterns: ['a'], fields: { x: 'user.name' } }, 'fields.x'],
    ['a reserved field', { patterns: ['(?<x>a)'], fields: { x: 'event.original' } }, 'fields.x'],
    [
      'a reserved constant',
      { patterns: ['a'], constants: { 'event.ingested': 1 } },
      'constants.event.ingested',
    ],
    ['a bad outcome', { patterns: ['a'], constants: { 'event.outcome': 'bad' } }, 'constants.event.outcome'],
    ['a bad program', { patterns: ['a'], programs: ['a b'] }, 'programs.0'],
  ])('%s', (_what, definition, path) => {
    expect(problemsOf(definition)).toContainEqual(expect.objectContaining({ path }));
  });

  it('R40 the place of what RE2 does not take', () => {
    expect(problemsOf({ kind: 'regex', patterns: ['ok', 'ab[z-a]'] })).toEqual([
      { path: 'patterns.1', offset: 3, message: expect.stringContaining('invalid character class range') },
    ]);
  });

  it.each(['(a+)+$', '(a|a)*b', '^(\\w+\\s?)*$'])(
    'R40 %s on 64 KiB, and 100 KB, in less than 50 ms',
    (pattern) => {
      const parsers = parsersOf({ kind: 'regex', patterns: [pattern] });
      const context = { receivedAt, timeZone: 'UTC', sourceType: 'mine', parsers };
      parseFrame(Buffer.from('warm up'), context);
      for (const length of [65_535, 100_000]) {
        // The best of some: the machine may be doing something else.
        const times = Array.from({ length: 8 }, () => {
          const begin = performance.now();
          parseFrame(Buffer.from(`${'a'.repeat(length)}!`), context);
          return performance.now() - begin;
        });
        expect(Math.min(...times)).toBeLessThan(50);
      }
    },
  );

  it('a parser that takes long is paused, and comes back', () => {
    let now = 0;
    let slow = true;
    const clock = () => (slow ? (now += 30) : now);
    const parsers = parsersOf({ kind: 'regex', patterns: ['^no', '^x(?<a>.)'] }, clock);
    const context = { receivedAt, timeZone: 'UTC', sourceType: 'mine', parsers };
    const paused = () => {
      const event = parseFrame(Buffer.from('xy'), context);
      return event['labels.parser_paused'] === 'mine';
    };
    let lines = 0;
    while (!paused() && lines < 100) lines++;
    expect(lines).toBeGreaterThan(3);
    expect(lines).toBeLessThan(30);
    slow = false;
    expect(paused()).toBe(true);
    now += 20_000;
    expect(paused()).toBe(false);
  });
});
