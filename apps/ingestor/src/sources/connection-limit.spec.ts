import { ConnectionLimit } from './connection-limit.js';

test('R16 one source can’t take all the places', () => {
  const limit = new ConnectionLimit(4, 2);
  expect([1, 2, 3].map(() => limit.enter('10.0.0.1'))).toEqual(['ok', 'ok', 'source_limit']);
  expect(limit.enter('10.0.0.2')).toBe('ok');
  limit.leave('10.0.0.1');
  expect(limit.enter('10.0.0.1')).toBe('ok');
});

test('all sources together are bounded too', () => {
  const limit = new ConnectionLimit(2, 2);
  expect(['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((a) => limit.enter(a))).toEqual(['ok', 'ok', 'limit']);
});

test('the addresses of one IPv6 /64 are one source', () => {
  const limit = new ConnectionLimit(9, 1);
  expect(['2001:db8:0:1::1', '2001:db8:0:1::2', '2001:db8:0:2::1'].map((a) => limit.enter(a))).toEqual([
    'ok',
    'source_limit',
    'ok',
  ]);
});
