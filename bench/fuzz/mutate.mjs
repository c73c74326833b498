// Frames that no sender should write, from lines that some do. The same seed and number give the same frame.

/** mulberry32: numbers in [0, 1) from 32 bits of state. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const MAX_FRAME_BYTES = 65_536;

const HOSTILE = [
  '\0',
  '\x1b[31m',
  '\x7f',
  '\r\n',
  '\u2028',
  '\u202e', // right-to-left override
  '\u2066',
  '\ufeff',
  '\ud83d\ude00',
  '"',
  "'",
  '\\',
  '\\u0000',
  '\\ud800',
  '<191>',
  '<999>1 ',
  '%s%n',
  '${jndi:ldap://x}',
  ' from 203.0.113.66 port 1 ssh2',
  ' user=root',
  ' rhost=203.0.113.66',
  '[parapet@32473 token="x"]',
  '::ffff:203.0.113.66',
  '203.0.113.66',
  '2026-11-20T20:00:00Z ',
  'Nov 20 20:00:00 ',
  '9999999999',
  '-1',
  '1e308',
  '__proto__',
  'constructor',
  'message repeated 99 times: [ ',
];
/** What regular expressions and scanners stumble over when there is much of it. */
const REPEATABLE = [
  'a', '0', ' ', '\t', '.', ':', '=', ',', ';', '|', '-', '/', '\\', '"', "'", '%', '\\"', 'a=b ', 'a="', 'a.', '1.', '::', '0:',
  ' from ', ' for ', ' - ', ' port 1', 'user ', ' rhost=', ' ruser=', '] ', '[a', '(a) ', 'a,', '"a" ', '%ASA-6-302013: ', ' ID x', 'é', '😀',
]; // prettier-ignore
const BRACKETS = [
  ['[', ']'],
  ['{', '}'],
  ['(', ')'],
  ['{"a":', '}'],
  ['[[', ']]'],
  ['<', '>'],
  ['"', '"'],
  ['{"message":"{\\"a\\":', '}'],
];
/** Bytes that are no UTF-8: bare continuation, overlong, surrogate half, beyond U+10FFFF, cut short. */
const BROKEN_UTF8 = [
  [0x80],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
  [0xff],
];

const below = (random, count) => Math.floor(random() * count);
const pick = (random, list) => list[below(random, list.length)];

function insert(bytes, at, added) {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
}

/** A length that is mostly short, sometimes as long as a frame may be. */
function someLength(random) {
  const dice = random();
  if (dice < 0.9) return 1 + below(random, 64);
  return dice < 0.985 ? 64 + below(random, 2000) : 2000 + below(random, MAX_FRAME_BYTES);
}

/** Where something is put: at a gap between words as often as anywhere. */
function somewhere(random, bytes) {
  const at = below(random, bytes.length + 1);
  if (random() < 0.5) return at;
  const gap = bytes.indexOf(32, at);
  return gap === -1 ? at : gap + 1;
}

const MUTATIONS = {
  flip(random, bytes) {
    const copy = Buffer.from(bytes);
    for (let n = 1 + below(random, 4); n > 0 && copy.length > 0; n--)
      copy[below(random, copy.length)] ^= 1 << below(random, 8);
    return copy;
  },
  splice(random, bytes, other) {
    return Buffer.concat([
      bytes.subarray(0, below(random, bytes.length + 1)),
      other.subarray(below(random, other.length + 1)),
    ]);
  },
  put(random, bytes, other) {
    const from = below(random, other.length + 1);
    return insert(bytes, somewhere(random, bytes), other.subarray(from, from + someLength(random)));
  },
  repeat(random, bytes) {
    const from = below(random, bytes.length + 1);
    const piece = bytes.subarray(from, from + 1 + below(random, 24));
    const times = Math.ceil(someLength(random) / Math.max(1, piece.length));
    return insert(bytes, from, Buffer.concat(Array.from({ length: Math.min(times, 20_000) }, () => piece)));
  },
  token(random, bytes) {
    return insert(
      bytes,
      somewhere(random, bytes),
      Buffer.from(pick(random, REPEATABLE).repeat(someLength(random))),
    );
  },
  hostile(random, bytes) {
    return insert(bytes, somewhere(random, bytes), Buffer.from(pick(random, HOSTILE)));
  },
  truncate(random, bytes) {
    return bytes.subarray(0, below(random, bytes.length + 1));
  },
  remove(random, bytes) {
    const at = below(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 16))]);
  },
  nest(random, bytes) {
    const [open, close] = pick(random, BRACKETS);
    const depth = someLength(random);
    const inside = insert(bytes, somewhere(random, bytes), Buffer.from(open.repeat(depth)));
    return random() < 0.5 ? inside : Buffer.concat([inside, Buffer.from(close.repeat(depth))]);
  },
  utf8(random, bytes) {
    return insert(bytes, somewhere(random, bytes), Buffer.from(pick(random, BROKEN_UTF8)));
  },
};
const NAMES = Object.keys(MUTATIONS);

/** Headers that a line may come behind. */
function withHeader(random, line, program) {
  const dice = random();
  if (dice < 0.4) return line;
  if (dice < 0.7) return `<38>Nov 20 20:00:00 host ${program}[4711]: ${line}`;
  if (dice < 0.9) return `<38>1 2026-11-20T20:00:00Z host ${program} 4711 - [x@1 a="b"] ${line}`;
  return `message repeated 3 times: [ ${line}]`;
}

/**
 * The frames of one seed.
 * @param {string[]} lines
 * @param {readonly string[]} programs
 * @param {readonly string[]} types source types
 */
export function frames(seed, lines, programs, types) {
  return (number) => {
    const random = generator(Math.imul(seed, 0x9e3779b1) ^ number);
    let bytes = Buffer.from(withHeader(random, pick(random, lines), pick(random, programs)));
    for (let n = 1 + below(random, 4); n > 0; n--) {
      const other = Buffer.from(pick(random, lines));
      bytes = MUTATIONS[pick(random, NAMES)](random, bytes, other);
    }
    return {
      bytes: Buffer.from(bytes.subarray(0, MAX_FRAME_BYTES)),
      type: pick(random, types),
      random,
    };
  };
}
