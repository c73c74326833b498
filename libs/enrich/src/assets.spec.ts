import { AssetTable } from './assets.js';
import type { AssetRow } from './assets.js';

const row = (
  kind: AssetRow['kind'],
  value: string,
  criticality: AssetRow['criticality'] = 'high',
): AssetRow => ({
  kind,
  value,
  name: `${kind} ${value}`,
  criticality,
});
const table = new AssetTable([
  row('address', '10.0.0.0/8', 'low'),
  row('address', '10.0.1.7/32', 'critical'),
  row('address', '2001:db8::/32'),
  row('host', 'web-1'),
  row('host', 'db.example.test'),
  row('user', 'root', 'critical'),
]);
const enriched = (event: Record<string, string | number | undefined>) => {
  table.enrich(event);
  return event;
};

test('each side of an event is named by its own assets, the longest prefix first', () => {
  expect(
    enriched({
      'source.ip': '10.0.1.7',
      'destination.ip': '10.2.3.4',
      'host.name': 'WEB-1.example.test',
      'user.name': 'CORP\\Root',
    }),
  ).toEqual({
    'source.ip': '10.0.1.7',
    'destination.ip': '10.2.3.4',
    'host.name': 'WEB-1.example.test',
    'user.name': 'CORP\\Root',
    'source.asset.name': 'address 10.0.1.7/32',
    'source.asset.criticality': 'critical',
    'destination.asset.name': 'address 10.0.0.0/8',
    'destination.asset.criticality': 'low',
    'host.asset.name': 'host web-1',
    'host.asset.criticality': 'high',
    'user.asset.name': 'user root',
    'user.asset.criticality': 'critical',
  });
});

test.each([
  [{ 'source.ip': '11.0.0.1' }],
  [{ 'source.ip': 'nonsense', 'user.name': 'roots' }],
  [{ 'host.name': 'other.example.test' }],
  [{ 'host.name': 'db' }],
  [{ 'user.name': 'root@elsewhere.test' }],
  [{ 'user.name': 7 }],
  [{}],
])('nothing is known of %j', (event) => {
  expect(enriched({ ...event })).toEqual(event);
});

test('a row that is no prefix costs the others nothing', () => {
  const some = new AssetTable([row('address', 'x/8'), row('address', '192.0.2.0/24')]);
  expect(some.refused).toEqual(['x/8']);
  expect(some.ofAddress('192.0.2.9')).toMatchObject({ name: 'address 192.0.2.0/24' });
});
