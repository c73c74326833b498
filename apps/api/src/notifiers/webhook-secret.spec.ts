import { WebhookSecretError } from './errors.js';
import { newWebhookSecret, shownSecret, WebhookSecrets } from './webhook-secret.js';

const secrets = new WebhookSecrets('a-server-secret-of-more-than-32-characters');

describe('keys of webhooks', () => {
  it('come back as they were sealed, each seal another', () => {
    const secret = newWebhookSecret();
    const [one, two] = [secrets.seal(secret, 'channel'), secrets.seal(secret, 'channel')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes(secret)).toBe(false);
    expect(secrets.open(one, 'channel').equals(secret)).toBe(true);
  });

  it('are shown as whsec_ and the base64 of 32 bytes', () => {
    const shown = shownSecret(newWebhookSecret());
    expect(shown).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });

  it('do not open for another channel, another server, or when changed', () => {
    const sealed = secrets.seal(newWebhookSecret(), 'channel');
    expect(() => secrets.open(sealed, 'other')).toThrow(WebhookSecretError);
    const other = new WebhookSecrets('another-server-secret-of-32-characters-');
    expect(() => other.open(sealed, 'channel')).toThrow(WebhookSecretError);
    for (const at of [0, 12, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => secrets.open(changed, 'channel')).toThrow(WebhookSecretError);
    }
    for (const length of [0, 1, 12, 28])
      expect(() => secrets.open(sealed.subarray(0, length), 'channel')).toThrow(WebhookSecretError);
  });
});
