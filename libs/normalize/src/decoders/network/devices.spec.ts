import { parseFrame } from '../../parse.js';

const parse = (line: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType,
  });
const FROM = { 'source.ip': '198.51.100.7' };

describe('SonicWall', () => {
  const HEAD = 'id=firewall sn=C0EA time="2026-11-20 20:00:00 UTC" fw=203.0.113.1';
  test.each([
    [
      'pri=5 c=64 m=36 msg="TCP connection dropped" n=1 src=198.51.100.7:4507:WAN dst=10.0.0.5:445:LAN proto=tcp/445',
      { 'event.action': 'drop', 'source.port': 4507, 'destination.port': 445, 'network.transport': 'tcp' },
    ],
    [
      'pri=1 c=32 m=30 msg="Administrator login denied due to bad credentials" n=7 usr="bob" src=198.51.100.7:36701:WAN dst=203.0.113.1:443:WAN',
      { 'event.category': 'authentication', 'event.outcome': 'failure', 'user.name': 'bob' },
    ],
    [
      'pri=6 c=16 m=29 msg="Administrator login allowed" usr=bob src=198.51.100.7:1:WAN dst=203.0.113.1:443',
      { 'event.category': 'authentication', 'event.outcome': 'success' },
    ],
    [
      'pri=6 c=262144 m=98 msg="Connection Opened" src=198.51.100.7:36701:WAN:a.example dst=10.0.0.5:53:LAN proto=udp/dns usr="Unknown (SSO failed)"',
      { 'event.action': 'connection', 'destination.port': 53, 'network.protocol': 'dns' },
    ],
    [
      'pri=1 c=32 m=609 msg="IPS Prevention Alert: WEB-ATTACKS x" sid=2307 ipscat="WEB-ATTACKS x" ipspri=1 src=198.51.100.7:1:X1 dst=10.0.0.5:80:X0 fw_action="drop"',
      { 'event.category': 'intrusion_detection', 'event.severity': 'high', 'rule.id': '2307' },
    ],
  ])('%s', (rest, expected) => {
    expect(parse(`<134>${HEAD} ${rest}`)).toMatchObject({
      ...FROM,
      ...expected,
      '@timestamp': Date.parse('2026-11-20T20:00:00Z'),
      'event.dataset': 'sonicwall_firewall.log',
    });
    expect(parse(`Nov 20 20:00:00 10.0.0.1 ${HEAD} ${rest}`)).toMatchObject({ ...FROM, ...expected });
  });
  test('IPv6 addresses stand in names of their own', () => {
    expect(
      parse(
        `${HEAD} pri=5 m=1 msg="x dropped" srcV6=2001:db8::7 src=:49702:X0 dstV6=2001:db8::5 dst=:5355 proto=udp/5355`,
      ),
    ).toMatchObject({
      'source.ip': '2001:db8::7',
      'source.port': 49702,
      'destination.ip': '2001:db8::5',
      'destination.port': 5355,
    });
  });
  test('an address that a URL adds', () => {
    expect(
      parse(
        `${HEAD} pri=3 msg="Web site access denied" arg="x" src=203.0.113.9:1 src=198.51.100.7:1 dst=10.0.0.5:80`,
      )['source.ip'],
    ).toBeUndefined();
  });
});

