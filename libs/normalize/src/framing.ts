/** Longest frame that is kept, bytes (64 KiB). What is longer is cut here and flagged. */
export const MAX_FRAME_BYTES = 64 * 1024;
/** An announced length above this is not a long message but a broken or hostile sender. */
const MAX_ANNOUNCED_BYTES = 16 * 1024 * 1024;
const MAX_LENGTH_DIGITS = 10;

const LF = 10;
const CR = 13;
const NUL = 0;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;
const MINUS = 45;

/** Why a connection can't be read on: its length prefixes are no longer in step with its frames. */
export interface FramingError {
  code: 'framing_error';
  reason: 'length_too_large' | 'length_too_long' | 'length_malformed';
  message: string;
}

const ERRORS: Record<FramingError['reason'], string> = {
  length_too_large: `octet count above ${MAX_ANNOUNCED_BYTES} bytes`,
  length_too_long: `octet count of more than ${MAX_LENGTH_DIGITS} digits`,
  length_malformed: 'octet count is not followed by a space',
};

export type OnFrame = (frame: Buffer, truncated: boolean) => void;

type Mode = 'undecided' | 'newline' | 'octets' | 'broken';

/**
 * Cuts one connection's byte stream into syslog frames: octet counting or newline framing (RFC 6587 3.4, RFC 5425 4.3),
 * told apart once, by what the connection begins with. Frames are views into the chunk where it holds them whole;
 * only a frame that spans chunks is copied. Memory per connection is bounded by the limit, whatever length is announced.
 */
export class SyslogStreamFramer {
  private mode: Mode = 'undecided';
  private error: FramingError | undefined;
  private held = Buffer.alloc(0);
  private heldLength = 0;
  /** Newline framing: the frame was cut at the limit; skip to its end. */
  private skipLine = false;
  /** Octet counting: digits read so far of the next length, and its value. */
  private digits = 0;
  private announced = 0;
  /** Octet counting: bytes of the current frame still to come; -1 while the length is read. */
  private missing = -1;

  constructor(private readonly limit: number = MAX_FRAME_BYTES) {}

  /** Takes the next bytes. An error means that the caller should close the connection; further pushes repeat it. */
  push(chunk: Buffer, onFrame: OnFrame): FramingError | undefined {
    if (this.mode === 'newline') this.newlines(chunk, 0, onFrame);
    else if (this.mode === 'octets') this.octets(chunk, 0, onFrame);
    else if (this.mode === 'undecided') this.decide(chunk, onFrame);
    return this.error;
  }

  /** The connection ended: hands out the last line of newline framing. An unfinished counted frame is handed out as truncated. */
  end(onFrame: OnFrame): void {
    if (this.mode === 'undecided' && this.digits > 0)
      this.hold(Buffer.from(String(this.announced)), 0, String(this.announced).length);
    if (this.heldLength > 0) this.emitHeld(onFrame, this.mode === 'octets');
    this.skipLine = false;
  }

  private decide(chunk: Buffer, onFrame: OnFrame): void {
    let at = 0;
    if (this.digits === 0) {
      while (at < chunk.length && (chunk[at] === LF || chunk[at] === CR || chunk[at] === NUL)) at++;
      const first = chunk[at];
      if (first === undefined) return;
      if (first <= ZERO || first > NINE) {
        this.mode = 'newline';
        return this.newlines(chunk, at, onFrame);
      }
    }
    // A line that begins with an ISO date ("2026-11-20T…") begins with a digit, too; only its dash tells.
    const before = this.digits;
    let probe = at;
    while (probe < chunk.length && isDigit(chunk[probe]) && before + probe - at <= MAX_LENGTH_DIGITS) probe++;
    if (before + probe - at === 4 && chunk[probe] === MINUS) {
      this.mode = 'newline';
      if (before > 0) {
        const seen = Buffer.from(String(this.announced));
        this.hold(seen, 0, seen.length);
      }
      this.digits = 0;
      this.announced = 0;
      return this.newlines(chunk, at, onFrame);
    }
    if (probe === chunk.length && before + probe - at <= MAX_LENGTH_DIGITS) {
      for (; at < chunk.length; at++) this.addDigit(chunk[at]);
      return;
    }
    this.mode = 'octets';
    this.octets(chunk, at, onFrame);
  }

