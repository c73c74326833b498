import { accessCookieOf, bearerOf, isOwnOrigin, mayKnock } from './handshake.js';

const own = { publicUrl: 'https://siem.example', development: false };

describe('R37 an origin', () => {
  it.each([
    ['the public address', 'https://siem.example', '10.0.0.1:3000'],
    ['the address the request came to', 'http://127.0.0.1:3000', '127.0.0.1:3000'],
    ['the same in capitals', 'http://siem-2.example', 'SIEM-2.example'],
  ])('is ours: %s', (_name, origin, host) => expect(isOwnOrigin(origin, host, own)).toBe(true));

  it.each([
    ['another site', 'https://evil.example', 'siem.example'],
    ['the public name without TLS', 'http://siem.example', 'siem.example'],
    ['another port', 'https://siem.example:8443', 'siem.example'],
    ['a name that begins alike', 'https://siem.example.evil.example', 'siem.example'],
    ['a sandboxed frame', 'null', 'siem.example'],
    ['no host to compare with', 'http://127.0.0.1:3000', undefined],
    ['the development server', 'http://localhost:5173', 'siem.example'],
    ['an extension', 'chrome-extension://siem.example', 'siem.example'],
    ['more than an origin', 'https://siem.example/x', 'siem.example'],
  ])('is not ours: %s', (_name, origin, host) => expect(isOwnOrigin(origin, host, own)).toBe(false));

  it('may be the development server in development', () => {
    expect(isOwnOrigin('http://localhost:5173', 'x', { ...own, development: true })).toBe(true);
    expect(isOwnOrigin('http://localhost:5174', 'x', { ...own, development: true })).toBe(false);
  });

  it('may be missing, but not with a cookie', () => {
    expect(mayKnock({ host: 'siem.example', authorization: 'Bearer x' }, own)).toBe(true);
    expect(mayKnock({ host: 'siem.example', cookie: 'a=b; __Host-access=x' }, own)).toBe(false);
    expect(
      mayKnock({ host: 'siem.example', cookie: '__Host-access=x', authorization: 'Bearer x' }, own),
    ).toBe(false);
  });
});

describe('a token', () => {
  it('is read from the header of programs', () => {
    expect(bearerOf({ authorization: 'bearer abc' })).toBe('abc');
    expect(bearerOf({ authorization: 'Basic abc' })).toBeUndefined();
  });

  it('is read from the first cookie of its whole name', () => {
    expect(accessCookieOf({ cookie: 'x__Host-access=1;__Host-access=2; __Host-access=3' })).toBe('2');
    expect(accessCookieOf({ cookie: '__Host-access=' })).toBeUndefined();
  });
});
