import { createPrivateKey, X509Certificate } from 'node:crypto';
import { endsWithin, makeAuthority, makeServerCertificate } from './certificates.mjs';

describe('development certificates', () => {
  const authority = makeAuthority('Test CA');
  const server = makeServerCertificate(authority, {
    names: ['localhost', 'box'],
    addresses: ['127.0.0.1', '::1'],
  });
  const certificate = new X509Certificate(server.cert);
  const parent = new X509Certificate(authority.cert);

  it('are signed by their authority, which is one, while they are not', () => {
    expect(certificate.verify(parent.publicKey)).toBe(true);
    expect(certificate.checkIssued(parent)).toBe(true);
    expect([parent.ca, certificate.ca]).toEqual([true, false]);
  });

  it('belong to their key', () => {
    expect(certificate.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(authority.key))).toBe(false);
  });

  it('name hosts and addresses', () => {
    expect(certificate.checkHost('box')).toBe('box');
    expect(certificate.checkHost('other')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.subjectAltName).toContain('0:0:0:0:0:0:0:1');
  });

  it('are renewed before they end, and when they can’t be read', () => {
    expect(endsWithin(server.cert, 30)).toBe(false);
    expect(endsWithin(server.cert, 826)).toBe(true);
    expect(endsWithin('', 30)).toBe(true);
  });
});
