import { hostPrefix, prefixHolds, sendersWithin } from './prefix.js';

test('one address is a prefix of its family’s full length', () => {
  expect(hostPrefix('192.0.2.7')).toBe('192.0.2.7/32');
  expect(hostPrefix('2001:db8::7')).toBe('2001:db8::7/128');
});

describe('what a prefix holds', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255'],
    ['192.0.2.7', '192.0.2.7'],
    // Host bits count for nothing, as in PostgreSQL.
    [' 192.0.2.7/24 ', '192.0.2.200'],
    ['255.255.255.254/31', '255.255.255.255'],
    ['0.0.0.0/0', '203.0.113.1'],
    ['2001:db8:1::/33', '2001:db8:7fff::1'],
    ['2001:db8::/64', '2001:db8::ffff:1'],
    ['::/0', '2001:db8::1'],
  ])('%s holds %s', (prefix, address) => expect(prefixHolds(prefix, address)).toBe(true));

  it.each([
    ['192.0.2.0/25', '192.0.2.128'],
    ['192.0.2.7', '192.0.2.8'],
    ['2001:db8::/33', '2001:db8:8000::1'],
    ['2001:db8::/64', '2001:db8:0:1::1'],
    // A family holds nothing of the other one.
    ['::/0', '192.0.2.7'],
    ['0.0.0.0/0', '2001:db8::1'],
    ['192.0.2.0/33', '192.0.2.0'],
    ['192.0.2.0/', '192.0.2.0'],
    ['192.0.2.0/24/24', '192.0.2.0'],
    ['192.0.2.0/-1', '192.0.2.0'],
    ['', '192.0.2.0'],
    ['anything', '192.0.2.0'],
  ])('%s does not hold %s', (prefix, address) => expect(prefixHolds(prefix, address)).toBe(false));
});

test('a sender by two transports counts once', () => {
  const senders = ['192.0.2.1', '192.0.2.1', '192.0.2.2', '198.51.100.1'].map((address) => ({ address }));
  expect(sendersWithin('192.0.2.0/24', senders)).toBe(2);
});
