import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import type { Refusal } from './answer.js';

/** R42: what a request may become when it is unpacked, bytes. */
export const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
/** Bodies that all requests together may hold, bytes. */
const MAX_HELD_BYTES = 96 * 1024 * 1024;
/** Requests that are unpacked at once: each may take 32 MiB before it is known to be too large. */
const MAX_UNPACKING = 2;

/** A request that is turned away while its body is read. */
export class BodyError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal);
  }
}

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflateZlib: Unpack = promisify(inflate);
const inflateBare: Unpack = promisify(inflateRaw);
/** By content coding. "deflate" is zlib's format (RFC 9110 8.4.1.2), but some senders leave its header out. */
const UNPACKERS: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: (packed, options) => (hasZlibHeader(packed) ? inflateZlib : inflateBare)(packed, options),
  br: promisify(brotliDecompress),
};

/** RFC 1950 2.2: method 8, and the two bytes a multiple of 31. */
function hasZlibHeader(packed: Buffer): boolean {
  const first = packed[0] ?? 0;
  return (first & 0x0f) === 8 && ((first << 8) | (packed[1] ?? 0)) % 31 === 0;
}

/** RFC 1952 2.3.1: two bytes of its own, and method 8. No log begins so, but curl sends a packed file without a word. */
function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b && body[2] === 8;
}

/** zlib's word for more output than `maxOutputLength`. */
function isTooLarge(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}

/** The request's content coding; undefined: none. @throws BodyError */
export function encodingOf(request: IncomingMessage): string | undefined {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return undefined;
  if (!Object.hasOwn(UNPACKERS, encoding)) throw new BodyError('bad_encoding');
  return encoding;
}

/** Reads requests whole, within bounds for each and for all together. */
export class BodyReader {
  private held = 0;
  private unpacking = 0;
  private readonly waiting: (() => void)[] = [];

  /** `maxBytes`: size of a body as it is sent. */
  constructor(private readonly maxBytes: number) {}

  /**
   * The body, unpacked. `release` gives its place back, once.
   * @throws BodyError; and whatever ends the connection.
   */
  async read(request: IncomingMessage): Promise<{ body: Buffer; release: () => void }> {
    const told = encodingOf(request);
    if (Number(request.headers['content-length'] ?? 0) > this.maxBytes) throw new BodyError('too_large');
    let mine = 0;
    const hold = (bytes: number) => {
      mine += bytes;
      this.held += bytes;
    };
    const release = () => hold(-mine);
    try {
      const chunks: Buffer[] = [];
      // A refused request's connection must last until it has its answer.
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) continue; // no encoding is set, so that all are
        if (this.held + chunk.length > MAX_HELD_BYTES) throw new BodyError('busy');
        hold(chunk.length);
        if (mine > this.maxBytes) throw new BodyError('too_large');
        chunks.push(chunk);
      }
      const packed = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const encoding = told ?? (isGzip(packed) ? 'gzip' : undefined);
      if (encoding === undefined || packed.length === 0) return { body: packed, release };
      const body = await this.unpack(encoding, packed);
      hold(body.length - packed.length);
      return { body, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private async unpack(encoding: string, packed: Buffer): Promise<Buffer> {
    if (this.unpacking >= MAX_UNPACKING) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.unpacking++;
    try {
      return await (UNPACKERS[encoding] ?? inflateZlib)(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
    } catch (error) {
      throw new BodyError(isTooLarge(error) ? 'too_large' : 'broken_body');
    } finally {
      // The place goes to the next that waits, or back.
      const next = this.waiting.shift();
      if (next === undefined) this.unpacking--;
      else next();
    }
  }
}
