import { parseFrame } from '../../parse.js';

const parse = (line: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType,
  });
const asa = (text: string) => parse(`<166>Nov 20 2026 20:00:00 fw1 : %ASA-6-${text}`);

test('a denied packet', () => {
  expect(
    parse(
      '<164>Nov 20 20:00:00 fw1 : %ASA-4-106023: Deny tcp src outside:198.51.100.7/52220 dst dmz:10.0.0.5/22 by access-group "outside_in" [0x0, 0x0]',
    ),
  ).toMatchObject({
    'event.module': 'cisco_asa',
    'event.dataset': 'cisco_asa.log',
    'event.category': 'network',
    'event.type': 'denied',
    'event.action': 'drop',
    'event.outcome': 'failure',
    'event.severity': 'low',
    'event.code': '106023',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 22,
    'network.transport': 'tcp',
    'rule.name': 'outside_in',
    'host.name': 'fw1',
    'observer.ingress.interface.name': 'outside',
    'labels.decoder': 'cisco_asa',
  });
});

const ends = (event: ReturnType<typeof parse>) => [
  event['event.action'],
  event['source.ip'] ?? event['source.domain'],
  event['source.port'],
  event['destination.ip'] ?? event['destination.domain'],
  event['destination.port'],
];

test.each([
  [
    '106001: Inbound TCP connection denied from 198.51.100.7/4321 to 10.0.0.5/22 flags SYN  on interface outside',
    ['drop', '198.51.100.7', 4321, '10.0.0.5', 22],
  ],
  [
    '106006: Deny inbound UDP from 198.51.100.7/53 to 10.0.0.5/5353 on interface outside',
    ['drop', '198.51.100.7', 53, '10.0.0.5', 5353],
  ],
  [
    '106007: Deny inbound UDP from 198.51.100.7/53 to 10.0.0.5/5353 due to DNS Response',
    ['drop', '198.51.100.7', 53, '10.0.0.5', 5353],
  ],
  [
    '106014: Deny inbound icmp src outside:198.51.100.7 dst inside:10.0.0.5(type 8, code 0)',
    ['drop', '198.51.100.7', undefined, '10.0.0.5', undefined],
  ],
  [
    '106015: Deny TCP (no connection) from 198.51.100.7/443 to 10.0.0.5/50123 flags RST ACK  on interface outside',
    ['drop', '198.51.100.7', 443, '10.0.0.5', 50123],
  ],
  [
    '106023: Deny icmp src outside:2001:db8::7 dst inside:2001:db8:1::5 (type 128, code 0) by access-group "in"',
    ['drop', '2001:db8::7', undefined, '2001:db8:1::5', undefined],
  ],
  [
    '106023: Deny protocol 47 src outside:198.51.100.7 dst inside:10.0.0.5 by access-group "in"',
    ['drop', '198.51.100.7', undefined, '10.0.0.5', undefined],
  ],
  [
    '106023: Deny udp src inside:10.0.0.9/123(LOCAL\\a user) dst outside:198.51.100.7/123 by access-group "out" [0x1, 0x0]',
    ['drop', '10.0.0.9', 123, '198.51.100.7', 123],
  ],
  [
    '106100: access-list acl_in denied tcp outside/198.51.100.7(49734) -> inside/10.0.0.5(3389) hit-cnt 1 first hit [0x1, 0x0]',
    ['drop', '198.51.100.7', 49734, '10.0.0.5', 3389],
  ],
  [
    '106100: access-list acl_in permitted udp outside/2001:db8::7(53) -> inside/2001:db8::5(40000) hit-cnt 2 300-second interval [0x1, 0x0]',
    ['accept', '2001:db8::7', 53, '2001:db8::5', 40000],
  ],
  [
    '302013: Built inbound TCP connection 42 for outside:198.51.100.7/52220 (198.51.100.7/52220) to dmz:10.0.0.5/80 (203.0.113.5/80)',
    ['connection', '198.51.100.7', 52220, '10.0.0.5', 80],
  ],
  [
    '302013: Built outbound TCP connection 42 for outside:198.51.100.7/80 (198.51.100.7/80) to inside:10.0.0.5/50123 (203.0.113.5/50123)',
    ['connection', '10.0.0.5', 50123, '198.51.100.7', 80],
  ],
  [
    '302015: Built inbound UDP connection 42 for outside:198.51.100.7/52220 (198.51.100.7/52220)(LOCAL\\u) to dmz:10.0.0.5/53 (203.0.113.5/53) (u)',
    ['connection', '198.51.100.7', 52220, '10.0.0.5', 53],
  ],
  [
    '302014: Teardown TCP connection 42 for outside:198.51.100.7/443 to inside:10.0.0.5/50123 duration 0:00:30 bytes 4242 TCP FINs',
    ['connection', '10.0.0.5', 50123, '198.51.100.7', 443],
  ],
  [
    '302020: Built inbound ICMP connection for faddr 198.51.100.7/0 gaddr 203.0.113.5/0 laddr 10.0.0.5/0 type 8 code 0',
    ['connection', '198.51.100.7', undefined, '10.0.0.5', undefined],
  ],
  [
    '302020: Built outbound ICMP connection for faddr 198.51.100.7/0 gaddr 203.0.113.5/0 laddr 10.0.0.5/0',
    ['connection', '10.0.0.5', undefined, '198.51.100.7', undefined],
  ],
  [
    '313001: Denied ICMP type=3, code=3 from 198.51.100.7 on interface outside',
    ['drop', '198.51.100.7', undefined, undefined, undefined],
  ],
  [
    '401004: Shunned packet: 198.51.100.7 ==> 10.0.0.5 on interface outside',
    ['drop', '198.51.100.7', undefined, '10.0.0.5', undefined],
  ],
  [
    '710003: TCP access denied by ACL from 198.51.100.7/6370 to outside:203.0.113.1/22',
    ['drop', '198.51.100.7', 6370, '203.0.113.1', 22],
  ],
  [
    '725001: Starting SSL handshake with client outside:198.51.100.7/57700 to 203.0.113.1/443 for TLS session',
    ['connection', '198.51.100.7', 57700, '203.0.113.1', 443],
  ],
  [
    '106017: Deny IP due to Land Attack from 10.0.0.5 to 10.0.0.5',
    ['intrusion_detected', '10.0.0.5', undefined, '10.0.0.5', undefined],
  ],
])('%s', (text, expected) => {
  expect(ends(asa(text))).toEqual(expected);
});

