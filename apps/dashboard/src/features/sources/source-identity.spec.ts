import { identityText } from './source-identity.js';

const none = { cidr: null, certificateSha256: null, tokenPrefix: null };

test('a table shows what a source is known by', () => {
  expect(identityText({ ...none, cidr: '10.0.0.0/8' })).toBe('10.0.0.0/8');
  expect(identityText({ ...none, certificateSha256: 'ab'.repeat(32) })).toBe('certificate abababababab…');
  expect(identityText({ ...none, tokenPrefix: 'st_12345678' })).toBe('token st_12345678…');
});
