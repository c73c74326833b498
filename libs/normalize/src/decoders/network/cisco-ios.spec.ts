import { parseFrame } from '../../parse.js';

const parse = (line: string) =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });
const ios = (text: string) => parse(`<189>585917: sw1: Nov 20 2026 20:00:00.123: ${text}`);

test.each([
  [
    '%SEC-6-IPACCESSLOGP: list 150 denied tcp 198.51.100.7(59832) -> 10.0.0.5(23), 1 packet',
    'drop',
    '198.51.100.7',
    59832,
    '10.0.0.5',
    23,
    'tcp',
  ],
  [
    '%SEC-6-IPACCESSLOGP: list in permitted udp 198.51.100.7(53) (Gi0/1 0011.2233.4455) -> 10.0.0.5(5353), 7 packets',
    'accept',
    '198.51.100.7',
    53,
    '10.0.0.5',
    5353,
    'udp',
  ],
  [
    '%SEC-6-IPACCESSLOGDP: list 150 denied icmp 198.51.100.7 -> 10.0.0.5 (8/0), 1 packet',
    'drop',
    '198.51.100.7',
    undefined,
    '10.0.0.5',
    undefined,
    'icmp',
  ],
  [
    '%SEC-6-IPACCESSLOGNP: list 171 denied 47 198.51.100.7 -> 10.0.0.5, 1 packet',
    'drop',
    '198.51.100.7',
    undefined,
    '10.0.0.5',
    undefined,
    'gre',
  ],
  [
    '%SEC-6-IPACCESSLOGSP: list x denied igmp 198.51.100.7 -> 224.0.0.2 (20), 1 packet',
    'drop',
    '198.51.100.7',
    undefined,
    '224.0.0.2',
    undefined,
    'igmp',
  ],
  [
    '%IPV6_ACL-6-ACCESSLOGP: list v6/10 permitted tcp 2001:db8::7(1027) -> 2001:db8::5(22), 9 packets',
    'accept',
    '2001:db8::7',
    1027,
    '2001:db8::5',
    22,
    'tcp',
  ],
  [
    '%FMANFP-6-IPACCESSLOGP: R0/0: fman_fp_image: list 110 denied tcp 198.51.100.7(59120) -> 10.0.0.5(7774), 1 packet',
    'drop',
    '198.51.100.7',
    59120,
    '10.0.0.5',
    7774,
    'tcp',
  ],
  [
    '%FW-6-DROP_PKT: Dropping tcp pkt from Gi1/0/2 198.51.100.7:53836 => 10.0.0.5:80(target:class)-(a:b) due to Policy drop',
    'drop',
    '198.51.100.7',
    53836,
    '10.0.0.5',
    80,
    'tcp',
  ],
])('%s', (text, action, source, sport, destination, dport, transport) => {
  const event = ios(text);
  expect([
    event['event.action'],
    event['source.ip'],
    event['source.port'],
    event['destination.ip'],
    event['destination.port'],
    event['network.transport'],
    event['event.dataset'],
  ]).toEqual([action, source, sport, destination, dport, transport, 'cisco_ios.log']);
});

test.each([
  [
    '%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: bob] [Source: 198.51.100.7] [localport: 22] [Reason: Login Authentication Failed] at 20:00:00 UTC Fri Nov 20 2026',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: bob] [Source: 2001:db8::7] [localport: 22] at 20:00:00 UTC Fri Nov 20 2026',
    'success',
    'bob',
    '2001:db8::7',
  ],
  [
    "%SSH-5-SSH2_USERAUTH: User 'bob' authentication for SSH2 Session from 198.51.100.7 (tty = 0) using crypto cipher 'aes256-ctr', hmac 'hmac-sha1' Failed",
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '%SYS-5-PRIV_AUTH_FAIL: Authentication to Privilege level 15 failed by bob on vty0 (198.51.100.7)',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '%SNMP-3-AUTHFAIL: Authentication failure for SNMP req from host 198.51.100.7',
    'failure',
    undefined,
    '198.51.100.7',
  ],
  [
    '%AUTHPRIV-3-SYSTEM_MSG: pam_aaa:Authentication failed for user bob from 198.51.100.7 - sshd[4242]',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '%DAEMON-3-SYSTEM_MSG: error: PAM: Authentication failure for illegal user bob from 198.51.100.7 - sshd[4242]',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    '%DOT1X-5-FAIL: Authentication failed for client (0011.2233.4455) on Interface Gi1/0/16 AuditSessionID 00',
    'failure',
    undefined,
    undefined,
  ],
])('a log-in: %s', (text, outcome, user, address) => {
  const event = ios(text);
  expect([event['event.category'], event['event.outcome'], event['user.name'], event['source.ip']]).toEqual([
    'authentication',
    outcome,
    user,
    address,
  ]);
});

