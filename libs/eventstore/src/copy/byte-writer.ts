/** 2000-01-01T00:00:00Z, PostgreSQL's epoch, in Unix ms. */
const PG_EPOCH_MS = 946_684_800_000;
const TWO_32 = 4_294_967_296;
/** Up to this length a loop over characters beats the call into native code. */
const SHORT = 48;

const HEX = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX[i.toString(16).charCodeAt(0)] = i;
  HEX[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}
const hexAt = (text: string, at: number): number => HEX[text.charCodeAt(at)] ?? -1;

/** Room that the fixed-length fields between two checks need at most. */
const RESERVE = 256;
const ZERO = 48;

/**
 * Writes values of PostgreSQL's binary COPY format into a fixed buffer. Where a value does not fit, `overflow` is set and
 * what follows is void; the caller starts the row again in a larger buffer.
 */
export class ByteWriter {
  at = 0;
  overflow = false;

  constructor(public buffer: Buffer) {}

  byte(value: number): void {
    this.buffer[this.at++] = value;
  }

  int16(value: number): void {
    this.buffer[this.at++] = value >> 8;
    this.buffer[this.at++] = value;
  }

  int32(value: number): void {
    const { buffer } = this;
    let { at } = this;
    buffer[at++] = value >> 24;
    buffer[at++] = value >> 16;
    buffer[at++] = value >> 8;
    buffer[at++] = value;
    this.at = at;
  }

  null(): void {
    this.int32(-1);
  }

  /** timestamptz from epoch ms. */
  timestamp(ms: number): void {
    this.int32(8);
    const micros = (Math.floor(ms) - PG_EPOCH_MS) * 1000;
    const high = Math.floor(micros / TWO_32);
    this.int32(high | 0);
    this.int32((micros - high * TWO_32) | 0);
  }

  /** A uuid field; false, and nothing of use written, when the text is no UUID. */
  uuid(text: string): boolean {
    if (text.length !== 36) return false;
    const { buffer } = this;
    let at = this.at + 4;
    let problem = 0;
    for (let i = 0; i < 36; i += 2) {
      if (i === 8 || i === 13 || i === 18 || i === 23) problem |= text.charCodeAt(i++) === 45 ? 0 : -1;
      const value = (hexAt(text, i) << 4) | hexAt(text, i + 1);
      problem |= value;
      buffer[at++] = value;
    }
    if (problem < 0) return false;
    this.int32(16);
    this.at += 16;
    return true;
  }

  /** A number from 0 to 2^31 − 1 as JSON. */
  digits(value: number): void {
    if (!this.fits(10)) return;
    let length = 1;
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) length++;
    let rest = value;
    for (let at = this.at + length - 1; at >= this.at; at--) {
      const tenth = (rest / 10) | 0;
      this.buffer[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.at += length;
  }

  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    if (!this.fits(length)) return;
    const { buffer } = this;
    let { at } = this;
    if (length <= SHORT) for (let i = 0; i < length; i++) buffer[at++] = bytes[i] ?? 0;
    else {
      buffer.set(bytes, at);
      at += length;
    }
    this.at = at;
  }

  /** A text field. The caller has made it storable (no U+0000). */
  text(value: string): void {
    const start = this.at;
    this.at = start + 4;
    this.utf8(value);
    const end = this.at;
    this.at = start;
    this.int32(end - start - 4);
    this.at = end;
  }

  /** UTF-8 without a length. */
  utf8(value: string): void {
    const { length } = value;
    // A UTF-16 code unit takes three bytes at most.
    if (!this.fits(length * 3)) return;
    const { buffer, at: start } = this;
    if (length <= SHORT) {
      let at = start;
      for (let i = 0; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 127) return void (this.at = start + buffer.write(value, start, 'utf8'));
        buffer[at++] = code;
      }
      this.at = at;
      return;
    }
    this.at = start + buffer.write(value, start, 'utf8');
  }

  /** A JSON string that needs no escape, in quotes; false, and nothing written, when it needs one. */
  plainJsonString(value: string): boolean {
    const { length } = value;
    if (length > SHORT || !this.fits(length + 2)) return false;
    const { buffer } = this;
    let { at } = this;
    buffer[at++] = 34;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code < 32 || code > 126 || code === 34 || code === 92) return false;
      buffer[at++] = code;
    }
    buffer[at++] = 34;
    this.at = at;
    return true;
  }

  private fits(bytes: number): boolean {
    if (this.at + bytes + RESERVE <= this.buffer.length) return true;
    this.overflow = true;
    return false;
  }
}
