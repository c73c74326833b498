import { parseFrame } from '../../parse.js';

const parse = (line: string) =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });
const ends = (line: string) => {
  const event = parse(line);
  return [
    event['event.action'],
    event['source.ip'],
    event['source.port'],
    event['destination.ip'],
    event['destination.port'],
    event['network.transport'],
  ];
};

test.each([
  [
    '5,,,1000102433,em0,match,block,in,4,0x0,,128,24677,0,none,17,udp,186,198.51.100.7,10.0.0.255,17500,17600,166',
    ['drop', '198.51.100.7', 17500, '10.0.0.255', 17600, 'udp'],
  ],
  [
    '5,16777216,,1000000103,igb1.12,match,pass,in,4,0x0,,64,1,0,DF,6,tcp,60,10.0.0.9,198.51.100.7,38964,80,0,S,123,,65535,,mss',
    ['accept', '10.0.0.9', 38964, '198.51.100.7', 80, 'tcp'],
  ],
  [
    '146,,,0,igb0,match,block,in,4,0x0,,64,1,0,none,1,icmp,84,198.51.100.7,10.0.0.5,request,1,2',
    ['drop', '198.51.100.7', undefined, '10.0.0.5', undefined, 'icmp'],
  ],
  [
    '67,,,f994a7a5-1f6b-4dd5-a45c-3e80ad51c33f,em1,match,block,in,6,0x00,0xf1a2,1,UDP,17,48,2001:db8::7,ff02::1:2,546,547,48',
    ['drop', '2001:db8::7', 546, 'ff02::1:2', 547, 'udp'],
  ],
  [
    '67,,,0,em1,match,reject,in,6,0x00,0x0,255,ICMPv6,58,32,2001:db8::7,2001:db8::5,',
    ['reject', '2001:db8::7', undefined, '2001:db8::5', undefined, 'ipv6-icmp'],
  ],
])('filterlog: %s', (message, expected) => {
  expect(ends(`<134>Nov 20 20:00:00 pf1 filterlog[42]: ${message}`)).toEqual(expected);
  expect(ends(`<134>1 2026-11-20T20:00:00+00:00 pf1 filterlog 42 - - ${message}`)).toEqual(expected);
  expect(ends(message)).toEqual(expected);
});

test('filterlog without ends is nothing', () => {
  expect(
    parse('<134>Nov 20 20:00:00 pf1 filterlog[42]: 5,,,0,em0,match,block,in,4,0x0')['event.action'],
  ).toBeUndefined();
});

test.each([
  [
    '<35>1 2026-11-20T20:00:00+00:00 opn1 audit 24409 - [meta sequenceId="4"] /index.php: Web GUI authentication error for \'bob\' from 198.51.100.7',
    'authentication',
    'failure',
  ],
  [
    "<35>Nov 20 20:00:00 opn1 opnsense: /index.php: Successful login for user 'bob' from: 198.51.100.7",
    'authentication',
    'success',
  ],
  [
    "<134>Nov 20 20:00:00 pf1 php-fpm[99932]: /index.php: webConfigurator authentication error for user 'bob' from: 198.51.100.7",
    'authentication',
    'failure',
  ],
  [
    "<134>Nov 20 20:00:00 pf1 php-fpm[99932]: /index.php: Successful login for user 'bob' from: 198.51.100.7[203.0.113.9] (Local Database)",
    'authentication',
    'success',
  ],
  [
    "<134>Nov 20 20:00:00 pf1 php-fpm[99932]: /index.php: User logged out for user 'bob' from: 198.51.100.7 (Local Database)",
    'session',
    'success',
  ],
])('the web interface: %s', (line, category, outcome) => {
  expect(parse(line)).toMatchObject({
    'event.category': category,
    'event.outcome': outcome,
    'user.name': 'bob',
    'source.ip': '198.51.100.7',
  });
});

test('a name, or a proxy’s header, that repeats the page’s words: neither name nor address', () => {
  for (const line of [
    "/index.php: webConfigurator authentication error for user 'x' from: 203.0.113.9' from: 198.51.100.7",
    "/index.php: webConfigurator authentication error for user 'x' from: 198.51.100.7[' from: 203.0.113.9]",
  ]) {
    const event = parse(`<134>Nov 20 20:00:00 pf1 php-fpm[1]: ${line}`);
    expect([event['event.outcome'], event['user.name'], event['source.ip']]).toEqual([
      'failure',
      undefined,
      undefined,
    ]);
  }
});