  private newlines(chunk: Buffer, from: number, onFrame: OnFrame): void {
    let at = from;
    // NUL ends a frame as well (RFC 6587 3.4.2); looked for once a chunk, as it is rare.
    let nextNul = chunk.indexOf(NUL, at);
    while (at < chunk.length) {
      let end = chunk.indexOf(LF, at);
      if (nextNul !== -1) {
        if (nextNul < at) nextNul = chunk.indexOf(NUL, at);
        if (nextNul !== -1 && (end === -1 || nextNul < end)) end = nextNul;
      }
      if (end === -1) break;
      if (this.skipLine) this.skipLine = false;
      else if (this.heldLength > 0) {
        if (this.hold(chunk, at, end)) this.emitHeld(onFrame, false);
        else this.emitHeld(onFrame, true);
      } else this.emit(chunk, at, end, onFrame);
      at = end + 1;
    }
    if (at >= chunk.length || this.skipLine) return;
    if (!this.hold(chunk, at, chunk.length)) {
      this.emitHeld(onFrame, true);
      this.skipLine = true;
    }
  }

  private emit(chunk: Buffer, from: number, end: number, onFrame: OnFrame): void {
    const stop = end > from && chunk[end - 1] === CR ? end - 1 : end;
    if (stop === from) return;
    if (stop - from > this.limit) onFrame(chunk.subarray(from, from + this.limit), true);
    else onFrame(chunk.subarray(from, stop), false);
  }

  private octets(chunk: Buffer, from: number, onFrame: OnFrame): void {
    let at = from;
    while (at < chunk.length) {
      if (this.missing < 0) {
        at = this.readLength(chunk, at);
        if (this.error) return;
        if (this.missing < 0) return;
      }
      const end = Math.min(chunk.length, at + this.missing);
      if (this.heldLength === 0 && end - at === this.missing && this.announced <= this.limit) {
        if (end > at) onFrame(chunk.subarray(at, end), false);
        this.nextLength();
      } else {
        this.hold(chunk, at, end);
        this.missing -= end - at;
        if (this.missing === 0) {
          this.emitHeld(onFrame, this.announced > this.limit);
          this.nextLength();
        }
      }
      at = end;
    }
  }

  /** Reads "MSG-LEN SP" from `at`; returns where the frame begins. Line ends between frames are forgiven. */
  private readLength(chunk: Buffer, from: number): number {
    let at = from;
    for (; at < chunk.length; at++) {
      const code = chunk[at] ?? 0;
      if (isDigit(code)) {
        this.addDigit(code);
        if (this.digits > MAX_LENGTH_DIGITS) return this.fail('length_too_long', at);
      } else if (code === SPACE && this.digits > 0) {
        if (this.announced > MAX_ANNOUNCED_BYTES) return this.fail('length_too_large', at);
        this.missing = this.announced;
        if (this.missing > 0) return at + 1;
        this.nextLength();
      } else if (this.digits > 0 || (code !== LF && code !== CR && code !== NUL)) {
        return this.fail('length_malformed', at);
      }
    }
    return at;
  }

  private addDigit(code: number | undefined): void {
    this.announced = this.announced * 10 + (code ?? ZERO) - ZERO;
    this.digits++;
  }

  private nextLength(): void {
    this.missing = -1;
    this.announced = 0;
    this.digits = 0;
  }

  private fail(reason: FramingError['reason'], at: number): number {
    this.mode = 'broken';
    this.error = { code: 'framing_error', reason, message: ERRORS[reason] };
    this.held = Buffer.alloc(0);
    this.heldLength = 0;
    return at;
  }

  /** Copies bytes to the held frame, up to the limit. False when some did not fit. */
  private hold(chunk: Buffer, from: number, end: number): boolean {
    const take = Math.min(end - from, this.limit - this.heldLength);
    const needed = this.heldLength + take;
    if (needed > this.held.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.limit, Math.max(needed, this.held.length * 2, 256)));
      this.held.copy(grown, 0, 0, this.heldLength);
      this.held = grown;
    }
    chunk.copy(this.held, this.heldLength, from, from + take);
    this.heldLength = needed;
    return take === end - from;
  }

  private emitHeld(onFrame: OnFrame, truncated: boolean): void {
    const frame = this.held.subarray(0, this.heldLength);
    // The receiver may keep the frame, so the buffer is given away, not reused.
    this.held = Buffer.alloc(0);
    this.heldLength = 0;
    if (this.mode === 'octets') onFrame(frame, truncated);
    else this.emit(frame, 0, frame.length, (line) => onFrame(line, truncated));
  }
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE;
}
