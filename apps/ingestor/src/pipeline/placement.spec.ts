import { Placement } from './placement.js';
import type { RoutingRow } from './route.js';
import { newSender } from './sender.js';

const row = (tenantId: string, by: Omit<RoutingRow, 'route'>): RoutingRow => ({
  ...by,
  route: {
    sourceId: tenantId,
    tenantId,
    tenantSlug: tenantId,
    sourceType: 'auto',
    timeZone: 'UTC',
    identity: 'address',
  },
});
const route = (tenantId: string, cidr: string) => row(tenantId, { cidr });

test('R18 the longest prefix says whose a sender is, whatever the order of the table', () => {
  const routes = [route('inner', '10.1.2.0/24'), route('outer', '10.0.0.0/8'), route('host', '10.1.2.3/32')];
  for (const table of [routes, [...routes].reverse()]) {
    const placement = new Placement();
    placement.replace(table);
    const of = (address: string) => placement.place(newSender(address, 'udp'))?.tenantId;
    expect(['10.1.2.3', '10.1.2.4', '10.9.9.9', '11.0.0.1'].map(of)).toEqual([
      'host',
      'inner',
      'outer',
      undefined,
    ]);
  }
});

test('a sender that is known already follows a change of the table', () => {
  const placement = new Placement();
  placement.replace([route('old', '10.0.0.0/8')]);
  const sender = newSender('10.0.0.1', 'tcp');
  expect(placement.place(sender)?.tenantId).toBe('old');
  placement.replace([route('new', '10.0.0.0/8')]);
  expect(placement.place(sender)?.tenantId).toBe('new');
  placement.replace([]);
  expect(placement.place(sender)).toBeUndefined();
});

test('an IPv4 peer of a dual-stack socket is its IPv4 address', () => {
  const placement = new Placement();
  placement.replace([route('a', '10.0.0.0/8')]);
  const sender = newSender('::ffff:10.0.0.1', 'tls');
  expect(sender.address).toBe('10.0.0.1');
  expect(placement.place(sender)?.tenantId).toBe('a');
});

test('R19 a known certificate beats the address, an unknown one counts for nothing', () => {
  const placement = new Placement();
  placement.replace([route('by-address', '10.0.0.0/8'), row('by-certificate', { certificate: 'c1' })]);
  const of = (hash: string) =>
    placement.place(newSender('10.0.0.1', 'tls', { kind: 'certificate', hash }))?.tenantId;
  expect([of('c1'), of('c2')]).toEqual(['by-certificate', 'by-address']);
});

test('an API key leads to its tenant until it ends, and never falls back to the address', () => {
  const placement = new Placement();
  const now = Date.now();
  placement.replace([
    route('by-address', '10.0.0.0/8'),
    row('by-key', { key: 'k1' }),
    row('ended', { key: 'k2', expiresAt: now - 1 }),
  ]);
  const of = (hash: string) =>
    placement.place(newSender('10.0.0.1', 'http', { kind: 'key', hash }))?.tenantId;
  expect([of('k1'), of('k2'), of('k3')]).toEqual(['by-key', undefined, undefined]);
});
