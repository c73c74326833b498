import { detectorExceptionSchema } from '@parapet/contracts';
import type { DetectorException, DetectorSettings, NormalizedEvent } from '@parapet/contracts';
import { exceptsPrefix, isExcepted } from './exceptions.js';

const RECEIVED = Date.UTC(2026, 2, 3);
const event = (fields: Record<string, string>): NormalizedEvent => ({
  id: 'e',
  tenantId: 't',
  '@timestamp': 0,
  'event.ingested': RECEIVED,
  'event.original': '',
  message: '',
  ...fields,
});

const settings = (...exceptions: DetectorException[]): DetectorSettings => ({
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
    expect(isExcepted(settings('192.0.2.1', exception), event({ 'source.ip': address }))).toBe(expected);
  });

  it('excepts nobody when the list is empty', () => {
    expect(isExcepted(settings(), event({ 'source.ip': '203.0.113.7' }))).toBe(false);
    expect(isExcepted(settings('203.0.113.7'), event({}))).toBe(false);
  });

  it('name users and hosts in any case, each for itself', () => {
    const list = settings({ kind: 'user', value: 'Backup' }, { kind: 'host', value: 'web1' });
    expect(isExcepted(list, event({ 'user.name': 'backup' }))).toBe(true);
    expect(isExcepted(list, event({ 'host.name': 'WEB1' }))).toBe(true);
    expect(isExcepted(list, event({ 'user.name': 'web1', 'host.name': 'backup' }))).toBe(false);
    expect(isExcepted(list, event({ 'user.name': 'backup2', 'host.name': 'web' }))).toBe(false);
  });

  it('end when they expire, by the time of receipt', () => {
    for (const kind of ['address', 'user'] as const) {
      const value = kind === 'address' ? '203.0.113.0/24' : 'backup';
      const subject = event({ 'source.ip': '203.0.113.7', 'user.name': 'backup' });
      const until = (at: number) => settings({ kind, value, expiresAt: new Date(at).toISOString() });
      expect(isExcepted(until(RECEIVED + 1), subject)).toBe(true);
      expect(isExcepted(until(RECEIVED), subject)).toBe(false);
    }
  });

  it('of the same name last as long as the longest', () => {
    const expired = { kind: 'user', value: 'backup', expiresAt: '2020-01-01T00:00:00Z' } as const;
    const list = settings({ kind: 'user', value: 'backup' }, expired);
    expect(isExcepted(list, event({ 'user.name': 'backup' }))).toBe(true);
  });

  it('hold a prefix that lies in them whole', () => {
    expect(exceptsPrefix(settings('10.0.0.0/8'), '10.1.0.0/16', RECEIVED)).toBe(true);
    expect(exceptsPrefix(settings('10.1.2.3'), '10.1.0.0/16', RECEIVED)).toBe(false);
    expect(exceptsPrefix(settings({ kind: 'host', value: '10.0.0.0/8' }), '10.1.0.0/16', RECEIVED)).toBe(
      false,
    );
  });

  it('are checked when they are written', () => {
    const ok = (value: unknown) => detectorExceptionSchema.safeParse(value).success;
    expect(ok('10.0.0.0/8')).toBe(true);
    expect(ok('backup')).toBe(false);
    expect(ok({ kind: 'user', value: 'backup', note: 'nightly', expiresAt: '2027-01-01T00:00:00Z' })).toBe(
      true,
    );
    expect(ok({ kind: 'address', value: 'backup' })).toBe(false);
    expect(ok({ kind: 'user', value: '' })).toBe(false);
    expect(ok({ kind: 'user', value: 'x', expiresAt: 'soon' })).toBe(false);
    expect(ok({ kind: 'group', value: 'x' })).toBe(false);
  });
});
