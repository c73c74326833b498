import { Protection } from './protection.js';

const protection = new Protection({
  own: ['10.0.1.0/24', '8.8.4.0/24', '2a00:1450::/32'],
  allowed: ['9.9.9.9/32'],
});

describe('what may be blocked', () => {
  it.each(['8.8.8.8/32', '45.0.0.0/8', '2606:4700::/32', '2606:4700::1/128', '9.9.9.8/32'])(
    '%s may',
    (prefix) => expect(protection.refusal(prefix, false)).toBeUndefined(),
  );

  it.each([
    ['private', '192.168.0.0/16', 'private or reserved'],
    ['private', '10.9.9.9/32', 'private or reserved'],
    ['loopback', '127.0.0.1/32', 'private or reserved'],
    ['link-local', '169.254.169.254/32', 'private or reserved'],
    ['shared', '100.64.1.1/32', 'private or reserved'],
    ['multicast', '224.0.0.1/32', 'private or reserved'],
    ['unique local', 'fd00::1/128', 'private or reserved'],
    ['link-local', 'fe80::1/128', 'private or reserved'],
    ['loopback', '::1/128', 'private or reserved'],
    ['holds private ones', '192.0.0.0/8', 'private or reserved'],
    ['everything', '0.0.0.0/0', 'wider than /8'],
    ['half of everything', '128.0.0.0/1', 'wider than /8'],
    ['everything', '::/0', 'wider than /16'],
    ['of a source', '8.8.4.77/32', 'your sources'],
    ['around a source', '8.8.0.0/16', 'your sources'],
    ['of a source', '2a00:1450:4001::1/128', 'your sources'],
    ['allowed', '9.9.9.9/32', 'allow-list'],
    ['around what is allowed', '9.9.9.0/24', 'allow-list'],
  ])('%s: %s may not', (_what, prefix, why) => expect(protection.refusal(prefix, false)).toContain(why));

  it('a private one may where it is meant, but no own source and nothing allowed', () => {
    expect(protection.refusal('192.168.7.7/32', true)).toBeUndefined();
    expect(protection.refusal('10.0.1.9/32', true)).toContain('10.0.1.0/24');
    expect(protection.refusal('9.9.9.9/32', true)).toContain('allow-list');
    expect(protection.refusal('0.0.0.0/0', true)).toContain('wider');
  });

  it('what became protected later is withheld', () => {
    expect(protection.withholds('9.9.9.0/24')).toBe(true);
    expect(protection.withholds('10.0.1.9/32')).toBe(true);
    expect(protection.withholds('192.168.7.7/32')).toBe(false);
  });
});