describe('Sophos', () => {
  const XG =
    'device="SFW" date=2026-11-20 time=20:00:00 timezone="UTC" device_name="XG1" device_id=A1 log_id=0101';
  test.each([
    [
      'log_type="Firewall" log_component="Firewall Rule" log_subtype="Denied" status="Deny" priority=Information fw_rule_id=14 user_name="" src_ip=198.51.100.7 dst_ip=10.0.0.5 protocol="TCP" src_port=52667 dst_port=22',
      {
        ...FROM,
        'event.action': 'drop',
        'destination.port': 22,
        'network.transport': 'tcp',
        'rule.id': '14',
      },
    ],
    [
      'log_type="Firewall" log_component="Firewall Rule" log_subtype="Allowed" src_ip=198.51.100.7 dst_ip=10.0.0.5 protocol="UDP" src_port=1 dst_port=53',
      { ...FROM, 'event.action': 'accept' },
    ],
    [
      'log_type="Event" log_component="SSL VPN Authentication" log_subtype="Authentication" status="Failed" user_name="bob" src_ip=198.51.100.7 message="User bob failed to login"',
      { ...FROM, 'event.category': 'authentication', 'event.outcome': 'failure', 'user.name': 'bob' },
    ],
    [
      'log_type="IDP" log_component="Anomaly" log_subtype="Drop" src_ip=198.51.100.7 dst_ip=10.0.0.5 signature_id=42 signature_msg="x"',
      { ...FROM, 'event.category': 'intrusion_detection', 'rule.id': '42' },
    ],
  ])('Firewall: %s', (rest, expected) => {
    expect(parse(`<30>${XG} ${rest}`)).toMatchObject({ 'event.dataset': 'sophos.xg', ...expected });
  });
  const UTM =
    'id="2001" severity="info" sys="SecureNet" sub="packetfilter" name="Packet dropped" action="drop" fwrule="60001" initf="eth1" srcip="198.51.100.7" dstip="10.0.0.5" proto="6" srcport="52220" dstport="23"';
  test.each([
    `2026:11:20-20:00:00 gw ulogd[4242]: ${UTM}`,
    `<30>2026:11:20-20:00:00 gw ulogd[4242]: ${UTM}`,
    `<30>Nov 20 20:00:00 gw ulogd[4242]: ${UTM}`,
  ])('UTM: %s', (line) => {
    expect(parse(line)).toMatchObject({
      ...FROM,
      'event.dataset': 'sophos.utm',
      'event.action': 'drop',
      'destination.port': 23,
      'host.name': 'gw',
      'process.pid': 4242,
    });
  });
});

describe('Meraki', () => {
  test.each([
    [
      'flows allow src=198.51.100.7 dst=10.0.0.5 mac=00:11:22:33:44:55 protocol=udp sport=54841 dport=53',
      { ...FROM, 'event.action': 'accept', 'destination.port': 53 },
    ],
    [
      'firewall src=198.51.100.7 dst=10.0.0.5 protocol=tcp sport=54841 dport=23 pattern: deny all',
      { ...FROM, 'event.action': 'drop' },
    ],
    [
      'flows src=198.51.100.7 dst=10.0.0.5 protocol=tcp sport=54841 dport=23 pattern: 0 tcp',
      { ...FROM, 'event.action': 'drop' },
    ],
    [
      'ip_flow_start src=10.0.0.9 dst=198.51.100.7 protocol=tcp sport=1 dport=443 translated_src_ip=203.0.113.1',
      { 'source.ip': '10.0.0.9', 'event.action': 'connection' },
    ],
    [
      "events client_vpn_connect user id 'bob' local ip 10.9.0.2 connected from 198.51.100.7",
      { ...FROM, 'event.category': 'authentication', 'user.name': 'bob' },
    ],
    [
      'security_event ids_alerted signature=1:29708:4 priority=1 timestamp=1.2 dhost=00:11:22:33:44:55 direction=ingress protocol=tcp/ip src=198.51.100.7:80 dst=10.0.0.5:56391 decision=blocked message: BROWSER x',
      { ...FROM, 'event.category': 'intrusion_detection', 'rule.name': 'BROWSER x', 'source.port': 80 },
    ],
    [
      "urls src=198.51.100.7:1 dst=10.0.0.5:80 mac=00:11:22:33:44:55 agent='x' request: GET http://h/",
      { ...FROM, 'url.original': 'http://h/', 'http.request.method': 'GET' },
    ],
  ])('%s', (rest, expected) => {
    const line = `1795204800.289402144 MX84 ${rest}`;
    expect(parse(`<134>1 ${line}`)).toMatchObject({
      'event.dataset': 'cisco_meraki.log',
      'host.name': 'MX84',
      '@timestamp': 1795204800289,
      ...expected,
    });
    expect(parse(line)).toMatchObject(expected);
  });
});

