const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

const bytesOf = (text: string) => (BASE64URL.test(text) ? Buffer.from(text, 'base64url') : Buffer.alloc(0));

/** An uncompressed point of P-256, as RFC 8291 section 3.1 asks for: 65 bytes that begin with 4. */
export function isP256Point(text: string): boolean {
  const bytes = bytesOf(text);
  return bytes.length === 65 && bytes[0] === 4;
}

/** An authentication secret of RFC 8291 section 3.2: 16 bytes. */
export function isAuthSecret(text: string): boolean {
  return bytesOf(text).length === 16;
}
