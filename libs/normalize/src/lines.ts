import { MAX_FRAME_BYTES } from './framing.js';

export interface Line {
  bytes: Buffer;
  truncated: boolean;
}

const LF = 10;
const CR = 13;

function toLine(parts: Buffer[], length: number): Line {
  let bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  if (bytes[bytes.length - 1] === CR) bytes = bytes.subarray(0, -1);
  return { bytes: bytes.subarray(0, MAX_FRAME_BYTES), truncated: length > MAX_FRAME_BYTES };
}

/** The lines of a stream as bytes (a log need not be UTF-8), empty ones included; each is cut at 64 KiB and then flagged. */
export async function* lines(input: AsyncIterable<unknown>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let kept = 0;
  const add = (part: Buffer) => {
    length += part.length;
    // One byte more than the limit, so that a CR right behind it is not taken for text.
    const room = part.subarray(0, Math.max(0, MAX_FRAME_BYTES + 1 - kept));
    if (room.length > 0) parts.push(room);
    kept += room.length;
  };
  for await (const piece of input) {
    const chunk: Buffer = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    let at = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, at)) {
      add(chunk.subarray(at, end));
      yield toLine(parts, length);
      parts = [];
      length = kept = 0;
      at = end + 1;
    }
    if (at < chunk.length) add(chunk.subarray(at));
  }
  if (length > 0) yield toLine(parts, length);
}