test('a name with the device’s words in it: the device’s address, and no name', () => {
  const event = ios(
    '%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: x] [Source: 203.0.113.9] [localport: 22] [Source: 198.51.100.7] [localport: 22] [Reason: r] at 20:00:00',
  );
  expect(event['user.name']).toBeUndefined();
  expect(event['source.ip']).not.toBe('203.0.113.9');
  expect(
    ios(
      '%AUTHPRIV-3-SYSTEM_MSG: pam_aaa:Authentication failed for user x from 203.0.113.9 - sshd[1] from 198.51.100.7 - sshd[4242]',
    ),
  ).toMatchObject({ 'source.ip': '198.51.100.7' });
});

test.each([
  [
    '<189>2360957: Nov 20 2026 20:00:00.861: %SYS-5-CONFIG_I: Configured from console by bob on vty0 (198.51.100.7)',
  ],
  [
    '<189>: sw01: Nov 20 2026 20:00:00.964: %SYS-5-CONFIG_I: Configured from console by bob on vty0 (198.51.100.7)',
  ],
  [
    'Nov 20 20:00:00 10.0.0.1 585917: Nov 20 20:00:00.272: %SYS-5-CONFIG_I: Configured from console by bob on vty0 (198.51.100.7)',
  ],
  [
    '2026-11-20T20:00:00.208321-05:00 sw1 %SYS-5-CONFIG_I: Configured from console by bob on vty0 (198.51.100.7)',
  ],
])('configuration, with the header %s', (line) => {
  expect(parse(line)).toMatchObject({
    'event.action': 'configuration_change',
    'user.name': 'bob',
    'source.ip': '198.51.100.7',
    'event.code': 'CONFIG_I',
  });
});

test('IOS-XR puts its place and process before the code', () => {
  expect(
    parse(
      '<190>Nov 20 20:00:00 xr1 RP/0/RP0/CPU0:Nov 20 20:00:00.630 UTC: ipv4_acl_mgr[310]: %ACL-IPV4_ACL-6-IPACCESSLOGP : access-list out deny tcp 198.51.100.7(39527) -> 10.0.0.5(1830), 1 packet',
    ),
  ).toMatchObject({ 'event.action': 'drop', 'source.ip': '198.51.100.7', 'destination.port': 1830 });
});

test('an intrusion signature', () => {
  expect(
    ios(
      '%IPS-4-SIGNATURE: Sig:3051 Subsig:1 Sev:4 Window Size DoS [198.51.100.7:51654 -> 10.0.0.5:4444] RiskRating:52',
    ),
  ).toMatchObject({
    'event.category': 'intrusion_detection',
    'rule.id': '3051',
    'source.ip': '198.51.100.7',
    'destination.port': 4444,
  });
});

test('NX-OS names the address behind the user', () => {
  expect(
    parse(
      '<187>: 2026 Nov 20 20:00:00.123 UTC: %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by bob on 198.51.100.7@pts/0',
    ),
  ).toMatchObject({
    'event.action': 'configuration_change',
    'user.name': 'bob',
    'source.ip': '198.51.100.7',
  });
});

test('any other message keeps its code and level', () => {
  expect(ios('%LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan1, changed state to up')).toMatchObject({
    'event.code': 'UPDOWN',
    'cisco.ios.facility': 'LINEPROTO',
    'log.level': '5',
    'event.severity': 'low',
  });
});
