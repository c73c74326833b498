import { parseFrame } from '../../parse.js';

const parse = (line: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType,
  });
const T = '2026/11/20 20:00:00';
const session = (type: string, subtype: string, action: string, rest: string) =>
  `1,${T},007,${type},${subtype},2817,${T},198.51.100.7,10.0.0.5,203.0.113.1,10.9.9.9,rule 1,corp\\bob,,ssl,vsys1,untrust,trust,ethernet1/1,ethernet1/2,fwd,${T},4242,1,52220,443,0,0,0x0,tcp,${action},${rest}`;
const system = (eventId: string, text: string) =>
  `1,${T},007,SYSTEM,auth,0,${T},,${eventId},,0,0,general,medium,"${text}",42,0x0`;

test('traffic', () => {
  expect(
    parse(`<14>Nov 20 20:00:00 pa1 ${session('TRAFFIC', 'drop', 'deny', '120,60,60,2,2026/11/20 20:00:00')}`),
  ).toMatchObject({
    'event.dataset': 'panw.panos',
    'event.action': 'drop',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 443,
    'user.name': 'corp\\bob',
    'network.transport': 'tcp',
    'network.bytes': 120,
    'rule.name': 'rule 1',
    'host.name': 'pa1',
    'observer.ingress.interface.name': 'ethernet1/1',
  });
  expect(parse(session('TRAFFIC', 'end', 'allow', '1'))).toMatchObject({
    'event.action': 'accept',
    'event.severity': 'info',
  });
});

test('threats by kind', () => {
  expect(
    parse(
      session(
        'THREAT',
        'vulnerability',
        'reset-both',
        '"x.php",Log4j RCE(91991),any,critical,client-to-server',
      ),
    ),
  ).toMatchObject({
    'event.category': 'intrusion_detection',
    'event.severity': 'critical',
    'event.type': 'denied',
    'rule.name': 'Log4j RCE(91991)',
  });
  expect(
    parse(session('THREAT', 'virus', 'alert', 'x.exe,EICAR(1),any,medium,server-to-client')),
  ).toMatchObject({
    'event.category': 'malware',
    'file.name': 'x.exe',
  });
  expect(
    parse(
      session(
        'THREAT',
        'url',
        'block-url',
        '"h.example/a,b?c",(9999),malware,informational,client-to-server',
      ),
    ),
  ).toMatchObject({
    'event.action': 'drop',
    'url.original': 'h.example/a,b?c',
  });
});

test.each([
  [
    system(
      'auth-fail',
      "failed authentication for user 'bob'.  Reason: Invalid username/password. From: 198.51.100.7.",
    ),
    'failure',
    'bob',
    '198.51.100.7',
  ],
  [
    system(
      'auth-success',
      "authenticated for user 'bob'.   auth profile 'p', vsys 'shared', server address 'x', From: 198.51.100.7.",
    ),
    'success',
    'bob',
    '198.51.100.7',
  ],
  [
    system('general', 'User bob logged in via Web from 198.51.100.7 using https'),
    'success',
    'bob',
    '198.51.100.7',
  ],
  [
    system(
      'auth-fail',
      "failed authentication for user 'x'. Reason: r. From: 203.0.113.9. y'.  Reason: Invalid username/password. From: 198.51.100.7.",
    ),
    'failure',
    undefined,
    undefined,
  ],
  [
    `1,${T},007,GLOBALPROTECT,0,2305,${T},vsys1,gateway-auth,login,RADIUS,,bob,DE,PC1,198.51.100.7,0.0.0.0,0.0.0.0,0.0.0.0,id,sn,6.0,Windows,"Windows 11, 64-bit",1,,,"Invalid password",failure,,0,,0,GW,7,0x0`,
    'failure',
    'bob',
    '198.51.100.7',
  ],
])('log-ins: %s', (line, outcome, user, address) => {
  const event = parse(line);
  expect([event['event.category'], event['event.outcome'], event['user.name'], event['source.ip']]).toEqual([
    'authentication',
    outcome,
    user,
    address,
  ]);
});

test('changes of the configuration', () => {
  expect(
    parse(`1,${T},007,CONFIG,0,0,${T},198.51.100.7,,set,bob,Web,Succeeded, config shared,42,0x0`),
  ).toMatchObject({
    'event.action': 'configuration_change',
    'user.name': 'bob',
    'source.ip': '198.51.100.7',
  });
});

test('cut lines keep their type; by name; and no other list of columns', () => {
  expect(parse('Nov 20 20:00:00 pa1 1,2026/11/20 20:00:00,007,TRAFFIC,')).toMatchObject({
    'panw.panos.type': 'TRAFFIC',
  });
  expect(parse(session('TRAFFIC', 'end', 'allow', '1'), 'paloalto')['source.ip']).toBe('198.51.100.7');
  expect(parse('1,2,3,TRAFFIC,drop')['labels.decoder']).not.toBe('panw');
});
