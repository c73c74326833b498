import { parseFrame } from '../../parse.js';

const parse = (line: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType,
  });
const HEAD = 'date=2026-11-20 time=12:00:00 devname="FG1" devid="FG100" logid="0000000013" tz="-0800"';
const gate = (rest: string) => parse(`<189>${HEAD} ${rest}`);

test('traffic', () => {
  expect(
    gate(
      'type="traffic" subtype="forward" level="notice" vd="root" srcip=198.51.100.7 srcport=52220 srcintf="wan1" dstip=10.0.0.5 dstport=22 dstintf="dmz" policyid=0 proto=6 action="deny" service="SSH" sentbyte=60 rcvdbyte=0',
    ),
  ).toMatchObject({
    '@timestamp': Date.parse('2026-11-20T20:00:00Z'),
    'event.module': 'fortinet_fortigate',
    'event.dataset': 'fortinet_fortigate.log',
    'event.category': 'network',
    'event.action': 'drop',
    'event.outcome': 'failure',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 22,
    'network.transport': 'tcp',
    'source.bytes': 60,
    'rule.id': '0',
    'observer.name': 'FG1',
    'labels.decoder': 'fortinet',
  });
});

test.each([
  ['action="close"', 'accept'],
  ['action="accept"', 'accept'],
  ['action="client-rst"', 'accept'],
  ['action="timeout"', 'accept'],
  ['status=deny', 'drop'],
  ['status=accept', 'accept'],
])('traffic with %s is %s', (pair, action) => {
  expect(
    gate(`type=traffic subtype=local srcip=2001:db8::7 dstip=2001:db8::5 proto=17 ${pair}`),
  ).toMatchObject({
    'event.action': action,
    'source.ip': '2001:db8::7',
    'network.transport': 'udp',
  });
});

test.each([
  [
    'subtype="system" logdesc="Admin login failed" user="bob" ui="https(198.51.100.7)" method="https" srcip=198.51.100.7 dstip=10.0.0.1 action="login" status="failed" reason="name_invalid"',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    'subtype=system logdesc="Admin login successful" sn=1 user="bob" ui=ssh(2001:db8::7) action=login status=success',
    'success',
    'bob',
    '2001:db8::7',
  ],
  [
    'subtype="vpn" action="ssl-login-fail" tunneltype="ssl-web" tunnelid=0 remip=198.51.100.7 user="bob" group="N/A" reason="sslvpn_login_permission_denied"',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    'subtype="vpn" action="ssl-login-fail" tunneltype="ssl-web" remip=198.51.100.7 user="N/A" reason="sslvpn_login_unknown_user"',
    'failure',
    undefined,
    '198.51.100.7',
  ],
  [
    'subtype="vpn" action="tunnel-up" tunneltype="ssl-tunnel" remip=198.51.100.7 tunnelip=10.9.0.2 user="bob" group="g"',
    'success',
    'bob',
    '198.51.100.7',
  ],
  [
    'subtype="user" action="authentication" status="failure" srcip=198.51.100.7 user="bob" authproto="HTTPS(198.51.100.7)"',
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    'subtype="user" action="auth-logon" status="logon" srcip=198.51.100.7 user="bob" server="AD"',
    'success',
    'bob',
    '198.51.100.7',
  ],
])('a log-in: %s', (rest, outcome, user, address) => {
  const event = gate(`type="event" level="alert" ${rest}`);
  expect([
    event['event.category'],
    event['event.action'],
    event['event.outcome'],
    event['user.name'],
    event['source.ip'],
  ]).toEqual(['authentication', 'user_login', outcome, user, address]);
});

test('a name that closes its quote and adds an address leaves the address out', () => {
  const event = gate(
    'type="event" subtype="vpn" action="ssl-login-fail" tunneltype="ssl-web" user="x" remip=203.0.113.9 y="" remip=198.51.100.7 reason="r"',
  );
  expect([event['source.ip'], event['event.outcome']]).toEqual([undefined, 'failure']);
  const admin = gate(
    'type=event subtype=system logdesc="Admin login failed" user="x" srcip=203.0.113.9 y="" ui=https(198.51.100.7) srcip=198.51.100.7 action=login status=failed',
  );
  expect(admin['source.ip']).toBeUndefined();
});