test('who began a session that ends is not guessed', () => {
  const event = asa(
    '302014: Teardown TCP connection 42 for a:198.51.100.7/50123 to b:10.0.0.5/50124 duration 0:00:30 bytes 1',
  );
  expect([event['source.ip'], event['destination.port'], event['related.ip'], event['event.type']]).toEqual([
    undefined,
    undefined,
    ['198.51.100.7', '10.0.0.5'],
    'end',
  ]);
});

test('translations are no connections to the translated port', () => {
  expect(
    asa('305011: Built dynamic TCP translation from inside:10.0.0.5/50123 to outside:203.0.113.5/1024'),
  ).toMatchObject({
    'source.ip': '10.0.0.5',
    'source.nat.ip': '203.0.113.5',
    'source.nat.port': 1024,
  });
  expect(
    asa('305011: Built dynamic TCP translation from inside:10.0.0.5/1 to outside:203.0.113.5/2')[
      'destination.port'
    ],
  ).toBeUndefined();
});

test.each([
  [
    '605004: Login denied from 198.51.100.7/51923 to mgmt:10.0.0.1/https for user "admin"',
    'failure',
    'admin',
    '198.51.100.7',
  ],
  [
    '605005: Login permitted from 198.51.100.7/51923 to mgmt:10.0.0.1/ssh for user "admin"',
    'success',
    'admin',
    '198.51.100.7',
  ],
  [
    '605004: Login denied from 198.51.100.7/51923 to mgmt:10.0.0.1/ssh for user "*****"',
    'failure',
    undefined,
    '198.51.100.7',
  ],
  [
    '611102: User authentication failed: IP address: 198.51.100.7, Uname: bob',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  ['611101: User authentication succeeded: Uname: bob', 'success', 'bob', undefined],
  [
    '113005: AAA user authentication Rejected : reason = AAA failure : server = 10.0.0.70 : user = bob : user IP = 198.51.100.7',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '113015: AAA user authentication Rejected: reason = Invalid password: local database: user = bob: user IP = 198.51.100.7',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '113015: AAA user authentication Rejected : reason = User was not found : local database : user = bob',
    'failure',
    'bob',
    undefined,
  ],
  [
    '113004: AAA user authentication Successful: server = 10.0.0.70 , User = bob',
    'success',
    'bob',
    undefined,
  ],
  ['113012: AAA user authentication Successful : local database : user = bob', 'success', 'bob', undefined],
  [
    "109006: Authentication failed for user 'bob' from 198.51.100.7/2222 to 10.0.0.5/80 on interface outside",
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '308001: console enable password incorrect for 3 tries (from 198.51.100.7)',
    'failure',
    undefined,
    '198.51.100.7',
  ],
  [
    '716039: Group <g 1> User <bob> IP <198.51.100.7> Authentication: rejected, Session Type: WebVPN.',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '716038: Group <g> User <bob> IP <198.51.100.7> Authentication: successful, Session Type: WebVPN.',
    'success',
    'bob',
    '198.51.100.7',
  ],
  [
    '713167: Group = g, Username = bob, IP = 198.51.100.7, Remote peer has failed user authentication - check configured username and password',
    'failure',
    'bob',
    '198.51.100.7',
  ],
])('a log-in: %s', (text, outcome, user, address) => {
  const event = asa(text);
  expect([
    event['event.category'],
    event['event.action'],
    event['event.outcome'],
    event['user.name'],
    event['source.ip'],
  ]).toEqual(['authentication', 'user_login', outcome, user, address]);
});

test('names are taken between the device’s own words, addresses never from them', () => {
  expect(
    asa(
      '605004: Login denied from 198.51.100.7/1 to m:10.0.0.1/ssh for user "x" from 203.0.113.9/1 to m:10.0.0.1/ssh for user "root"',
    ),
  ).toMatchObject({
    'source.ip': '198.51.100.7',
    'user.name': 'x" from 203.0.113.9/1 to m:10.0.0.1/ssh for user "root',
  });
  expect(
    asa(
      '113005: AAA user authentication Rejected : reason = r : server = 10.0.0.70 : user = a : user IP = 203.0.113.9 : user IP = 198.51.100.7',
    ),
  ).toMatchObject({
    'source.ip': '198.51.100.7',
    'user.name': 'a : user IP = 203.0.113.9',
  });
  const vpn = asa(
    '716039: Group <g> User <x> IP <203.0.113.9> y> IP <198.51.100.7> Authentication: rejected, Session Type: WebVPN.',
  );
  expect([vpn['source.ip'], vpn['user.name']]).toEqual([undefined, undefined]);
});

test.each([
  [
    "111010: User 'bob', running 'CLI' from IP 198.51.100.7, executed 'write memory'",
    'configuration_change',
    'bob',
  ],
  ["111008: User 'bob' executed the 'configure terminal' command.", 'configuration_change', 'bob'],
  ['502101: New user added to local dbase: Uname: eve Priv: 15 Encpass: x', 'user_added', 'eve'],
  ['611103: User logged out: Uname: bob', 'user_logout', 'bob'],
  [
    '113019: Group = g, Username = bob, IP = 198.51.100.7, Session disconnected. Session Type: SSL, Duration: 0h:01m:00s',
    'user_logout',
    'bob',
  ],
  [
    '113039: Group <g> User <bob> IP <198.51.100.7> AnyConnect parent session started.',
    'session_opened',
    'bob',
  ],
])('%s', (text, action, user) => {
  expect(asa(text)).toMatchObject({ 'event.action': action, 'user.name': user });
});

test('FTD’s security events; what a client writes can’t name the address', () => {
  const start =
    '<113>2026-11-20T20:00:00Z ftd1 %FTD-1-430003: AccessControlRuleAction: Block with reset, SrcIP: 198.51.100.7, DstIP: 10.0.0.5, SrcPort: 50815, DstPort: 80, Protocol: tcp, AccessControlRuleName: r1, User: Not Found';
  expect(parse(`${start}, UserAgent: curl/8.0, URL: http://h/`)).toMatchObject({
    'event.dataset': 'cisco_ftd.log',
    'event.action': 'reject',
    'source.ip': '198.51.100.7',
    'destination.port': 80,
    'user_agent.original': 'curl/8.0',
    'url.original': 'http://h/',
  });
  expect(parse(`${start}, UserAgent: x, SrcIP: 203.0.113.9, User: root`)['source.ip']).toBeUndefined();
  expect(
    parse(
      '%FTD-1-430001: SrcIP: 198.51.100.7, DstIP: 10.0.0.5, Priority: 1, SID: 42, Message: "EXPLOIT x", InlineResult: Dropped',
    ),
  ).toMatchObject({
    'event.category': 'intrusion_detection',
    'event.severity': 'high',
    'rule.id': '42',
    'rule.name': 'EXPLOIT x',
  });
});

test.each([
  '%ASA-6-302013: Built inbound TCP connection 1 for a:198.51.100.7/5 (198.51.100.7/5) to b:10.0.0.5/80 (10.0.0.5/80)',
  'Nov 20 20:00:00 fw1 %ASA-6-302013: Built inbound TCP connection 1 for a:198.51.100.7/5 (198.51.100.7/5) to b:10.0.0.5/80 (10.0.0.5/80)',
  'Nov 20 20:00:00 fw1: %ASA-session-6-302013: Built inbound TCP connection 1 for a:198.51.100.7/5 (198.51.100.7/5) to b:10.0.0.5/80 (10.0.0.5/80)',
  'Nov 20 20:00:00 relay fw1 : Nov 20 20:00:00 UTC: %ASA-6-302013: Built inbound TCP connection 1 for a:198.51.100.7/5 (198.51.100.7/5) to b:10.0.0.5/80 (10.0.0.5/80)',
  '<166>2026-11-20T20:00:00Z fw1 : %PIX-6-302013: Built inbound TCP connection 1 for a:198.51.100.7/5 (198.51.100.7/5) to b:10.0.0.5/80 (10.0.0.5/80)',
])('whatever the header: %s', (line) => {
  expect(parse(line)).toMatchObject({
    'source.ip': '198.51.100.7',
    'destination.port': 80,
    'event.code': '302013',
  });
});

test('a number that no row knows, and a text that does not fit its row, are still Cisco’s', () => {
  expect(asa('323006: Module ips: data channel is DOWN.')).toMatchObject({
    'event.code': '323006',
    'event.category': 'network',
  });
  const cut = asa('106023: Deny tcp src outs');
  expect([cut['event.action'], cut['source.ip'], cut['labels.parse_error']]).toEqual([
    'drop',
    undefined,
    undefined,
  ]);
});

test('what another program quotes is not Cisco’s', () => {
  const event = parse(
    '<13>Nov 20 20:00:00 h nginx: x %ASA-4-106023: Deny tcp src o:198.51.100.7/1 dst d:10.0.0.5/22 by access-group "x"',
  );
  expect(event['source.ip']).toBeUndefined();
  expect(parse('hello', 'cisco_asa')['labels.parse_error']).toContain('cisco_asa');
});
