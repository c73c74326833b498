import { parseFrame } from '../../parse.js';

const parse = (line: string) =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });
const PAIRS =
  '[junos@2636.1.1.1.2.39 source-address="198.51.100.7" source-port="52220" destination-address="10.0.0.5" destination-port="22" service-name="junos-ssh" protocol-id="6" policy-name="deny-all" username="N/A" reason="policy deny"]';

test.each([
  `<14>1 2026-11-20T20:00:00Z srx1 RT_FLOW - RT_FLOW_SESSION_DENY ${PAIRS}`,
  `Nov 20 20:00:00 10.0.0.1 junos-flow: 2026-11-20T20:00:00.803Z srx1 RT_FLOW - RT_FLOW_SESSION_DENY ${PAIRS}`,
  `<14>1 2026-11-20T20:00:00Z srx1 RT_FLOW - RT_FLOW_SESSION_DENY ${PAIRS} session denied 198.51.100.7/52220->10.0.0.5/22`,
])('a denied session: %s', (line) => {
  const event = parse(line);
  expect(event).toMatchObject({
    'event.dataset': 'juniper_srx.log',
    'event.action': 'drop',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 22,
    'network.transport': 'tcp',
    'rule.name': 'deny-all',
    'host.name': 'srx1',
  });
  expect(event['user.name']).toBeUndefined();
});

test('a denied session as text', () => {
  expect(
    parse(
      '<14>Nov 20 20:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_DENY: session denied 198.51.100.7/52220->10.0.0.5/22 junos-ssh 6(0) deny-all(global) untrust trust UNKNOWN UNKNOWN N/A(N/A) ge-0/0/0.0',
    ),
  ).toMatchObject({
    'event.action': 'drop',
    'source.ip': '198.51.100.7',
    'destination.port': 22,
    'network.transport': 'tcp',
  });
});

test('a session as text, with NAT and its rules before the protocol', () => {
  expect(
    parse(
      '<14>Nov 20 20:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_CREATE: session created 198.51.100.7/52220->203.0.113.5/22 0x0 junos-ssh 198.51.100.7/52220->10.0.0.5/22 0x0 N/A N/A destination rule rdr 6 allow untrust trust 4242 N/A(N/A) ge-0/0/0.0',
    ),
  ).toMatchObject({
    'event.action': 'connection',
    'destination.ip': '203.0.113.5',
    'network.transport': 'tcp',
  });
});

test('a sum of attempts counts none again', () => {
  expect(
    parse(
      "<38>Nov 20 20:00:00 srx1 sshd[1]: SSHD_LOGIN_ATTEMPTS_THRESHOLD: Threshold for unsuccessful authentication attempts (3) reached by user 'bob'",
    )['event.action'],
  ).toBe('login_witness');
});

test.each([
  [
    '<37>1 2026-11-20T20:00:00Z srx1 sshd - SSHD_LOGIN_FAILED [junos@2636.1.1.1.2.39 username="bob" source-address="198.51.100.7"]',
    'failure',
  ],
  [
    "<37>Nov 20 20:00:00 srx1 sshd[42]: SSHD_LOGIN_FAILED: Login failed for user 'bob' from host '198.51.100.7'",
    'failure',
  ],
  [
    "<37>Nov 20 20:00:00 srx1 mgd[42]: UI_LOGIN_EVENT: User 'bob' login, class 'super-user' [42], ssh-connection '198.51.100.7 52220 10.0.0.1 22', client-mode 'cli'",
    'success',
  ],
])('a log-in: %s', (line, outcome) => {
  expect(parse(line)).toMatchObject({
    'event.category': 'authentication',
    'event.outcome': outcome,
    'user.name': 'bob',
    'source.ip': '198.51.100.7',
  });
});

test('a name with the daemon’s words in it', () => {
  expect(
    parse(
      "<37>Nov 20 20:00:00 srx1 sshd[42]: SSHD_LOGIN_FAILED: Login failed for user 'x' from host '203.0.113.9' from host '198.51.100.7'",
    ),
  ).toMatchObject({ 'source.ip': '198.51.100.7', 'user.name': "x' from host '203.0.113.9" });
});

test('screens, commands', () => {
  expect(
    parse(
      '<11>Nov 20 20:00:00 srx1 RT_IDS: RT_SCREEN_TCP: SYN flood! source: 198.51.100.7:4242, destination: 10.0.0.5:80, zone name: untrust, interface name: ge-0/0/0.0, action: drop',
    ),
  ).toMatchObject({
    'event.category': 'intrusion_detection',
    'source.ip': '198.51.100.7',
    'destination.port': 80,
    'rule.name': 'SYN flood',
  });
  expect(
    parse("<190>Nov 20 20:00:00 srx1 mgd[42]: UI_CMDLINE_READ_LINE: User 'bob', command 'show version '"),
  ).toMatchObject({
    'event.category': 'configuration',
    'user.name': 'bob',
    'juniper.srx.command': 'show version ',
  });
});

test('OpenSSH elsewhere keeps its decoder', () => {
  expect(
    parse('<38>Nov 20 20:00:00 web1 sshd[42]: Failed password for root from 198.51.100.7 port 22 ssh2')[
      'labels.decoder'
    ],
  ).toBe('sshd');
});
