import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'pk_';
const FORM = /^pk_[\w-]{43}$/;
/** Characters of a key that lists may show: the prefix and 48 of its 256 bits. */
const SHOWN = PREFIX.length + 8;

/** A new API key: `pk_` and 256 random bits as base64url. It is shown once and never stored. */
export function newApiKey(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** Whether a text has the form of an API key. */
export function isApiKey(text: string): boolean {
  return FORM.test(text);
}

/** What tells keys apart in lists. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, SHOWN);
}

/** What is stored of a key: its SHA-256. A plain hash does: 256 random bits can't be guessed. */
export function hashApiKey(key: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(key).digest());
}
