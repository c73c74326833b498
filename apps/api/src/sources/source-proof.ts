import { createHash, randomBytes, X509Certificate } from 'node:crypto';

const TOKEN_PREFIX = 'st_';
/** Characters of a token that lists may show: the prefix and 48 of its 256 bits. */
const TOKEN_SHOWN = TOKEN_PREFIX.length + 8;

export interface SourceToken {
  /** Shown once, never stored. */
  token: string;
  /** What tells tokens apart in lists. */
  prefix: string;
  /** SHA-256. A plain hash does: 256 random bits can't be guessed. */
  hash: Buffer<ArrayBuffer>;
}

export function newSourceToken(): SourceToken {
  const token = TOKEN_PREFIX + randomBytes(32).toString('base64url');
  return { token, prefix: token.slice(0, TOKEN_SHOWN), hash: sha256(token) };
}

/**
 * SHA-256 of a certificate's DER form (RFC 5425 4.2.2), from its PEM or from the fingerprint as openssl and others
 * write it. Undefined for anything else, a private key included.
 */
export function certificateHash(text: string): Buffer<ArrayBuffer> | undefined {
  const hex = text
    .trim()
    .replace(/^sha-?256[\s:=]*(?:fingerprint[\s:=]*)?/i, '')
    .replaceAll(/[:\s]/g, '');
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return undefined;
  try {
    return sha256(new X509Certificate(text).raw);
  } catch {
    return undefined; // the caller says what is wanted
  }
}

function sha256(content: string | Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(content).digest());
}
