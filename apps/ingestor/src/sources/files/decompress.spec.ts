import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { unpacked, zstdWindow } from './decompress.js';

const read = async (bytes: Buffer) => {
  const parts: Buffer[] = [];
  for await (const part of unpacked(Readable.from([bytes]), bytes.subarray(0, 18)))
    parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts).toString();
};
/** Frame header (RFC 8878 3.1.1.1) with a window of 2^(10+exponent) bytes and mantissa. */
const windowed = (exponent: number, mantissa = 0) =>
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (exponent << 3) | mantissa]);

test('what is not packed is left as it is, whatever it begins with', async () => {
  for (const text of ['', 'x', '\x1f', '(\xb5/', 'plain text\n'])
    expect(await read(Buffer.from(text))).toBe(text);
});

test('gzip is told by its first bytes, several members too; a cut one is an error', async () => {
  expect(await read(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))).toBe('a\nb\n');
  await expect(read(gzipSync('a'.repeat(1000)).subarray(0, 20))).rejects.toThrow('unexpected end of file');
});

test('a zstd frame that is cut or broken is an error', async () => {
  await expect(read(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 1, 0]))).rejects.toThrow();
  await expect(
    read(Buffer.concat([windowed(10), Buffer.from([0xff, 0xff, 0xff, 1, 2, 3])])),
  ).rejects.toThrow();
});

test('a window that would cost more than 128 MiB is refused before anything is unpacked', () => {
  expect(zstdWindow(windowed(17))).toBe(128 * 1024 * 1024);
  expect(zstdWindow(windowed(17, 1))).toBe(144 * 1024 * 1024);
  expect(() => unpacked(Readable.from([]), windowed(18))).toThrow('128 MiB');
  const single = Buffer.alloc(18);
  single.set([0x28, 0xb5, 0x2f, 0xfd, 0xe0]);
  single.writeBigUInt64LE(2n ** 40n, 5);
  expect(() => unpacked(Readable.from([]), single)).toThrow('128 MiB');
});
