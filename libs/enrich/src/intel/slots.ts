import type { IndicatorMeta } from './indicator-table.js';

const NONE = 0xffffffff;
const SMALLEST = 1024;
const FULL = 0.6;
/** Words of a slot: two halves of the key, and row + 1 of the chain’s head (0: free). Side by side, so that a look is one cache line. */
const STRIDE = 3;

/** murmur3's finaliser, a bijection of 32-bit numbers: every bit of the input moves every bit of the output. */
function scramble(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

// Each is a bijection for a given word, so that keys of one word never collide.
export function mix1(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x9e3779b1);
  return h ^ (h >>> 15);
}
export function mix2(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x85ebca77);
  return h ^ (h >>> 13);
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array>(
  make: (size: number) => T,
  old: T,
  size: number,
): T {
  const next = make(size);
  next.set(old);
  return next;
}

/**
 * An open-addressed table of 64-bit keys in typed arrays; each key leads to a chain of rows, as several feeds may list the same. A key
 * is what `mix1` and `mix2` make of `start1` and `start2`. A filter of 8 bits a slot spares most looks for what is not there.
 */
export class Slots {
  private capacity: number;
  private slots: Int32Array;
  private filter: Uint8Array;
  private used = 0;
  private count = 0;
  private next: Uint32Array;
  private feeds: Uint16Array;
  private confidences: Uint8Array;
  private until: Uint32Array;
  private first: Uint32Array;
  private last: Uint32Array;
  private readonly seed1: number;
  private readonly seed2: number;

  constructor(seed: number, expected: number) {
    this.seed1 = scramble(seed | 0);
    this.seed2 = scramble(this.seed1 ^ 0x9e3779b9);
    this.capacity = 2 ** Math.ceil(Math.log2(Math.max(SMALLEST, expected / FULL)));
    this.slots = new Int32Array(this.capacity * STRIDE);
    this.filter = new Uint8Array(this.capacity);
    const rows = Math.max(SMALLEST, expected);
    this.next = new Uint32Array(rows);
    this.feeds = new Uint16Array(rows);
    this.confidences = new Uint8Array(rows);
    this.until = new Uint32Array(rows);
    this.first = new Uint32Array(rows);
    this.last = new Uint32Array(rows);
  }

  get size(): number {
    return this.count;
  }

  get bytes(): number {
    return this.capacity * (STRIDE * 4 + 1) + this.next.length * 19;
  }

  start1(kind: number): number {
    return this.seed1 ^ Math.imul(kind, 0x01000193);
  }

  start2(kind: number): number {
    return this.seed2 ^ kind;
  }

  insert(h1: number, h2: number, meta: IndicatorMeta): void {
    if (this.used >= this.capacity * FULL) this.rehash();
    if (this.count === this.next.length) this.widen();
    const row = this.count++;
    this.feeds[row] = meta.feed;
    this.confidences[row] = meta.confidence;
    this.until[row] = meta.validUntil ?? NONE;
    this.first[row] = meta.firstSeen ?? 0;
    this.last[row] = meta.lastSeen ?? 0;
    const k1 = scramble(h1);
    const slot = this.slot(k1, h2);
    const head = this.slots[slot + 2] ?? 0;
    if (head === 0) {
      this.used += 1;
      this.put(slot, k1, h2);
    }
    this.next[row] = head;
    this.slots[slot + 2] = row + 1;
  }

  /** The row of the key with the highest confidence that is valid at a time (epoch seconds), or -1. */
  find(h1: number, h2: number, at: number): number {
    const k1 = scramble(h1);
    const bit = Math.imul(k1 ^ h2, 0x9e3779b1) & (this.capacity * 8 - 1);
    if (((this.filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return -1;
    let best = -1;
    let row = (this.slots[this.slot(k1, h2) + 2] ?? 0) - 1;
    while (row !== -1) {
      if ((this.until[row] ?? 0) > at && this.better(row, best)) best = row;
      row = (this.next[row] ?? 0) - 1;
    }
    return best;
  }

  /** Whether row `a` counts more than row `b`; -1 is no row. */
  better(a: number, b: number): boolean {
    if (a === -1) return false;
    return b === -1 || (this.confidences[a] ?? 0) > (this.confidences[b] ?? 0);
  }

  meta(row: number): IndicatorMeta {
    const until = this.until[row] ?? NONE;
    return {
      feed: this.feeds[row] ?? 0,
      confidence: this.confidences[row] ?? 0,
      validUntil: until === NONE ? undefined : until,
      firstSeen: this.first[row] || undefined,
      lastSeen: this.last[row] || undefined,
    };
  }

  /** Index of the key's slot, or of the free one where it would go. */
  private slot(k1: number, h2: number): number {
    const { slots } = this;
    const mask = this.capacity - 1;
    let at = k1 & mask;
    for (;;) {
      const index = at * STRIDE;
      if (slots[index + 2] === 0 || (slots[index] === k1 && slots[index + 1] === h2)) return index;
      at = (at + 1) & mask;
    }
  }

  private put(index: number, k1: number, h2: number): void {
    this.slots[index] = k1;
    this.slots[index + 1] = h2;
    const bit = Math.imul(k1 ^ h2, 0x9e3779b1) & (this.capacity * 8 - 1);
    this.filter[bit >>> 3] = (this.filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  private rehash(): void {
    const { slots } = this;
    this.capacity *= 2;
    this.slots = new Int32Array(this.capacity * STRIDE);
    this.filter = new Uint8Array(this.capacity);
    for (let old = 0; old < slots.length; old += STRIDE) {
      const head = slots[old + 2] ?? 0;
      if (head === 0) continue;
      const k1 = slots[old] ?? 0;
      const h2 = slots[old + 1] ?? 0;
      const index = this.slot(k1, h2);
      this.put(index, k1, h2);
      this.slots[index + 2] = head;
    }
  }

  private widen(): void {
    const rows = Math.ceil(this.next.length * 1.5);
    const words = (size: number) => new Uint32Array(size);
    this.next = grown(words, this.next, rows);
    this.feeds = grown((size) => new Uint16Array(size), this.feeds, rows);
    this.confidences = grown((size) => new Uint8Array(size), this.confidences, rows);
    this.until = grown(words, this.until, rows);
    this.first = grown(words, this.first, rows);
    this.last = grown(words, this.last, rows);
  }
}
