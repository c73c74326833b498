import type { ParsedIp } from '@parapet/contracts';
import { parseCidr } from '@parapet/enrich';

/** First and last address of a prefix as texts that sort as the addresses do. IPv4 and IPv6 never meet. */
interface Range {
  first: string;
  last: string;
  prefix: string;
}

const hex = (word: number) => word.toString(16).padStart(8, '0');
const key = (version: number, words: readonly number[]) => `${version}${words.map(hex).join('')}`;

function wordsOf({ version, w0, w1, w2, w3 }: ParsedIp): number[] {
  return version === 4 ? [w0] : [w0, w1, w2, w3];
}

/** @throws InvalidCidrError */
function rangeOf(prefix: string): Range {
  const { ip, length } = parseCidr(prefix);
  const words = wordsOf(ip);
  const hosts = words.map((_, n) => {
    const bits = Math.min(32, Math.max(0, length - 32 * n));
    return bits === 32 ? 0 : 0xffff_ffff >>> bits;
  });
  const first = words.map((word, n) => (word & ~(hosts[n] ?? 0)) >>> 0);
  const last = words.map((word, n) => (word | (hosts[n] ?? 0)) >>> 0);
  return { first: key(ip.version, first), last: key(ip.version, last), prefix };
}

/** Prefixes, asked whether another one overlaps them: lies inside one, or holds one. */
export class PrefixSet {
  /** By first address; none inside another. */
  private readonly ranges: Range[] = [];

  /** @throws InvalidCidrError */
  constructor(prefixes: Iterable<string>) {
    // Prefixes nest or are apart. Of those that begin alike the longest range comes first.
    const sorted = [...prefixes]
      .map(rangeOf)
      .sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last));
    for (const range of sorted) {
      const before = this.ranges.at(-1);
      if (!before || range.first > before.last) this.ranges.push(range);
    }
  }

  /** A prefix of the set that overlaps this one, or undefined. @throws InvalidCidrError */
  overlapping(prefix: string): string | undefined {
    const { first, last } = rangeOf(prefix);
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ranges[middle]?.first ?? '') <= first) low = middle + 1;
      else high = middle;
    }
    // The last that begins at or before it may hold it; the next one may lie inside it.
    const [holder, next] = [this.ranges[low - 1], this.ranges[low]];
    if (holder && holder.last >= first) return holder.prefix;
    return next && next.first <= last ? next.prefix : undefined;
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
