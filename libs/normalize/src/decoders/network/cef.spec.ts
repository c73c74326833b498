import { parseFrame } from '../../parse.js';

const parse = (line: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType,
  });

test('header and extension, with escapes and custom fields by their labels', () => {
  expect(
    parse(
      '<134>Nov 20 20:00:00 fw1 CEF:0|Ven\\|dor|Pro\\\\duct|1.0|100|Packet \\| dropped|7|src=198.51.100.7 spt=52220 dst=10.0.0.5 dpt=22 proto=TCP act=blocked request=http://h/?a\\=b&c\\=d cs1Label=Policy name cs1=Deny all msg=two\\nlines rt=1795204800000 suser=bob dvchost=gw1 dvc=10.0.0.1',
    ),
  ).toMatchObject({
    '@timestamp': 1795204800000,
    'event.module': 'cef',
    'event.dataset': 'cef.log',
    'observer.vendor': 'Ven|dor',
    'observer.product': 'Pro\\duct',
    'event.code': '100',
    'cef.name': 'Packet | dropped',
    'event.severity': 'high',
    'event.action': 'drop',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 22,
    'network.transport': 'tcp',
    'url.original': 'http://h/?a=b&c=d',
    'user.name': 'bob',
    'observer.ip': '10.0.0.1',
    'observer.hostname': 'gw1',
    'cef.extensions.Policy_name': 'Deny all',
    'cef.extensions.msg': 'two\nlines',
    'labels.decoder': 'cef',
  });
});

test.each([
  'CEF:0|V|P|1|7|Failed login|5|src=198.51.100.7 duser=bob',
  '<134>CEF:0|V|P|1|7|Failed login|5|src=198.51.100.7 duser=bob',
  'Nov 20 20:00:00 h CEF:0|V|P|1|7|Failed login|5|src=198.51.100.7 duser=bob',
  'Nov 20 20:00:00 h ASM:CEF:0|V|P|1|7|Failed login|5| src=198.51.100.7 duser=bob',
  'Nov 20 20:00:00 h cef: CEF:0|V|P|1|7|Failed login|5|src=198.51.100.7 duser=bob',
  'Nov 20 20:00:00 h CEF: 0|V|P|1|7|Failed login|5|src=198.51.100.7 duser=bob',
  '<134>1 2026-11-20T20:00:00Z h app 1 - - CEF:1|V|P|1|7|Failed login|5|src=198.51.100.7 duser=bob',
  '0|V|P|1|7|Failed login|5|src=198.51.100.7 duser=bob',
])('a failed log-in, whatever stands before: %s', (line) => {
  expect(parse(line)).toMatchObject({
    'event.category': 'authentication',
    'event.action': 'user_login',
    'event.outcome': 'failure',
    'source.ip': '198.51.100.7',
    'user.name': 'bob',
  });
});

test.each([
  ['User logged in|3|suser=bob src=198.51.100.7 outcome=success', 'authentication', 'success'],
  ['User logged out|3|suser=bob src=198.51.100.7', 'session', 'success'],
  ['Trojan found|9|dst=10.0.0.5 fname=x.exe', 'malware', undefined],
  ['Intrusion attempt|8|src=198.51.100.7 dst=10.0.0.5 act=dropped', 'intrusion_detection', 'failure'],
  ['Rule 1|8|src=198.51.100.7 dst=10.0.0.5 dpt=22 act=IDS:Reset', 'intrusion_detection', 'failure'],
  ['Web filter|3|src=10.0.0.9 dst=198.51.100.7 dpt=443 act=allowed', 'network', 'success'],
])('%s', (rest, category, outcome) => {
  const event = parse(`CEF:0|V|P|1|7|${rest}`);
  expect([event['event.category'], event['event.outcome']]).toEqual([category, outcome]);
});

test.each([
  ['0', 'info'],
  ['3', 'low'],
  ['6', 'medium'],
  ['8', 'high'],
  ['10', 'critical'],
  ['Very-High', 'critical'],
  ['Medium', 'medium'],
])('severity %s is %s', (text, severity) => {
  expect(parse(`CEF:0|V|P|1|7|Something|${text}|msg=x`)['event.severity']).toBe(severity);
});

test('a client’s value that looks like a second source leaves the source out', () => {
  const event = parse(
    'CEF:0|V|P|1|7|Web request|3|requestClientApplication=x src=203.0.113.9 y src=198.51.100.7 dst=10.0.0.5',
  );
  expect([event['source.ip'], event['destination.ip']]).toEqual([undefined, '10.0.0.5']);
});

test('too few columns are none', () => {
  expect(parse('CEF:0|V|P|1')['labels.decoder']).not.toBe('cef');
  expect(
    parse('<13>Nov 20 20:00:00 h nginx: GET /CEF:0|V|P|1|7|x|5|src=203.0.113.9')['source.ip'],
  ).toBeUndefined();
});
