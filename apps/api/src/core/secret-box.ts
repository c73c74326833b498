import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { OperatorError } from '@parapet/errors';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is in the database was not sealed by this server, or for something else; JWT_SECRET may have changed. */
export class UnsealError extends OperatorError {
  constructor(options?: ErrorOptions) {
    super(
      'A stored secret can’t be read, as after a change of JWT_SECRET. It must be entered again.',
      options,
    );
  }
}

/**
 * Seals secrets for the database with AES-256-GCM, under a key derived from JWT_SECRET (HKDF-SHA256, RFC 5869) for one purpose. What a
 * secret belongs to is part of the seal, so that a row can't lend its secret to another.
 */
export class SecretBox {
  private readonly key: Buffer;

  constructor(serverSecret: string, purpose: string) {
    this.key = Buffer.from(hkdfSync('sha256', serverSecret, '', purpose, 32));
  }

  /** Nonce, ciphertext, tag. */
  seal(secret: string, owner: string): Buffer<ArrayBuffer> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(owner));
    return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws UnsealError for what this server did not seal, or not for this owner. */
  open(sealed: Uint8Array, owner: string): string {
    const bytes = Buffer.from(sealed);
    const end = bytes.length - TAG_BYTES;
    if (end <= NONCE_BYTES) throw new UnsealError();
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(end));
      return decipher.update(bytes.subarray(NONCE_BYTES, end), undefined, 'utf8') + decipher.final('utf8');
    } catch (error) {
      throw new UnsealError({ cause: error });
    }
  }
}
