import { randomFillSync } from 'node:crypto';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const BLOCK = 8192;
const MAX_COUNTER = 0xfff;

const random = Buffer.alloc(BLOCK);
let used = BLOCK;
let lastMs = 0;
let counter = 0;

const hex = (byte: number | undefined) => HEX[byte ?? 0] ?? '00';

/**
 * A UUIDv7 (RFC 9562 5.7) for that moment (epoch ms). Within one process each is larger than the one before: `rand_a` counts up within
 * a millisecond from a random start (6.2, method 1), and a clock that steps back is held. 62 bits stay random.
 */
export function mintUuid(now: number): string {
  if (used + 10 > BLOCK) {
    randomFillSync(random);
    used = 0;
  }
  if (now > lastMs) {
    lastMs = now;
    counter = (((random[used] ?? 0) << 8) | (random[used + 1] ?? 0)) & 0x7ff;
  } else if (++counter > MAX_COUNTER) {
    lastMs++;
    counter = 0;
  }
  const at = used + 2;
  used += 10;
  const high = Math.floor(lastMs / 65536);
  return (
    hex((high >>> 24) & 255) +
    hex((high >>> 16) & 255) +
    hex((high >>> 8) & 255) +
    hex(high & 255) +
    '-' +
    hex((lastMs >>> 8) & 255) +
    hex(lastMs & 255) +
    '-' +
    hex(0x70 | (counter >>> 8)) +
    hex(counter & 255) +
    '-' +
    hex(0x80 | ((random[at] ?? 0) & 0x3f)) +
    hex(random[at + 1]) +
    '-' +
    hex(random[at + 2]) +
    hex(random[at + 3]) +
    hex(random[at + 4]) +
    hex(random[at + 5]) +
    hex(random[at + 6]) +
    hex(random[at + 7])
  );
}
