import { ACCESS_TOKEN, hasAccessHeader, readAccessClaims } from './access-token.js';
import {
  formatRefreshToken,
  hashRefreshSecret,
  newRefreshSecret,
  nextRefreshSecret,
  parseRefreshToken,
} from './refresh-token.js';

const TENANT = '0194b3a0-0000-7000-8000-000000000001';
const SESSION = '0194b3a0-0000-7000-8000-000000000002';
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('access tokens', () => {
  const claims = {
    sub: TENANT,
    tid: TENANT,
    sid: SESSION,
    role: 'viewer',
    iss: ACCESS_TOKEN.issuer,
    aud: ACCESS_TOKEN.audience,
    iat: 1000,
    exp: 1600,
  };

  it.each([
    ['none', { alg: 'none', typ: 'at+jwt' }],
    ['another algorithm', { alg: 'HS512', typ: 'at+jwt' }],
    ['a public key algorithm', { alg: 'RS256', typ: 'at+jwt' }],
    ['another type', { alg: 'HS256', typ: 'JWT' }],
    ['no type', { alg: 'HS256' }],
    ['a key address', { alg: 'HS256', typ: 'at+jwt', jku: 'https://attacker.test/keys' }],
    ['a key of its own', { alg: 'HS256', typ: 'at+jwt', jwk: { kty: 'oct' } }],
  ])('R32 with %s in the header are refused', (_name, header) => {
    expect(hasAccessHeader(`${encode(header)}.e30.x`)).toBe(false);
  });

  it('R32 have one header', () => {
    expect(hasAccessHeader(`${encode({ alg: 'HS256', typ: 'at+jwt' })}.e30.x`)).toBe(true);
    expect(hasAccessHeader('%%%')).toBe(false);
    expect(hasAccessHeader('')).toBe(false);
  });

  it('R32 live for 10 minutes at most and name everything', () => {
    expect(readAccessClaims(claims)?.sid).toBe(SESSION);
    expect(readAccessClaims({ ...claims, exp: 1601 })).toBeUndefined();
    expect(readAccessClaims({ ...claims, exp: undefined })).toBeUndefined();
    expect(readAccessClaims({ ...claims, aud: 'other' })).toBeUndefined();
    expect(readAccessClaims({ ...claims, role: 'root' })).toBeUndefined();
  });
});

describe('refresh tokens', () => {
  const token = { tenantId: TENANT, sessionId: SESSION, secret: newRefreshSecret() };

  it('R33 hold 256 bits and come back as they went', () => {
    expect(Buffer.from(token.secret, 'base64url')).toHaveLength(32);
    expect(newRefreshSecret()).not.toBe(token.secret);
    expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
    expect(hashRefreshSecret(token.secret)).toHaveLength(32);
  });

  it('R33 have one successor, which only the holder of the key can tell', () => {
    expect(nextRefreshSecret('key', token)).toBe(nextRefreshSecret('key', token));
    expect(nextRefreshSecret('key', token)).not.toBe(nextRefreshSecret('other', token));
    expect(nextRefreshSecret('key', token)).toMatch(/^[\w-]{43}$/);
  });

  it.each([
    '',
    'a.b.c',
    `${TENANT}.${SESSION}`,
    `${TENANT}.${SESSION}.short`,
    `${formatRefreshToken(token)}.x`,
  ])('that are none are refused: %p', (text) => {
    expect(parseRefreshToken(text)).toBeUndefined();
  });
});