describe('F5 BIG-IP', () => {
  test.each([
    [
      'notice httpd[4242]: 01070417:5: AUDIT - user bob - RAW: httpd(pam_audit): User=bob tty=(unknown) host=198.51.100.7 failed to login after 1 attempts (start="a" end="b").',
      {
        ...FROM,
        'event.outcome': 'failure',
        'user.name': 'bob',
        'process.pid': 4242,
        'process.name': 'httpd',
      },
    ],
    [
      'notice httpd[4242]: 01070417:5: AUDIT - user bob - RAW: httpd(mod_auth_pam): user=bob(bob) partition=[All] level=Administrator tty=(unknown) host=198.51.100.7 attempts=1 start="a"',
      { ...FROM, 'event.outcome': 'success', 'user.name': 'bob' },
    ],
    [
      'notice httpd[4242]: 01070417:5: AUDIT - user x - RAW: httpd(pam_audit): User=x tty=(unknown) host=203.0.113.9 failed to login after 1 attempts tty=(unknown) host=198.51.100.7 failed to login after 1 attempts (start="a" end="b").',
      { ...FROM, 'event.outcome': 'failure' },
    ],
  ])('%s', (rest, expected) => {
    expect(parse(`<133>Nov 20 20:00:00 f5a ${rest}`)).toMatchObject({
      'event.dataset': 'f5_bigip.log',
      'event.category': 'authentication',
      ...expected,
    });
  });
  test('other messages keep code, level and process', () => {
    expect(
      parse('Nov 20 20:00:00 f5a warning tmm[7]: 01010038:4: Syncookie counter 40 exceeded vip threshold'),
    ).toMatchObject({
      'event.code': '01010038',
      'event.severity': 'medium',
      'process.pid': 7,
    });
  });
});

test.each([
  [
    '<134>Nov 20 20:00:00 10.0.0.1 ssg5: NetScreen device_id=ssg5  [Root]system-notification-00257(traffic): start_time="2026-11-20 20:00:00" duration=0 policy_id=1 service=ssh proto=6 src zone=Untrust dst zone=Trust action=Deny sent=0 rcvd=0 src=198.51.100.7 dst=10.0.0.5 src_port=4242 dst_port=22 session_id=0',
    { ...FROM, 'event.action': 'drop', 'destination.port': 22, 'network.transport': 'tcp' },
  ],
  [
    '<134>Nov 20 20:00:00 10.0.0.1 ssg5: NetScreen device_id=ssg5  [Root]system-emergency-00005: SYN flood! From 198.51.100.7:41437 to 10.0.0.5:9612, proto TCP (zone Untrust int  ethernet0/0). Occurred 1 times.',
    { ...FROM, 'event.category': 'intrusion_detection', 'destination.port': 9612 },
  ],
  [
    '<134>Nov 20 20:00:00 10.0.0.1 ssg5: NetScreen device_id=ssg5  [Root]system-warning-00515: Login attempt to system by admin bob via SSH from 198.51.100.7:4242 has failed',
    { ...FROM, 'event.outcome': 'failure', 'event.category': 'authentication' },
  ],
  [
    '2026-11-20 20:00:00 USG6300 %%01SECLOG/6/SESSION_TEARDOWN(l):IPVer=4,Protocol=tcp,SourceIP=198.51.100.7,DestinationIP=10.0.0.5,SourcePort=6182,DestinationPort=443,PolicyName=Internet Access.',
    { ...FROM, 'event.type': 'end', 'destination.port': 443, 'rule.name': 'Internet Access' },
  ],
  [
    '<188>Nov 20 2026 20:00:00 USG6300 %%01POLICY/6/POLICYDENY(l)[42]:vsys=public, protocol=6, source-ip=198.51.100.7, source-port=4242, destination-ip=10.0.0.5, destination-port=23, time=x',
    { ...FROM, 'event.action': 'drop', 'destination.port': 23, 'network.transport': 'tcp' },
  ],
  [
    '<188>Nov 20 2026 20:00:00 USG6300 %%01SSH/4/SSH_FAIL_LOGIN(s)[1]:Failed to log in. (Ip=198.51.100.7, UserName=bob, Times=1)',
    { ...FROM, 'event.category': 'authentication', 'event.outcome': 'failure', 'user.name': 'bob' },
  ],
  [
    'Nov 20 20:00:00 aps1 arbor-networks-aps: Blocked Host: Blocked host 198.51.100.7 at 20:00 by TCP SYN Flood Detection using TCP/3306 (MYSQL) destination 10.0.0.5 source port 4242,URL: http://a',
    { ...FROM, 'event.action': 'drop', 'destination.port': 3306, 'rule.name': 'TCP SYN Flood Detection' },
  ],
  [
    '<140>Nov 20 20:00:00 XTM firewall: msg_id="3000-0148" Deny 0-External Firebox 40 tcp 20 243 198.51.100.7 10.0.0.5 43017 23 offset 5 S 1 win 4 (Unhandled External Packet-00)',
    {
      ...FROM,
      'event.action': 'drop',
      'source.port': 43017,
      'destination.port': 23,
      'rule.name': 'Unhandled External Packet-00',
    },
  ],
  [
    '<140>Nov 20 20:00:00 XTM admd: msg_id="1100-0004" Authentication of Firewall user [bob@Firebox-DB] from 198.51.100.7 was rejected, password not valid',
    { ...FROM, 'event.category': 'authentication', 'event.outcome': 'failure', 'user.name': 'bob' },
  ],
  [
    '<142>Nov 20 20:00:00 usg src="198.51.100.7:49152" dst="10.0.0.5:23" msg="Match default rule, DROP" note="ACCESS BLOCK" user="unknown" devID="1" cat="Firewall" proto="tcp"',
    { ...FROM, 'event.action': 'drop', 'destination.port': 23, 'network.transport': 'tcp' },
  ],
])('%s', (line, expected) => {
  expect(parse(line)).toMatchObject(expected);
});

