import { formatIp, parseIp, type IntelType, type ParsedIp } from '@parapet/contracts';
import { parseCidr } from '../cidr.js';
import { mix1, mix2, Slots } from './slots.js';
import { maskIp } from './value.js';

/** What a table keeps of an indicator beside its value. Times in epoch seconds; undefined: not known, or for ever. */
export interface IndicatorMeta {
  /** Index into the feeds of whoever fills the table; below 65,536. */
  feed: number;
  /** 0–100. */
  confidence: number;
  validUntil?: number;
  firstSeen?: number;
  lastSeen?: number;
}

/** An indicator that was found: what is known of it, and the part of the looked-up text that it is. */
export interface Found extends IndicatorMeta {
  type: IntelType;
  /** The indicator's own value: of an address the prefix, of a name the domain that is listed, of a URL the part that is. */
  value: string;
}

const KIND = { address: 1, domain: 2, url: 3, file_hash: 4 } as const satisfies Record<IntelType, number>;
/** Directories of one URL that are looked up. */
const MOST_DIRECTORIES = 16;
const LONGEST_NAME = 253;
/** 128 bits of a file’s hash, and its length, are enough to tell it. */
const HASH_DIGITS = 32;
const DOT = 46;
const SLASH = 47;
const QUESTION = 63;

const lower = (code: number) => (code >= 65 && code <= 90 ? code | 32 : code);

/**
 * Indicators in typed arrays: about 45 bytes each, whatever their length. Of a value 64 bits of a keyed hash are kept and not its
 * text; that a foreign value has the same is less likely than one in 10^13 look-ups with a million indicators. IPv4 addresses are exact.
 *
 * Names match with everything below them; a URL also with another query, and one that ends in "/" (but not a host's root) with
 * everything below it. Hashing is written out in each loop: in local variables it costs a third of what it does in fields.
 */
export class IndicatorTable {
  private readonly slots: Slots;
  /** Lengths of prefixes that are no single address, longest first. */
  private readonly lengths: Record<4 | 6, number[]> = { 4: [], 6: [] };
  /** The 65,536 networks of /16 in which a prefix of IPv4 lies: for the others only the address itself is looked up. */
  private readonly networks = new Uint8Array(65_536);
  private readonly has = { domain: false, url: false, file_hash: false };

  /** `seed`: a secret random number, so that nobody can make values that collide. `expected`: indicators, to allocate once. */
  constructor(seed: number, expected = 0) {
    this.slots = new Slots(seed, expected);
  }

  get size(): number {
    return this.slots.size;
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    return this.slots.bytes + this.networks.length;
  }

