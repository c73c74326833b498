import { createHash, randomBytes } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

function format(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** A new row's id: UUIDv7 (RFC 9562 §5.7), so that new rows land at the end of the index. */
export function newId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  return format(bytes, 7);
}

/** Parapet's own name space for ids that must be the same on every machine. */
const NAMESPACE = Buffer.from('7b1f0f5e3c0a5d6e9a1c0d2e4f608192', 'hex');

/** The same id for the same name: UUIDv5 (RFC 9562 §5.5). */
export function stableId(name: string): string {
  const digest = createHash('sha1').update(NAMESPACE).update(name).digest();
  return format(digest.subarray(0, 16), 5);
}
