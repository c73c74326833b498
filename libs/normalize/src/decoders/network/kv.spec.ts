import { parseFrame } from '../../parse.js';

const parse = (line: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType,
  });

test('pairs and nothing else', () => {
  expect(
    parse(
      '<13>Nov 20 20:00:00 h unheard: ts=2026-11-20T19:59:00Z level=warning msg="login refused" user=bob src_ip=198.51.100.7 src_port=4242 other="a b"',
    ),
  ).toMatchObject({
    '@timestamp': Date.parse('2026-11-20T19:59:00Z'),
    message: 'login refused',
    'event.severity': 'medium',
    'user.name': 'bob',
    'source.ip': '198.51.100.7',
    'source.port': 4242,
    'kv.other': 'a b',
    'labels.decoder': 'kv',
  });
});

test('a verdict on a packet', () => {
  expect(parse('action=deny src=198.51.100.7 sport=1 dst=10.0.0.5 dport=23 proto=tcp')).toMatchObject({
    'event.action': 'drop',
    'destination.port': 23,
    'network.transport': 'tcp',
  });
});

test('not recognised among words, but read where it is asked for', () => {
  const line = '<13>Nov 20 20:00:00 h unheard: user=bob tried src=198.51.100.7 a=1';
  expect(parse(line)['labels.decoder']).toBe('generic');
  expect(parse(line, 'logfmt')).toMatchObject({ 'source.ip': '198.51.100.7', 'user.name': 'bob' });
  expect(parse('nothing at all', 'kv')['labels.parse_error']).toContain('kv');
});

test('a name that comes twice has no value', () => {
  const event = parse('a=1 user=x src=203.0.113.9 src=198.51.100.7 user=y');
  expect([event['source.ip'], event['user.name'], event['kv.a']]).toEqual([undefined, undefined, '1']);
});
