import { parseFrame } from './parse.js';
import type { ParseContext } from './parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const parse = (frame: string | Buffer, context: Partial<ParseContext> = {}) =>
  parseFrame(Buffer.from(frame), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto', ...context });

test('a line that is nothing known is kept whole, with the reason', () => {
  expect(parse('what is this')).toMatchObject({
    '@timestamp': RECEIVED,
    'event.original': 'what is this',
    message: 'what is this',
    'event.severity': 'info',
    'labels.parse_error': expect.any(String),
  });
});

test('every frame gives an event, whatever the bytes', () => {
  for (let seed = 1; seed < 3000; seed++) {
    const bytes = Buffer.from(
      Array.from({ length: seed % 60 }, (_, i) => (seed * 31 + i * i * 17 + ((seed * i) >> 3)) & 255),
    );
    for (const frame of [
      bytes,
      Buffer.concat([Buffer.from('<34>1 '), bytes]),
      Buffer.concat([Buffer.from('<34>Nov 20 20:00:00 '), bytes]),
    ]) {
      const event = parse(frame);
      const text = frame.toString(event['labels.encoding'] === undefined ? 'utf8' : 'latin1');
      expect(event['event.original']).toBe(text.replaceAll('\0', '\u2400'));
      if (seed % 3 !== 0) break;
    }
  }
});

test('NUL and bytes that are no UTF-8 are kept readable and labelled', () => {
  expect(parse(Buffer.from('<13>app: a\0b\0', 'latin1'))).toMatchObject({
    message: 'a\u2400b',
    'event.original': '<13>app: a\u2400b\u2400',
    'labels.nul_replaced': true,
  });
  expect(parse(Buffer.from('<13>app: \xfc', 'latin1'))).toMatchObject({
    message: 'ü',
    'labels.encoding': 'iso-8859-1',
  });
  expect(parse('<13>app: ü')['labels.encoding']).toBeUndefined();
});

test('the line end of a datagram is no part of the message, but of the original', () => {
  expect(parse('<13>app: x\r\n')).toMatchObject({ message: 'x', 'event.original': '<13>app: x\r\n' });
});

test('a time more than five minutes ahead is taken as receipt and labelled', () => {
  expect(parse('<13>2026-11-20T20:05:05Z h a: x')['@timestamp']).toBe(RECEIVED + 300_000);
  expect(parse('<13>2026-11-20T20:05:06Z h a: x')).toMatchObject({
    '@timestamp': RECEIVED,
    'labels.time_adjusted': '2026-11-20T20:05:06.000Z',
  });
});

test.each([
  [0, 'critical'],
  [2, 'critical'],
  [3, 'high'],
  [4, 'medium'],
  [5, 'low'],
  [6, 'info'],
  [7, 'info'],
])('syslog severity %i is %s', (level, severity) => {
  expect(parse(`<${8 + level}>app: x`)).toMatchObject({
    'event.severity': severity,
    'log.syslog.severity.code': level,
    'log.syslog.facility.code': 1,
  });
});

test('structured data has a field for each parameter', () => {
  expect(parse('<13>1 - h a 7 m [meta@1 sequenceId="9"][x y="z"] hi')).toMatchObject({
    'log.syslog.structured_data.meta@1.sequenceId': '9',
    'log.syslog.structured_data.x.y': 'z',
    'log.syslog.msgid': 'm',
    'process.pid': 7,
    'log.syslog.version': '1',
  });
});

test('what claims to be RFC 5424 and is not says so, and its program is still read', () => {
  const event = parse(
    '<38>1 2026-11-20T20:00:00Z web1 sshd 7 - [bad Failed password for root from 198.51.100.7 port 22 ssh2',
  );
  expect(event).toMatchObject({
    'host.name': 'web1',
    'labels.parse_error': expect.stringContaining('RFC 5424'),
  });
  expect(event['log.syslog.version']).toBeUndefined();
});

test('a source type reads lines by that decoder, and says when it can’t', () => {
  expect(
    parse('Failed password for root from 198.51.100.7 port 22 ssh2', { sourceType: 'sshd' }),
  ).toMatchObject({ 'source.ip': '198.51.100.7' });
  expect(parse('<13>Nov 20 20:00:00 h app: hello', { sourceType: 'sshd' })['labels.parse_error']).toContain(
    'sshd',
  );
});

test('R19 what came by UDP is labelled as unauthenticated', () => {
  expect(parse('<13>app: x', { transport: 'udp' })['labels.unauthenticated']).toBe(true);
  expect(parse('<13>app: x', { transport: 'tcp' })['labels.unauthenticated']).toBeUndefined();
  expect(
    parse('<13>app: x', { transport: 'udp', authenticated: true })['labels.unauthenticated'],
  ).toBeUndefined();
});

describe('64 KiB of hostile text takes a few milliseconds', () => {
  const fill = (start: string, part: string, end = '') =>
    start +
    part
      .repeat(Math.ceil((65_536 - start.length) / part.length))
      .slice(0, 65_536 - start.length - end.length) +
    end;
  test.each([
    ['spaces', fill('<13>', ' ')],
    ['digits', fill('', '1')],
    ['opening brackets', fill('<13>Nov 20 20:00:00 h ', '[')],
    ['structured data', fill('<13>1 - - - - - ', '[a b="c"]')],
    [
      'distinct structured data',
      fill('<13>1 - - - - - ', Array.from({ length: 7000 }, (_, i) => `[a${i} b="c"]`).join('')),
    ],
    ['open structured data', fill('<13>1 - - - - - [a', ' b="\\\\"')],
    ['sshd from', fill('<38>Nov 20 20:00:00 h sshd[1]: Failed password for ', ' from 1.2.3.4 port 22 ssh2')],
    ['sshd without header', fill('Failed password for ', ' from 1.2.3.4 port 1 ssh2 ')],
    ['sshd Invalid user without header', fill('Invalid user ', ' from 1.2.3.4 port 1 ', 'x')],
    [
      'sshd publickey',
      fill(
        '<38>Nov 20 20:00:00 h sshd[1]: Failed publickey for ',
        ' from 1.2.3.4 port 2 ssh2: RSA-CERT SHA256:a ID ',
      ),
    ],
    [
      'pam',
      fill(
        '<38>Nov 20 20:00:00 h app: pam_unix(x:auth): authentication failure; logname= uid=0 euid=0 tty= ruser=',
        ' rhost= user=',
      ),
    ],
    ['sudo', fill('<85>Nov 20 20:00:00 h sudo: a : TTY=', ' ; PWD= ; ENV= ; CHROOT=')],
    ['sudo without header', fill('', ' a : b ; TTY=c')],
    ['netfilter', fill('<4>Nov 20 20:00:00 h kernel: ', 'IN= OUT= SRC= ')],
    ['netfilter without header', fill('', ' IN=a SRC=b')],
    ['colons', fill('', ':')],
    ['su', fill('<85>Nov 20 20:00:00 h su: ', 'a to b on ')],
  ])('%s', (_name, text) => {
    const frame = Buffer.from(text);
    expect(frame.length).toBeLessThanOrEqual(65_536);
    parse(frame);
    // CPU time over several runs: the machine may be busy with other tests, and some kernels count in ticks of 4 ms.
    let best = Number.POSITIVE_INFINITY;
    for (let batch = 0; batch < 3; batch++) {
      const start = process.cpuUsage();
      for (let run = 0; run < 5; run++) parse(frame);
      best = Math.min(best, process.cpuUsage(start).user / 5_000);
    }
    expect(best).toBeLessThan(5);
  });
});