test.each([
  [
    'rule 2/(match) [uid 0, pid 1] block in on em0: 198.51.100.7.52220 > 10.0.0.5.22: Flags [S], seq 1',
    ['drop', '198.51.100.7', 52220, '10.0.0.5', 22, 'tcp'],
  ],
  [
    'rule 16/0(match): block in on xl0: 198.51.100.7.4242 > 10.0.0.5.53: UDP, length 40',
    ['drop', '198.51.100.7', 4242, '10.0.0.5', 53, 'udp'],
  ],
  [
    'rule 0/(match) pass out on em0: 10.0.0.5 > 198.51.100.7: icmp: echo request',
    ['accept', '10.0.0.5', undefined, '198.51.100.7', undefined, 'icmp'],
  ],
  [
    'rule 0/(match) block in on em0: 2001:db8::7.4242 > 2001:db8::5.22: tcp 0',
    ['drop', '2001:db8::7', 4242, '2001:db8::5', 22, 'tcp'],
  ],
])('pflog: %s', (message, expected) => {
  expect(ends(`<134>Nov 20 20:00:00 bsd1 pf: ${message}`)).toEqual(expected);
});

test.each([
  [
    'firewall,info drop-in input: in:ether1 out:(unknown 0), connection-state:new src-mac 00:11:22:33:44:55, proto UDP, 198.51.100.7:44355->10.0.0.5:53, len 65',
    ['drop', '198.51.100.7', 44355, '10.0.0.5', 53, 'udp'],
  ],
  [
    'firewall,info input: in:ether1 out:(unknown 0), proto TCP (SYN), 198.51.100.7:44355->10.0.0.5:23, len 40',
    ['log', '198.51.100.7', 44355, '10.0.0.5', 23, 'tcp'],
  ],
  [
    'firewall,info forward: in:WAN out:LAN, connection-state:new src-mac 00:11:22:33:44:55, proto TCP (SYN), [2001:db8::7]:40384->[2001:db8::5]:443, len 24',
    ['log', '2001:db8::7', 40384, '2001:db8::5', 443, 'tcp'],
  ],
  [
    'firewall,info srcnat: in:bridge out:ether1, connection-mark:a connection-state:established,snat src-mac 00:11:22:33:44:55, proto TCP (ACK,FIN), 10.0.0.9:1->198.51.100.7:443, NAT (10.0.0.9:1->203.0.113.1:1)->198.51.100.7:443, len 52',
    ['log', '10.0.0.9', 1, '198.51.100.7', 443, 'tcp'],
  ],
  [
    'firewall,info input: in:ether1 out:(unknown 0), proto ICMP (type 8, code 0), 198.51.100.7->10.0.0.5, len 84',
    ['log', '198.51.100.7', undefined, '10.0.0.5', undefined, 'icmp'],
  ],
])('RouterOS: %s', (message, expected) => {
  expect(ends(`2026-11-20T20:00:00.734637+00:00 10.0.0.1 ${message}`)).toEqual(expected);
  expect(ends(`<30>Nov 20 20:00:00 gw ${message}`)).toEqual(expected);
  expect(ends(message)).toEqual(expected);
});

test.each([
  [
    'system,error,critical login failure for user a user from 198.51.100.7 via winbox',
    'authentication',
    'failure',
    'a user',
  ],
  [
    'system,error,critical login failure for user x from 203.0.113.9 via ssh from 198.51.100.7 via ssh',
    'authentication',
    'failure',
    'x from 203.0.113.9 via ssh',
  ],
  ['system,info,account user bob logged in from 198.51.100.7 via ssh', 'authentication', 'success', 'bob'],
  ['system,info,account user bob logged out from 198.51.100.7 via ssh', 'session', 'success', 'bob'],
])('RouterOS accounts: %s', (message, category, outcome, user) => {
  expect(parse(`<30>Nov 20 20:00:00 gw ${message}`)).toMatchObject({
    'event.category': category,
    'event.outcome': outcome,
    'user.name': user,
    'source.ip': '198.51.100.7',
  });
});

test('RouterOS changes', () => {
  expect(parse('<30>Nov 20 20:00:00 gw system,info filter rule changed by bob')).toMatchObject({
    'event.action': 'configuration_change',
    'user.name': 'bob',
  });
});
