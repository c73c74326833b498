import type { DetectorSettings } from '@parapet/contracts';
import { isExcepted } from './exceptions.js';

const settings = (...exceptions: string[]): DetectorSettings => ({
  enabled: true,
  threshold: 5,
  windowSeconds: 300,
  severity: 'high',
  exceptions,
});

describe('exceptions', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.0/25', '203.0.113.127', true],
    ['203.0.113.0/25', '203.0.113.128', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['2001:db8::1', '2001:DB8:0::1', true],
    ['2001:db8::fff0/124', '2001:db8::ffff', true],
    ['2001:db8::fff0/124', '2001:db8::1:0', false],
    ['203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['::ffff:203.0.113.0/120', '203.0.113.9', true],
    ['203.0.113.0/24', 'not an address', false],
  ])('%s and %s: %s', (exception, address, expected) => {
    expect(isExcepted(settings('192.0.2.1', exception), address)).toBe(expected);
  });

  it('excepts nobody when the list is empty', () => {
    expect(isExcepted(settings(), '203.0.113.7')).toBe(false);
  });
});
