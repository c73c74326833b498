/** What can be seen of `bytes` in a Base64 text, whichever of the three byte offsets they stand at. */
export function base64Offsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset, 32), bytes]).toString('base64');
    // The first characters depend on the bytes before, the last on those behind.
    const from = offset === 0 ? 0 : offset + 1;
    const behind = (bytes.length + offset) % 3;
    return encoded.slice(from, behind === 0 ? undefined : behind === 1 ? -3 : -2);
  });
}
