import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const parse = (line: string) =>
  parseFrame(Buffer.from(line), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });
const kernel = (message: string) => parse(`<4>Nov 20 20:00:00 fw1 kernel: ${message}`);
const PACKET =
  'IN=eth0 OUT= MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=198.51.100.7 DST=10.0.0.5 LEN=44 TOS=0x00 PREC=0x00 TTL=50 ID=1 PROTO=TCP SPT=52220 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0';

test('a packet that ufw blocked', () => {
  expect(kernel(`[ 3529.289825] [UFW BLOCK] ${PACKET}`)).toMatchObject({
    'event.action': 'drop',
    'event.outcome': 'failure',
    'event.category': 'network',
    'event.type': 'denied',
    'event.dataset': 'iptables.log',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 23,
    'network.transport': 'tcp',
    'network.iana_number': '6',
    'network.type': 'ipv4',
    'network.direction': 'ingress',
    'observer.ingress.interface.name': 'eth0',
    'destination.mac': '52-54-00-12-34-56',
    'source.mac': '52-54-00-65-43-21',
    'rule.name': '[UFW BLOCK]',
    'iptables.tcp.flags': ['SYN'],
    'event.severity': 'low',
    'labels.decoder': 'netfilter',
  });
});

test.each([
  ['', 'log'],
  ['[UFW ALLOW] ', 'accept'],
  ['[UFW AUDIT] ', 'log'],
  ['[UFW LIMIT BLOCK] ', 'drop'],
  ['DROP(src wan)', 'drop'],
  ['SFW2-INext-ACC-TCP ACCEPT ', 'accept'],
  ['nft-reject: REJECT ', 'reject'],
  ['[WAN_LOCAL-D-2147483647] DESCR="[WAN_LOCAL]x" ', 'drop'],
  ['[LAN-A-10] ', 'accept'],
])('the prefix %j means %s', (prefix, action) => {
  expect(kernel(`${prefix}${PACKET}`)).toMatchObject({ 'event.action': action, 'source.ip': '198.51.100.7' });
});

test('the packet that an ICMP error quotes is not this packet', () => {
  const event = kernel(
    'DROP IN=eth0 OUT=eth1 SRC=198.51.100.7 DST=10.0.0.5 LEN=56 TTL=50 ID=7 PROTO=ICMP TYPE=3 CODE=1 [SRC=10.0.0.5 DST=203.0.113.1 LEN=28 PROTO=UDP SPT=1 DPT=2 LEN=8 ]',
  );
  expect(event).toMatchObject({
    'source.ip': '198.51.100.7',
    'network.transport': 'icmp',
    'iptables.icmp.type': 3,
  });
  expect(event['destination.port']).toBeUndefined();
});

test('IPv6 addresses are written the short way', () => {
  expect(
    kernel(
      'DROP IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0007 DST=fe80:0000:0000:0000:0000:0000:0000:0001 LEN=80 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=ICMPv6 TYPE=128 CODE=0 ID=1 SEQ=1',
    ),
  ).toMatchObject({
    'source.ip': '2001:db8::7',
    'destination.ip': 'fe80::1',
    'network.transport': 'ipv6-icmp',
    'network.iana_number': '58',
  });
});

test('a packet line without a header is recognised, one that a web log quotes is not', () => {
  expect(parse(PACKET)).toMatchObject({ 'source.ip': '198.51.100.7', 'labels.decoder': 'netfilter' });
  const quoted = parse(`192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] "GET /?${PACKET} HTTP/1.1" 200 5`);
  expect(quoted).toMatchObject({ 'source.ip': '192.0.2.1', 'labels.decoder': 'access_log' });
  expect(quoted['destination.ip']).toBeUndefined();
  expect(parse(`<13>Nov 20 20:00:00 web1 nginx: ${PACKET}`)['source.ip']).toBeUndefined();
});

test('other kernel lines are generic system lines without an error', () => {
  const event = kernel('[12.5] EXT4-fs (sda1): re-mounted');
  expect([
    event['event.dataset'],
    event['event.action'],
    event['labels.parse_error'],
    event['event.severity'],
  ]).toEqual(['system.syslog', undefined, undefined, 'medium']);
});
