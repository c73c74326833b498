import { Placement } from './placement.js';
import type { Route } from './route.js';
import { newSender } from './sender.js';

const route = (tenantId: string, cidr: string): Route => ({
  sourceId: cidr,
  tenantId,
  tenantSlug: tenantId,
  cidr,
  sourceType: 'auto',
  timeZone: 'UTC',
});

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
