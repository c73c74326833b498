import { API_KEY_SCOPES } from '@parapet/contracts';
import { expiryOf, scopeTitle, SCOPES } from './expiry.js';

it('counts days from now, and 0 as no end', () => {
  expect(expiryOf(0, 0)).toBeNull();
  expect(expiryOf(30, Date.UTC(2026, 0, 1))).toBe('2026-01-31T00:00:00.000Z');
});

it('has words for every scope', () => {
  expect(SCOPES.map(({ value }) => value)).toEqual([...API_KEY_SCOPES]);
  expect(scopeTitle('ingest')).toBe('Send logs');
});
