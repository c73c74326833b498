import { createReadStream } from 'node:fs';
import {
  mkdir,
  open,
  readdir,
  rename,
  stat,
  truncate,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { countDrop, countFailure, metrics, type Logger } from '@parapet/telemetry';

const MAGIC = 0x50535031; // "PSP1"
const HEADER_BYTES = 12;
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** Longest record that is believed: a batch is at most 4 MiB of frames, packed. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const NAME = /^(\d{12})\.spool$/;

interface Segment {
  path: string;
  bytes: number;
}

/**
 * Batches on disk for the time that Redis is away: bounded, first in, first out. A record is a header (magic, length,
 * CRC-32) and its bytes; `append` returns when the disk has them. How far the reading came is not kept: after a crash
 * the records of the oldest segment are handed out again, and the batch ledger knows which were stored.
 */
export class Spool {
  private readonly segments: Segment[] = [];
  private next = 1;
  private writer: FileHandle | undefined;
  private readAt = 0;
  private total = 0;
  /** One operation at a time: a segment must not be removed while it is written. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly dir: string,
    private readonly maxBytes: number,
    private readonly logger: Logger,
  ) {}

  /** Opens and checks what is there. A record that was cut by a crash is removed; a damaged rest is set aside and counted. */
  static async open(dir: string, maxBytes: number, logger: Logger): Promise<Spool> {
    const spool = new Spool(dir, maxBytes, logger);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    for (const name of (await readdir(dir)).sort()) {
      const number = NAME.exec(name)?.[1];
      if (number === undefined) continue;
      spool.next = Number(number) + 1;
      const path = join(dir, name);
      const bytes = await spool.check(path);
      if (bytes === 0) await unlink(path);
      else spool.add({ path, bytes });
    }
    spool.report();
    return spool;
  }

  get bytes(): number {
    return this.total;
  }

  get empty(): boolean {
    return this.total === 0;
  }

  /** Writes as many of the records as there is room for, and returns their number once the disk has them. */
  append(records: readonly Buffer[]): Promise<number> {
    return this.serially(() => this.write(records));
  }

  /** The oldest record; undefined when there is none. It stays until `advance`. */
  peek(): Promise<Buffer | undefined> {
    return this.serially(async () => {
      for (let segment = this.segments[0]; segment !== undefined; segment = this.segments[0]) {
        if (this.readAt < segment.bytes) return this.read(segment);
        await this.drop(segment);
      }
      return undefined;
    });
  }

  /** The oldest record, of that many bytes, is in Redis. */
  advance(recordBytes: number): Promise<void> {
    return this.serially(async () => {
      this.readAt += HEADER_BYTES + recordBytes;
      this.total -= HEADER_BYTES + recordBytes;
      const segment = this.segments[0];
      if (segment !== undefined && this.readAt >= segment.bytes) await this.drop(segment);
      this.report();
    });
  }

  close(): Promise<void> {
    return this.serially(() => this.closeWriter());
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined); // whoever asked for it hears of its failure
    return result;
  }

  private async closeWriter(): Promise<void> {
    await this.writer?.close();
    this.writer = undefined;
  }

  private async write(records: readonly Buffer[]): Promise<number> {
    const parts: Buffer[] = [];
    let size = 0;
    let taken = 0;
    for (const record of records) {
      if (this.total + size + HEADER_BYTES + record.length > this.maxBytes) break;
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32BE(MAGIC, 0);
      header.writeUInt32BE(record.length, 4);
      header.writeUInt32BE(crc32(record), 8);
      parts.push(header, record);
      size += HEADER_BYTES + record.length;
      taken++;
    }
    if (taken === 0) return 0;
    const { segment, file } = await this.active();
    try {
      await file.write(Buffer.concat(parts), 0, size, segment.bytes);
      await file.datasync();
    } catch (error) {
      // What was half written lies behind the segment's end, and the next append writes over it.
      await file.truncate(segment.bytes).catch(() => countFailure('spool', 'truncate'));
      throw error;
    }
    segment.bytes += size;
    this.total += size;
    this.report();
    return taken;
  }

  private async read(segment: Segment): Promise<Buffer> {
    const file = await open(segment.path, 'r');
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      await file.read(header, 0, HEADER_BYTES, this.readAt);
      const record = Buffer.alloc(header.readUInt32BE(4));
      await file.read(record, 0, record.length, this.readAt + HEADER_BYTES);
      return record;
    } finally {
      await file.close();
    }
  }

  private async drop(segment: Segment): Promise<void> {
    if (this.segments.length === 1) await this.closeWriter();
    this.segments.shift();
    this.readAt = 0;
    await unlink(segment.path);
  }

  private async active(): Promise<{ segment: Segment; file: FileHandle }> {
    const last = this.segments.at(-1);
    if (last !== undefined && this.writer !== undefined && last.bytes < SEGMENT_BYTES)
      return { segment: last, file: this.writer };
    await this.closeWriter();
    const path = join(this.dir, `${String(this.next++).padStart(12, '0')}.spool`);
    this.writer = await open(path, 'wx', 0o600);
    const segment = { path, bytes: 0 };
    this.add(segment);
    return { segment, file: this.writer };
  }

  private add(segment: Segment): void {
    this.segments.push(segment);
    this.total += segment.bytes;
  }

  /** Bytes of the segment's sound beginning; what follows is cut off. */
  private async check(path: string): Promise<number> {
    const { size } = await stat(path);
    const { sound, torn } = await soundBytes(path);
    if (sound === size) return sound;
    if (torn) {
      this.logger.warn(
        { path, bytes: size - sound },
        'the spool ends in a record that a crash cut off; removed',
      );
    } else {
      const aside = `${path}.damaged`;
      if (sound === 0) await rename(path, aside);
      else await writeFile(aside, createReadStream(path, { start: sound }), { mode: 0o600 });
      countDrop('unknown', 'spool_damaged');
      this.logger.error(
        { path, aside, bytes: size - sound },
        'the spool is damaged; the unreadable rest is set aside',
      );
      if (sound === 0) {
        await writeFile(path, '', { mode: 0o600 });
        return 0;
      }
    }
    await truncate(path, sound);
    return sound;
  }

  private report(): void {
    metrics.spoolBytes.set(this.total);
  }
}

/** How far a segment is whole. `torn`: what follows is only the beginning of a record, as a crash leaves it. */
async function soundBytes(path: string): Promise<{ sound: number; torn: boolean }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const header = Buffer.alloc(HEADER_BYTES);
    let sound = 0;
    for (;;) {
      const left = size - sound;
      if (left < HEADER_BYTES) return { sound, torn: true };
      await file.read(header, 0, HEADER_BYTES, sound);
      const length = header.readUInt32BE(4);
      if (header.readUInt32BE(0) !== MAGIC || length > MAX_RECORD_BYTES) return { sound, torn: false };
      if (left < HEADER_BYTES + length) return { sound, torn: true };
      const record = Buffer.alloc(length);
      await file.read(record, 0, length, sound + HEADER_BYTES);
      if (crc32(record) !== header.readUInt32BE(8)) return { sound, torn: false };
      sound += HEADER_BYTES + length;
    }
  } finally {
    await file.close();
  }
}