describe('Suricata and Snort', () => {
  test.each([
    [
      '11/20/2026-19:59:01.860293  [**] [1:2200074:2] SURICATA TCPv4 invalid checksum [**] [Classification: Generic Protocol Command Decode] [Priority: 3] {TCP} 198.51.100.7:28487 -> 10.0.0.5:80',
      {
        ...FROM,
        'source.port': 28487,
        'destination.port': 80,
        'rule.id': '2200074',
        'event.severity': 'low',
        '@timestamp': Date.parse('2026-11-20T19:59:01.860Z'),
      },
    ],
    [
      '11/20/2026-19:59:01.860293  [Drop] [**] [1:2:1] ET SCAN x [**] [Classification: Attempted Information Leak] [Priority: 2] {UDP} 2001:db8::7:5116 -> 2001:db8::5:5060',
      { 'source.ip': '2001:db8::7', 'source.port': 5116, 'event.type': 'denied' },
    ],
    [
      '11/20/2026-19:59:01.860293  [**] [1:2:1] ICMP x [**] [Classification: (null)] [Priority: 3] {ICMP} 198.51.100.7:8 -> 10.0.0.5:0',
      { ...FROM, 'network.transport': 'icmp' },
    ],
    [
      '11/20-19:59:01.860293  [**] [1:2003:8] WORM x [**] [Classification: Misc Attack] [Priority: 1] {UDP} 198.51.100.7:1234 -> 10.0.0.5:1434',
      { ...FROM, 'event.severity': 'high' },
    ],
    [
      '<33>Nov 20 20:00:00 ids1 snort[42]: [1:2003:8] WORM x [Classification: Misc Attack] [Priority: 2]: {UDP} 198.51.100.7:1234 -> 10.0.0.5:1434',
      { ...FROM, 'event.dataset': 'snort.log', 'destination.port': 1434, 'process.pid': 42 },
    ],
    [
      '<33>Nov 20 20:00:00 ids1 suricata[42]: [1:2003:8] WORM x [Classification: Misc Attack] [Priority: 2] {TCP} 198.51.100.7:1234 -> 10.0.0.5:80',
      { ...FROM, 'destination.port': 80 },
    ],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject({
      'event.category': 'intrusion_detection',
      'event.action': 'intrusion_detected',
      ...expected,
    });
  });
});
