import { parseFrame } from '../../parse.js';

const parse = (line: string) =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });
const record = (pairs: string) => `<134>1 2026-11-20T20:00:00Z cp1 CheckPoint 19710 - [${pairs}]`;

test('a dropped packet', () => {
  expect(
    parse(
      record(
        'action:"Drop"; ifdir:"inbound"; ifname:"eth2"; origin:"203.0.113.1"; time:"1795204800"; dst:"10.0.0.5"; proto:"6"; rule_name:"CleanUp; \\"all\\""; s_port:"52220"; service:"22"; src:"198.51.100.7"; product:"VPN-1 & FireWall-1"; ',
      ),
    ),
  ).toMatchObject({
    '@timestamp': 1795204800000,
    'event.dataset': 'checkpoint.firewall',
    'event.action': 'drop',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 22,
    'network.transport': 'tcp',
    'rule.name': 'CleanUp; "all"',
    'host.name': 'cp1',
  });
  expect(parse(record('action:"Accept"; src:"198.51.100.7"; '))['labels.parse_error']).toBeUndefined();
});

test('without PRI', () => {
  expect(
    parse(
      '1 2026-11-20T20:00:00Z cp1 CheckPoint 1 - [action:"Accept"; src:"198.51.100.7"; dst:"10.0.0.5"; ]',
    ),
  ).toMatchObject({
    'event.action': 'accept',
    'host.name': 'cp1',
    'source.ip': '198.51.100.7',
  });
});

test.each([
  [
    'action:"Accept"; administrator:"bob"; audit_status:"Failure"; client_ip:"198.51.100.7"; operation:"Log In"; product:"SmartConsole"',
    'authentication',
    'failure',
  ],
  [
    'action:"Accept"; administrator:"bob"; client_ip:"198.51.100.7"; operation:"Log In"; product:"SmartConsole"',
    'authentication',
    'success',
  ],
  [
    'action:"Failed Log In"; user:"bob"; src:"198.51.100.7"; product:"Mobile Access"',
    'authentication',
    'failure',
  ],
  [
    'action:"Accept"; administrator:"bob"; client_ip:"198.51.100.7"; operation:"Log Out"; product:"SmartConsole"',
    'session',
    'success',
  ],
  [
    'action:"Accept"; administrator:"bob"; client_ip:"198.51.100.7"; operation:"Modify Rule"; product:"SmartConsole"',
    'configuration',
    'success',
  ],
  [
    'action:"Prevent"; administrator:"bob"; src:"198.51.100.7"; protection_name:"Shellshock"; severity:"High"',
    'intrusion_detection',
    'failure',
  ],
])('%s', (pairs, category, outcome) => {
  expect(parse(record(pairs))).toMatchObject({
    'event.category': category,
    'event.outcome': outcome,
    'source.ip': '198.51.100.7',
    'user.name': 'bob',
  });
});

test('a client’s value with pairs in it: two sources are none', () => {
  const event = parse(record('action:"Drop"; resource:"x"; src:"203.0.113.9"; y:""; src:"198.51.100.7"'));
  expect(event['source.ip']).toBeUndefined();
});
