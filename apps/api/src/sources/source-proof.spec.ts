import { createHash, X509Certificate } from 'node:crypto';
import { makeAuthority } from '../../../../scripts/lib/certificates.mjs';
import { certificateHash, newSourceToken } from './source-proof.js';

const HEX = 'ab'.repeat(32);
const COLONS = Array(32).fill('AB').join(':');

describe('a certificate', () => {
  it('is known by the hash of its DER form', () => {
    const { cert, key } = makeAuthority('sender');
    const expected = createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');
    expect(certificateHash(cert)?.toString('hex')).toBe(expected);
    expect(certificateHash(`subject=CN = sender\n${cert}${cert}`)?.toString('hex')).toBe(expected);
    expect(certificateHash(new X509Certificate(cert).fingerprint256)?.toString('hex')).toBe(expected);
    expect(certificateHash(key)).toBeUndefined();
  });

  it.each([HEX, HEX.toUpperCase(), COLONS, `sha256 Fingerprint=${COLONS}`, `SHA-256:${COLONS}`, ` ${HEX}\n`])(
    '%s is a fingerprint',
    (text) => expect(certificateHash(text)?.toString('hex')).toBe(HEX),
  );

  it.each([
    '',
    'ab',
    `${HEX}ab`,
    'zz'.repeat(32),
    'sha1 Fingerprint=AB:AB',
    '-----BEGIN CERTIFICATE-----\nxx',
  ])('%j is none', (text) => expect(certificateHash(text)).toBeUndefined());
});

test('a token has 256 random bits and is stored as its hash', () => {
  const [one, two] = [newSourceToken(), newSourceToken()];
  expect(one.token).toMatch(/^st_[\w-]{43}$/);
  expect(one.token).not.toBe(two.token);
  expect(one.token.startsWith(one.prefix)).toBe(true);
  expect(one.prefix).toHaveLength(11);
  expect(one.hash.toString('hex')).toBe(createHash('sha256').update(one.token).digest('hex'));
});