test.each([
  [
    'type="utm" subtype="ips" eventtype="signature" level="alert" severity="critical" srcip=198.51.100.7 dstip=10.0.0.5 srcport=1 dstport=80 action="dropped" proto=6 attack="Apache.Exec" attackid=42',
    'intrusion_detection',
    'denied',
    'critical',
  ],
  [
    'type="utm" subtype="virus" eventtype="infected" level="warning" srcip=10.0.0.9 dstip=198.51.100.7 action="blocked" virus="EICAR" filename="x.exe"',
    'malware',
    'info',
    'medium',
  ],
  [
    'type="utm" subtype="webfilter" eventtype="ftgd_blk" level="warning" srcip=10.0.0.9 dstip=198.51.100.7 hostname="bad.example" url="/x" action="blocked"',
    'network',
    'denied',
    'low',
  ],
  [
    'type="event" subtype="system" level="notice" logdesc="Attribute configured" user="bob" ui="GUI(198.51.100.7)" action="Edit" cfgpath="firewall.policy" cfgobj="1" msg="Edit"',
    'configuration',
    'change',
    'low',
  ],
])('%s', (rest, category, type, severity) => {
  expect(gate(rest)).toMatchObject({
    'event.category': category,
    'event.type': type,
    'event.severity': severity,
  });
});

test('with commas between the pairs', () => {
  expect(
    parse(
      'date=2026-11-20,time=20:00:00,devname=FG,devid=F,logid=1,type=traffic,subtype=forward,srcip=198.51.100.7,dstip=10.0.0.5,dstport=22,action=deny,proto=6',
    ),
  ).toMatchObject({ 'event.action': 'drop', 'source.ip': '198.51.100.7', 'destination.port': 22 });
});

test('relatives: FortiMail, FortiAuthenticator, FortiDDoS', () => {
  expect(
    parse(
      '<134>date=2026-11-20 time=12:00:00 device_id=FE100 log_id=0001 type=kevent subtype=admin pri=information user=bob ui=GUI(198.51.100.7) action=login status=failure reason=none msg="x"',
    ),
  ).toMatchObject({
    'event.dataset': 'fortinet_fortimail.log',
    'event.outcome': 'failure',
    'source.ip': '198.51.100.7',
    'user.name': 'bob',
  });
  expect(
    parse(
      '<134>Nov 20 20:00:00 h db[4]:  category="Event" subcategory="Authentication" typeid=20001 level="information" user="bob" nas="10.0.0.1" action="Authentication" status="Failed" Local user authentication failed',
    ),
  ).toMatchObject({
    'event.dataset': 'fortinet_fortiauthenticator.log',
    'event.outcome': 'failure',
    'user.name': 'bob',
  });
  expect(
    parse(
      'devid=FD1 date=2026-11-20 time=12:00:00 type=attack subtype="ips" spp=4 description="TCP flood" protocol=6 sip=0.0.0.0 dip=10.0.0.5 dropcount=30 level=Notice severity="high"',
    ),
  ).toMatchObject({
    'event.dataset': 'fortinet_fortiddos.log',
    'event.category': 'intrusion_detection',
    'destination.ip': '10.0.0.5',
  });
});

test('a header before it, and asked for by name', () => {
  const rest = 'type=traffic srcip=198.51.100.7 dstip=10.0.0.5 action=deny';
  expect(parse(`Nov 20 20:00:00 fg1 ${HEAD} ${rest}`)).toMatchObject({
    'host.name': 'fg1',
    'source.ip': '198.51.100.7',
  });
  expect(parse(`Nov 20 20:00:00 ${HEAD} ${rest}`)['source.ip']).toBe('198.51.100.7');
  expect(parse(`${HEAD} ${rest}`, 'fortigate')['source.ip']).toBe('198.51.100.7');
  expect(parse('hello world', 'fortigate')['labels.parse_error']).toContain('fortinet');
});
