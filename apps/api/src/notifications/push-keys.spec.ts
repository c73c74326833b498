import { isAuthSecret, isP256Point } from './push-keys.js';

const bytes = (...values: number[]) => Buffer.from(values).toString('base64url');

describe('keys of a push subscription', () => {
  it('are a point of P-256 and 16 bytes', () => {
    expect(isP256Point(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]).toString('base64url'))).toBe(
      true,
    );
    expect(isAuthSecret(Buffer.alloc(16, 7).toString('base64url'))).toBe(true);
    expect(isAuthSecret('AAAAAAAAAAAAAAAAAAAAAA==')).toBe(true);
  });

  it.each(['', 'not base64url!', bytes(4, 1, 2), Buffer.alloc(65, 2).toString('base64url')])(
    'are not “%s”',
    (text) => {
      expect(isP256Point(text)).toBe(false);
      expect(isAuthSecret(text)).toBe(false);
    },
  );
});
