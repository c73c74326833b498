// Services write their logs straight to files (so they outlive the launcher); this follows a file, shows its
// warnings and errors, and keeps it from growing for ever.
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
} from 'node:fs';
import { printable } from './say.mjs';

const MAX_LOG_BYTES = 64 * 1024 * 1024;
const WARN = 40; // pino's number for "warn"
const LEVELS = { warn: 40, error: 50, fatal: 60 };
const NAMES = { 40: 'warning', 50: 'error', 60: 'fatal' };
const BURST = 20;
const BURST_MS = 10_000;

/** Keeps the last three logs of earlier starts: x.log.1 … x.log.3. */
export function rotateLog(file) {
  for (let n = 3; n >= 1; n -= 1) {
    const from = n === 1 ? file : `${file}.${n - 1}`;
    if (existsSync(from)) renameSync(from, `${file}.${n}`);
  }
}

/** What of a log line is worth the terminal: its text, or undefined. Lines that aren't JSON come from a crash. */
export function noteworthy(text) {
  if (text.trim() === '') return undefined;
  if (!text.startsWith('{')) return printable(text);
  let entry;
  try {
    entry = JSON.parse(text);
  } catch {
    return printable(text);
  }
  const level =
    typeof entry.level === 'number' ? entry.level : (LEVELS[String(entry.level).toLowerCase()] ?? 0);
  if (level < WARN) return undefined;
  const cause = entry.err?.message && entry.err.message !== entry.msg ? ` (${entry.err.message})` : '';
  return printable(`${NAMES[level] ?? 'error'}: ${entry.msg ?? entry.message ?? ''}${cause}`);
}

export class LogTail {
  #file;
  #offset;
  #rest = '';
  #timer;
  #onLine;
  #shown = 0;
  #windowStart = 0;

  constructor(file, onLine) {
    this.#file = file;
    this.#onLine = onLine;
    this.#offset = 0;
    this.#timer = setInterval(() => this.poll(), 250);
    this.#timer.unref();
  }

  /** Reads what was appended since the last look. */
  poll() {
    if (!existsSync(this.#file)) return;
    const fd = openSync(this.#file, 'r');
    try {
      const { size } = fstatSync(fd);
      if (size < this.#offset) this.#offset = 0;
      const buffer = Buffer.alloc(Math.min(size - this.#offset, 1024 * 1024));
      const read = buffer.length === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, this.#offset);
      this.#offset += read;
      this.#take(buffer.toString('utf8', 0, read));
      if (this.#offset > MAX_LOG_BYTES && this.#offset >= size) {
        copyFileSync(this.#file, `${this.#file}.1`);
        truncateSync(this.#file); // writers append (O_APPEND), so they go on at the new end
        this.#offset = 0;
      }
    } finally {
      closeSync(fd);
    }
  }

  #take(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop().slice(-65536);
    for (const line of lines) {
      const shown = noteworthy(line);
      if (shown !== undefined) this.#show(shown);
    }
  }

  #show(text) {
    const now = Date.now();
    if (now - this.#windowStart > BURST_MS) {
      this.#windowStart = now;
      this.#shown = 0;
    }
    this.#shown += 1;
    if (this.#shown <= BURST) this.#onLine(text.slice(0, 500));
    else if (this.#shown === BURST + 1) this.#onLine(`… more of this in ${this.#file}`);
  }

  close() {
    clearInterval(this.#timer);
    this.poll();
  }
}
