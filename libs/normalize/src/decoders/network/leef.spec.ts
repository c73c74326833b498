import { parseFrame } from '../../parse.js';

const parse = (line: string) =>
  parseFrame(Buffer.from(line), {
    receivedAt: Date.parse('2026-11-20T20:00:05Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });
const pairs = (delimiter: string) =>
  [
    'src=198.51.100.7',
    'srcPort=52220',
    'dst=10.0.0.5',
    'dstPort=22',
    'proto=TCP',
    'sev=8',
    'action=Deny',
    'usrName=bob',
    'devTime=2026-11-20 20:00:00.000',
  ].join(delimiter);

test.each([
  ['1.0, tabs', `LEEF:1.0|Ven|Prod|1.2|Traffic|${pairs('\t')}`],
  ['1.0, tabs made spaces', `Nov 20 20:00:00 h LEEF:1.0|Ven|Prod|1.2|Traffic|${pairs(' ')}`],
  ['2.0, a character', `<13>Nov 20 20:00:00 h LEEF:2.0|Ven|Prod|1.2|Traffic|^|${pairs('^')}`],
  ['2.0, a code', `LEEF:2.0|Ven|Prod|1.2|Traffic|x5E|${pairs('^')}`],
  ['2.0, a longer code', `LEEF:2.0|Ven|Prod|1.2|Traffic|0x09|${pairs('\t')}`],
  ['2.0, none', `LEEF:2.0|Ven|Prod|1.2|Traffic||${pairs('\t')}`],
])('LEEF %s', (_name, line) => {
  expect(parse(line)).toMatchObject({
    '@timestamp': Date.parse('2026-11-20T20:00:00Z'),
    'event.dataset': 'leef.log',
    'event.code': 'Traffic',
    'event.action': 'drop',
    'event.severity': 'high',
    'source.ip': '198.51.100.7',
    'source.port': 52220,
    'destination.ip': '10.0.0.5',
    'destination.port': 22,
    'network.transport': 'tcp',
    'user.name': 'bob',
    'observer.vendor': 'Ven',
  });
});

test('a log-in by name; a second source by a client leaves the source out', () => {
  expect(
    parse('LEEF:1.0|V|P|1|LoginFailed|cat=Authentication failed\tsrc=198.51.100.7\tusrName=bob'),
  ).toMatchObject({
    'event.category': 'authentication',
    'event.outcome': 'failure',
  });
  expect(parse('LEEF:1.0|V|P|1|x|url=/a\tsrc=203.0.113.9\tsrc=198.51.100.7')['source.ip']).toBeUndefined();
});
