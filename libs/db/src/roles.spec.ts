import { createHmac } from 'node:crypto';
import { DatabasePasswordError } from '@parapet/errors';
import { servicePassword, serviceUrl } from './roles.js';
import { scramVerifier } from './scram.js';

describe('how services sign in', () => {
  const url = 'postgresql://owner:s%40cret%2F@db.test:5433/parapet?sslmode=require';

  it('each role has a password of its own, derived from the owner’s', () => {
    expect(servicePassword(url, 'parapet_app')).toBe(
      createHmac('sha256', 's@cret/').update('parapet_app').digest('base64url'),
    );
    expect(servicePassword(url, 'parapet_app')).not.toBe(servicePassword(url, 'parapet_writer'));
  });

  it('a role’s URL keeps host, port, database and options, and nothing of the owner', () => {
    const made = new URL(serviceUrl(url, 'parapet_sre'));
    expect([made.username, made.host, made.pathname, made.search]).toEqual([
      'parapet_sre',
      'db.test:5433',
      '/parapet',
      '?sslmode=require',
    ]);
    expect(made.href).not.toContain('cret');
  });

  it('is refused without an owner’s password', () => {
    expect(() => serviceUrl('postgresql://owner@db.test/parapet', 'parapet_app')).toThrow(
      DatabasePasswordError,
    );
  });

  it('a password is sent as PostgreSQL would store it', () => {
    // Password and salt of the example in RFC 7677 §3.
    expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });
});
