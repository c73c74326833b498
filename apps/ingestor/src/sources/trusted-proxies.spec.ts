import { TrustedProxies } from './trusted-proxies.js';

describe('who really sent it', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '2001:db8:1::/48']);

  it.each([
    ['a stranger says what it likes', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['one trusted proxy', '10.0.0.5', '203.0.113.9', '203.0.113.9'],
    ['a client that forges the front of the list', '10.0.0.5', '1.2.3.4, 203.0.113.9', '203.0.113.9'],
    ['a chain of trusted proxies', '10.0.0.5', '203.0.113.9, 10.0.0.6, 10.0.0.7', '203.0.113.9'],
    ['a forged trusted address before a stranger', '10.0.0.5', '10.0.0.9, 203.0.113.9', '203.0.113.9'],
    ['only proxies', '10.0.0.5', '10.0.0.6', '10.0.0.6'],
    ['no header', '10.0.0.5', undefined, '10.0.0.5'],
    ['an empty header', '10.0.0.5', '', '10.0.0.5'],
    ['what is no address', '10.0.0.5', 'unknown', '10.0.0.5'],
    ['a port behind it', '10.0.0.5', '203.0.113.9:4711', '203.0.113.9'],
    ['IPv6', '2001:db8:1::1', '2001:DB8:2::9', '2001:db8:2::9'],
    ['IPv6 with brackets and port', '10.0.0.5', '[2001:db8:2::9]:443', '2001:db8:2::9'],
    ['an IPv4-mapped peer', '::ffff:10.0.0.5', '203.0.113.9', '203.0.113.9'],
  ])('%s', (_what, peer, header, client) => expect(proxies.client(peer, header)).toBe(client));

  it('without configured proxies nobody is trusted', () => {
    expect(new TrustedProxies([]).client('10.0.0.5', '203.0.113.9')).toBe('10.0.0.5');
  });

  it('follows a bounded number of hops', () => {
    const chain = `203.0.113.9, ${Array(5000).fill('10.0.0.6').join(', ')}`;
    expect(proxies.client('10.0.0.5', chain)).toBe('10.0.0.6');
  });
});
