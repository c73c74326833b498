import { parseHeader } from './header.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const read = (text: string, zone = 'UTC', at = RECEIVED) => {
  const { timestamp, ...rest } = parseHeader(text, at, zone);
  return {
    host: undefined,
    program: undefined,
    ...rest,
    time: timestamp === undefined ? undefined : new Date(timestamp).toISOString(),
  };
};

describe('what clients send', () => {
  test('logger --rfc5424', () => {
    expect(
      read(
        '<13>1 2026-11-20T21:00:00.123456+01:00 web1 alice - - [timeQuality tzKnown="1" isSynced="0"] hello',
      ),
    ).toMatchObject({
      format: 'rfc5424',
      valid5424: true,
      version: 1,
      facility: 1,
      severity: 5,
      host: 'web1',
      program: 'alice',
      message: 'hello',
      time: '2026-11-20T20:00:00.123Z',
      structuredData: { timeQuality: { tzKnown: '1', isSynced: '0' } },
    });
  });
  test('logger --rfc3164 and rsyslog’s traditional form', () => {
    expect(read('<13>Nov 20 20:00:00 web1 alice[77]: hello')).toMatchObject({
      format: 'rfc3164',
      host: 'web1',
      program: 'alice',
      pid: '77',
      message: 'hello',
      time: '2026-11-20T20:00:00.000Z',
    });
  });
  test('logger to a local socket: no host', () => {
    expect(read('<13>Nov 20 20:00:00 alice: hello')).toMatchObject({
      host: undefined,
      program: 'alice',
      message: 'hello',
    });
  });
  test('rsyslog with ISO times', () => {
    expect(read('<38>2026-11-20T20:00:00.5+00:00 db02 sshd[1000]: Failed')).toMatchObject({
      format: 'rfc3164',
      host: 'db02',
      program: 'sshd',
      pid: '1000',
      message: 'Failed',
      time: '2026-11-20T20:00:00.500Z',
    });
  });
  test.each([
    [
      '<189>123: *Nov 20 2026 20:00:00.250 UTC: %SYS-5-CONFIG_I: Configured',
      '%SYS-5-CONFIG_I',
      undefined,
      '2026-11-20T20:00:00.250Z',
    ],
    [
      '<189>123: rtr1: Nov 20 20:00:00.250 CET: %SYS-5-CONFIG_I: Configured',
      '%SYS-5-CONFIG_I',
      'rtr1',
      '2026-11-20T19:00:00.250Z',
    ],
    [
      '<189>: 2026 Nov 20 20:00:00 UTC: %ETHPORT-5-UP: Configured',
      '%ETHPORT-5-UP',
      undefined,
      '2026-11-20T20:00:00.000Z',
    ],
    [
      '<166>Nov 20 2026 20:00:00 fw1 : %ASA-6-302013: Configured',
      '%ASA-6-302013',
      'fw1',
      '2026-11-20T20:00:00.000Z',
    ],
    [
      '<166>Nov 20 2026 20:00:00: %ASA-6-302013: Configured',
      '%ASA-6-302013',
      undefined,
      '2026-11-20T20:00:00.000Z',
    ],
    ['<189>Nov 20 20:00:00 2026 fw1 app: Configured', 'app', 'fw1', '2026-11-20T20:00:00.000Z'],
  ])('Cisco and others: %s', (text, program, host, time) => {
    expect(read(text)).toMatchObject({ format: 'rfc3164', program, host, time, message: 'Configured' });
  });
  test.each([
    ['Nov 20 20:00:00 <mail.notice> robin sm-mta[7]: x', 'sm-mta', 'robin', '2026-11-20T20:00:00.000Z'],
    ['@400000006ae65bf30a9e94ff imapd-auth: x', 'imapd-auth', undefined, undefined],
    ['@400000004c91b044077a9e94 dovecot-auth: x', 'dovecot-auth', undefined, '2010-09-16T05:50:50.125Z'],
  ])('the BSDs’ syslogd -v and multilog: %s', (text, program, host, time) => {
    expect(read(text)).toMatchObject({
      format: 'rfc3164',
      program,
      host,
      message: 'x',
      ...(time === undefined ? {} : { time }),
    });
  });
  test.each([
    ['2026-11-20T20:00:00+00:00: successful auth for user', undefined],
    ['2026-11-20T20:00:00+00:00: robin app: x', 'robin'],
    ['2026-11-20T20:00:00+00:00 192.0.2.1  { "a": 1 }', '192.0.2.1'],
  ])('a colon behind the time, JSON behind the host: %s', (text, host) => {
    expect(read(text).host).toBe(host);
  });
  test('JSON is no tag', () => {
    expect(read('2026-11-20T20:00:00+00:00 192.0.2.1  { "a": 1 }')).toMatchObject({
      program: undefined,
      message: '{ "a": 1 }',
    });
  });
  test('what only looks like them is left alone', () => {
    expect(read('@400000004c91b044077a9eXX a: x').format).toBe('none');
    expect(read('Nov 20 20:00:00 <b>robin</b> x').host).toBeUndefined();
  });
  test.each([
    ['<189>Nov 20 20:00:00 date=2026-11-20 time=20:00:00', undefined, 'date=2026-11-20 time=20:00:00'],
    ['<189>Nov 20 20:00:00 fw1 date=2026-11-20 time=20:00:00', 'fw1', 'date=2026-11-20 time=20:00:00'],
    ['<189>Nov 20 20:00:00 1,2026/11/20 20:00:00,7,TRAFFIC', undefined, '1,2026/11/20 20:00:00,7,TRAFFIC'],
    ['<189>Nov 20 20:00:00 pa-1 1,2026/11/20 20:00:00,7,TRAFFIC', 'pa-1', '1,2026/11/20 20:00:00,7,TRAFFIC'],
  ])('columns and pairs are neither host nor tag: %s', (text, host, message) => {
    expect(read(text)).toMatchObject({ format: 'rfc3164', program: undefined, host, message });
  });
  test.each(['mdt', 'UTC+07:30'])('a zone %s before the code of a message is no host', (zone) => {
    expect(read(`<166>Nov 20 2026 20:00:00.123 ${zone}: %SYS-5-CONFIG_I: x`).host).toBeUndefined();
  });
  test('a host with a colon before the code of a message', () => {
    expect(read('<166>Nov 20 20:00:00 fw1: %ASA-6-302013: Built')).toMatchObject({
      host: 'fw1',
      program: '%ASA-6-302013',
      message: 'Built',
    });
  });
  test('no time, no PRI: prose is no header', () => {
    expect(read('Error: the disk is full')).toMatchObject({
      format: 'none',
      program: undefined,
      message: 'Error: the disk is full',
    });
    expect(read('srv sshd[12]: x')).toMatchObject({
      format: 'rfc3164',
      host: 'srv',
      program: 'sshd',
      pid: '12',
      message: 'x',
    });
    expect(read('<13>app: x')).toMatchObject({ format: 'rfc3164', program: 'app', message: 'x' });
  });
  test('a byte order mark before the message is no part of it', () => {
    expect(read('<34>1 - - su - ID47 - \ufeffsu root').message).toBe('su root');
  });
  test('structured data named after Object’s own parts is data', () => {
    const { structuredData } = read('<34>1 - - su - - [__proto__ constructor="x"] m');
    expect(structuredData?.['__proto__']?.['constructor']).toBe('x');
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object);
  });
});

