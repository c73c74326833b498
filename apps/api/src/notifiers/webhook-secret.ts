import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { WebhookSecretError } from './errors.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key of a new webhook: 256 random bits. */
export const newWebhookSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** As the libraries of Standard Webhooks take it: `whsec_` and base64. */
export const shownSecret = (secret: Buffer): string => PREFIX + secret.toString('base64');

/**
 * Seals keys of webhooks for the database with AES-256-GCM, under a key derived from JWT_SECRET (HKDF-SHA256, RFC 5869) for this use alone. What
 * a key belongs to is part of the seal, so that a row can't lend its key to another.
 */
export class WebhookSecrets {
  private readonly key: Buffer;

  constructor(serverSecret: string) {
    this.key = Buffer.from(hkdfSync('sha256', serverSecret, '', 'parapet webhook secrets v1', 32));
  }

  /** Nonce, ciphertext, tag. */
  seal(secret: Buffer, channelId: string): Buffer<ArrayBuffer> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(channelId));
    return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws WebhookSecretError for what this server did not seal, or not for this channel. */
  open(sealed: Uint8Array, channelId: string): Buffer {
    const bytes = Buffer.from(sealed);
    const body = bytes.length - TAG_BYTES;
    if (body <= NONCE_BYTES) throw new WebhookSecretError();
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(channelId)).setAuthTag(bytes.subarray(body));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, body)), decipher.final()]);
    } catch (error) {
      throw new WebhookSecretError({ cause: error });
    }
  }
}
