import { listStart } from './split-text.js';

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** Enough to tell a list by its beginning. */
const HEAD_BYTES = 256;
/** An element that is longer, or nested deeper, is none: the rest is read as lines. */
const MAX_ELEMENT = 1024 * 1024;
const MAX_DEPTH = 128;

/**
 * A stream of log lines; one that is a list of JSON objects (`[{…},…`, `{"Records":[{…},…`, several of these one after the other, over
 * one line or many) gets one line for each element. What stops being JSON goes on as it stands.
 */
export async function* unfolded(input: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  const unfolder = new Unfolder();
  for await (const piece of input) {
    const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    yield unfolder.next(chunk);
  }
  yield unfolder.end();
}

class Unfolder {
  /** `head`: what comes next is not known yet. */
  private state: 'head' | 'list' | 'after' | 'lines' = 'head';
  private held: Buffer = Buffer.alloc(0);
  /** Below the list's own bracket: 0 between elements. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  private length = 0;

  next(chunk: Buffer): Buffer {
    if (this.state === 'lines') return chunk;
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    return this.run(false);
  }

  end(): Buffer {
    return this.run(true);
  }

  private run(last: boolean): Buffer {
    const out: Buffer[] = [];
    while (this.held.length > 0) {
      if (this.state === 'lines') {
        out.push(this.held);
        this.held = Buffer.alloc(0);
      } else if (this.state === 'list') out.push(this.elements());
      else {
        if (this.held.length < HEAD_BYTES && !last) break;
        this.begin();
      }
    }
    return out.length === 1 && out[0] ? out[0] : Buffer.concat(out);
  }

  private begin(): void {
    // Behind a list stand the end of the object around it, and line ends.
    const from = this.state === 'after' ? pastEnd(this.held) : 0;
    const rest = this.held.subarray(from);
    const start = listStart(rest);
    this.held = start === undefined ? rest : rest.subarray(start + 1);
    this.state = start === undefined ? 'lines' : 'list';
    this.depth = this.length = 0;
  }

  /** Copies the elements of what is held, with a line end behind each. */
  private elements(): Buffer {
    const { held } = this;
    // An element of one byte needs two.
    const out = Buffer.allocUnsafe(held.length + 1);
    let size = 0;
    let at = 0;
    for (; at < held.length; at++) {
      const byte = held[at] ?? 0;
      this.length++;
      if (this.inString) {
        // No string of JSON has a line end in it (RFC 8259 7).
        if (byte === LF || this.length > MAX_ELEMENT) break;
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) this.inString = false;
        out[size++] = byte;
        continue;
      }
      if (this.depth === 0) {
        if (byte === CLOSE_BRACKET) {
          this.state = 'after';
          this.held = held.subarray(at + 1);
          if (size > 0 || this.length > 1) out[size++] = LF;
          return out.subarray(0, size);
        }
        if (byte === COMMA) {
          out[size++] = LF;
          this.length = 0;
          continue;
        }
        if (byte === LF || byte === CR || byte === SPACE || byte === 9) continue;
      }
      if (byte === QUOTE) this.inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.depth--;
      if (this.depth > MAX_DEPTH || this.length > MAX_ELEMENT) break;
      out[size++] = byte === LF || byte === CR ? SPACE : byte;
    }
    if (at < held.length) {
      this.state = 'lines';
      this.held = held.subarray(at);
    } else this.held = Buffer.alloc(0);
    return out.subarray(0, size);
  }
}

const END = /^[ \t\r\n]{0,64}(?:\}[ \t\r\n]{0,64})?/;

function pastEnd(held: Buffer): number {
  return END.exec(held.toString('latin1', 0, HEAD_BYTES))?.[0].length ?? 0;
}