describe('times without year or zone', () => {
  test.each([
    ['Dec 31 23:59:59', '2027-01-01T00:00:10Z', '2026-12-31T23:59:59.000Z'],
    ['Jan  1 00:00:01', '2026-12-31T23:59:58Z', '2027-01-01T00:00:01.000Z'],
    ['Nov 20 20:00:00', '2026-11-20T20:00:05Z', '2026-11-20T20:00:00.000Z'],
    ['Feb 29 12:00:00', '2028-03-01T00:00:00Z', '2028-02-29T12:00:00.000Z'],
  ])('%s received at %s', (time, received, expected) => {
    expect(read(`<13>${time} h a: x`, 'UTC', Date.parse(received)).time).toBe(expected);
  });
  test.each([
    ['Nov 20 21:00:00', 'Europe/Berlin', '2026-11-20T20:00:00.000Z'],
    ['Jul 20 22:00:00', 'Europe/Berlin', '2026-07-20T20:00:00.000Z'],
    ['Nov 20 12:00:00', 'America/Los_Angeles', '2026-11-20T20:00:00.000Z'],
    ['Nov 21 01:45:00', 'Asia/Kathmandu', '2026-11-20T20:00:00.000Z'],
    ['2026-11-20 21:00:00', 'Europe/Berlin', '2026-11-20T20:00:00.000Z'],
    // The clock jumps from 02:00 to 03:00 on 29 March 2026 and goes back at 03:00 on 25 October.
    ['Mar 29 2026 01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
    ['Mar 29 2026 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['Oct 25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['Nov 20 20:00:00', 'No/Such_Zone', '2026-11-20T20:00:00.000Z'],
  ])('%s in %s', (time, zone, expected) => {
    expect(read(`<13>${time} h a: x`, zone).time).toBe(expected);
  });
});

test.each([
  [
    '2026-11-20 20:00:00 status unpacked libc6:amd64 2.36-9',
    undefined,
    undefined,
    'status unpacked libc6:amd64 2.36-9',
  ],
  ['2026-11-20 20:00:00,123 INFO starting up', undefined, undefined, 'INFO starting up'],
  ['2026-11-20 20:00:00 web1 app[7]: hello', 'web1', 'app', 'hello'],
  ['2026-11-20 20:00:00 app: hello', undefined, 'app', 'hello'],
  ['<13>2026-11-20 20:00:00 web1 app hello', 'web1', 'app', 'hello'],
])(
  'a program’s own file with a time names a host only where a tag follows: %s',
  (line, host, program, message) => {
    const header = parseHeader(line, Date.parse('2026-11-20T20:00:05Z'), 'UTC');
    expect([header.timestamp, header.host, header.program, header.message]).toEqual([
      expect.any(Number),
      host,
      program,
      message,
    ]);
  },
);
