import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'bl_';
const FORM = /^bl_[\w-]{43}$/;
const SHOWN = PREFIX.length + 8;

export interface BlocklistToken {
  /** Shown once, never stored. */
  token: string;
  /** What tells tokens apart. */
  prefix: string;
  hash: Buffer<ArrayBuffer>;
}

/** 256 random bits. */
export function newBlocklistToken(): BlocklistToken {
  const token = PREFIX + randomBytes(32).toString('base64url');
  return { token, prefix: token.slice(0, SHOWN), hash: sha256(token) };
}

/**
 * What a token is looked up by: its SHA-256, so that the time of the look-up tells nothing about the token. Undefined
 * for what has not the form of one.
 */
export function blocklistTokenHash(text: string): Buffer<ArrayBuffer> | undefined {
  return FORM.test(text) ? sha256(text) : undefined;
}

const sha256 = (text: string): Buffer<ArrayBuffer> => Buffer.from(createHash('sha256').update(text).digest());