  /** `value` as `readIntelValue` spells it. @throws InvalidCidrError for an address that is none */
  add(type: IntelType, value: string, meta: IndicatorMeta): void {
    if (type === 'address') return this.addPrefix(value, meta);
    this.has[type] = true;
    const kind = KIND[type];
    let h1 = this.slots.start1(kind);
    let h2 = this.slots.start2(kind);
    const length = type === 'file_hash' ? HASH_DIGITS : value.length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(type === 'domain' ? length - 1 - i : i);
      h1 = mix1(h1, code);
      h2 = mix2(h2, code);
    }
    if (type === 'file_hash') h1 = mix1(h1, value.length);
    this.slots.insert(h1, h2, meta);
  }

  private addPrefix(value: string, meta: IndicatorMeta): void {
    const { ip, length } = parseCidr(value);
    const network = maskIp(ip, length);
    if (length < (ip.version === 4 ? 32 : 128)) {
      const lengths = this.lengths[ip.version];
      if (!lengths.includes(length)) {
        lengths.push(length);
        lengths.sort((a, b) => b - a);
      }
      if (ip.version === 4) {
        const first = network.w0 >>> 16;
        this.networks.fill(1, first, first + 2 ** Math.max(0, 16 - length));
      }
    }
    const kind = addressKind(ip.version, length);
    this.slots.insert(
      addressHash(mix1, this.slots.start1(kind), network),
      addressHash(mix2, this.slots.start2(kind), network),
      meta,
    );
  }

  /** The prefix with the highest confidence that holds the address; the longest of equals. `at`: epoch seconds. */
  address(ip: ParsedIp, at: number): Found | undefined {
    let length = ip.version === 4 ? 32 : 128;
    let best = this.row(ip, length, at);
    if (ip.version === 6 || this.networks[ip.w0 >>> 16] === 1) {
      for (const shorter of this.lengths[ip.version]) {
        const row = this.row(maskIp(ip, shorter), shorter, at);
        if (row === -1 || !this.slots.better(row, best)) continue;
        best = row;
        length = shorter;
      }
    }
    if (best === -1) return undefined;
    return this.found('address', prefixText(ip, length), best);
  }

  private row(network: ParsedIp, length: number, at: number): number {
    const { slots } = this;
    const kind = addressKind(network.version, length);
    if (network.version === 4)
      return slots.find(mix1(slots.start1(kind), network.w0), mix2(slots.start2(kind), network.w0), at);
    const h1 = addressHash(mix1, slots.start1(kind), network);
    return slots.find(h1, addressHash(mix2, slots.start2(kind), network), at);
  }

  /** The listed domain that the name is or lies below. */
  domain(name: string, at: number): Found | undefined {
    if (!this.has.domain) return undefined;
    const end = name.endsWith('.') ? name.length - 1 : name.length;
    if (end === 0 || end > LONGEST_NAME) return undefined;
    const { slots } = this;
    let h1 = slots.start1(KIND.domain);
    let h2 = slots.start2(KIND.domain);
    let best = -1;
    let from = 0;
    let labels = 0;
    for (let i = end - 1; i >= -1; i--) {
      const code = i < 0 ? DOT : lower(name.charCodeAt(i));
      if (code === DOT && (labels += 1) > 1) {
        const row = slots.find(h1, h2, at);
        // Of equals the longest: it says most.
        if (row !== -1 && !slots.better(best, row)) {
          best = row;
          from = i + 1;
        }
      }
      h1 = mix1(h1, code);
      h2 = mix2(h2, code);
    }
    if (best === -1) return undefined;
    return this.found('domain', name.slice(from, end).toLowerCase(), best);
  }

  /** `url` as `normalizeUrl` spells it. */
  url(url: string, at: number): Found | undefined {
    if (!this.has.url) return undefined;
    const { slots } = this;
    let h1 = slots.start1(KIND.url);
    let h2 = slots.start2(KIND.url);
    let best = -1;
    let to = 0;
    let slashes = 0;
    let query = false;
    for (let i = 0; i <= url.length; i++) {
      const code = i === url.length ? 0 : url.charCodeAt(i);
      // Before the query, at the end, and behind each slash but the host's root, which stands for itself alone.
      const behindSlash = slashes > 1 && slashes <= MOST_DIRECTORIES && url.charCodeAt(i - 1) === SLASH;
      const border = !query && (code === QUESTION || behindSlash);
      if (border || i === url.length) {
        const row = slots.find(h1, h2, at);
        if (row !== -1 && !slots.better(best, row)) {
          best = row;
          to = i;
        }
      }
      if (code === QUESTION) query = true;
      else if (code === SLASH && !query) slashes += 1;
      h1 = mix1(h1, code);
      h2 = mix2(h2, code);
    }
    if (best === -1) return undefined;
    return this.found('url', url.slice(0, to), best);
  }

  fileHash(hash: string, at: number): Found | undefined {
    if (!this.has.file_hash || (hash.length !== 32 && hash.length !== 40 && hash.length !== 64))
      return undefined;
    const { slots } = this;
    let h1 = slots.start1(KIND.file_hash);
    let h2 = slots.start2(KIND.file_hash);
    for (let i = 0; i < HASH_DIGITS; i++) {
      const code = lower(hash.charCodeAt(i));
      h1 = mix1(h1, code);
      h2 = mix2(h2, code);
    }
    const row = slots.find(mix1(h1, hash.length), h2, at);
    if (row === -1) return undefined;
    return this.found('file_hash', hash.toLowerCase(), row);
  }

  /** Written out, as a spread would cost more than the look-up. */
  private found(type: IntelType, value: string, row: number): Found {
    const { feed, confidence, validUntil, firstSeen, lastSeen } = this.slots.meta(row);
    return { type, value, feed, confidence, validUntil, firstSeen, lastSeen };
  }

  /** By type, for a value in its one spelling. */
  find(type: IntelType, value: string, at: number): Found | undefined {
    if (type === 'domain') return this.domain(value, at);
    if (type === 'url') return this.url(value, at);
    if (type === 'file_hash') return this.fileHash(value, at);
    const ip = parseIp(value.split('/', 1)[0] ?? '');
    return ip && this.address(ip, at);
  }
}

const addressKind = (version: 4 | 6, length: number) => KIND.address + (version << 8) + (length << 16);

function addressHash(mix: typeof mix1, start: number, { version, w0, w1, w2, w3 }: ParsedIp): number {
  const first = mix(start, w0);
  return version === 4 ? first : mix(mix(mix(first, w1), w2), w3);
}

function prefixText(ip: ParsedIp, length: number): string {
  const network = formatIp(maskIp(ip, length));
  return length === (ip.version === 4 ? 32 : 128) ? network : `${network}/${length}`;
}
