import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

/** First bytes of the formats that are unpacked, whatever the file is called. */
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** What a file may make us remember while it is unpacked; `zstd` itself needs `--long` to go beyond. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

/** The text of a file: unpacked if its first bytes (`head`, at least 18 where the file has them) say gzip or zstd. */
export function unpacked(raw: Readable, head: Buffer): Readable {
  if (head.subarray(0, 2).equals(GZIP)) return pipe(raw, createGunzip());
  if (!head.subarray(0, 4).equals(ZSTD)) return raw;
  if (zstdWindow(head) > MAX_WINDOW_BYTES) throw new Error('the zstd window is larger than 128 MiB');
  return pipe(raw, zstd());
}

/** An end or error of either is one of both; who reads the result hears of it. */
function pipe(raw: Readable, unpack: Transform): Readable {
  return pipeline(raw, unpack, () => undefined);
}

function zstd(): Transform {
  const decompress = new Decompress();
  const transform = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      attempt(() => decompress.push(chunk), done);
    },
    flush(done: TransformCallback) {
      attempt(() => decompress.push(new Uint8Array(0), true), done);
    },
  });
  decompress.ondata = (bytes) => transform.push(Buffer.from(bytes));
  return transform;
}

function attempt(work: () => void, done: TransformCallback): void {
  try {
    work();
    done();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Window of a frame in bytes (RFC 8878 3.1.1.1.2), or its content size where it is one segment. */
export function zstdWindow(head: Buffer): number {
  const descriptor = head[4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  if (!single) {
    const window = head[5] ?? 0;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + dictionary;
  const size = [1, 2, 4, 8][descriptor >> 6] ?? 1;
  if (head.length < at + size) return 0;
  if (size === 8) return Number(head.readBigUInt64LE(at));
  return size === 2 ? head.readUInt16LE(at) + 256 : head.readUIntLE(at, size);
}
