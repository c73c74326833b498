import { parseIp } from '@parapet/contracts';
import type { ParsedIp } from '@parapet/contracts';
import { parseCidr } from './cidr.js';

interface Node<T> {
  zero: Node<T> | undefined;
  one: Node<T> | undefined;
  value: T | undefined;
}

const newNode = <T>(): Node<T> => ({ zero: undefined, one: undefined, value: undefined });

/** Bit `index` of an address, the most significant first. */
function bit(ip: ParsedIp, index: number): number {
  const word = index < 32 ? ip.w0 : index < 64 ? ip.w1 : index < 96 ? ip.w2 : ip.w3;
  return (word >>> (31 - (index & 31))) & 1;
}

/**
 * Longest matching prefix over IPv4 and IPv6. A look-up walks at most 32 or 128 nodes, however many prefixes there are.
 * A prefix that is inserted again replaces its value.
 */
export class CidrTrie<T> {
  private readonly v4: Node<T> = newNode();
  private readonly v6: Node<T> = newNode();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** `cidr`: "10.0.1.0/24", or an address as its /32 or /128. Throws InvalidCidrError. */
  insert(cidr: string, value: T): void {
    const prefix = parseCidr(cidr);
    let node = prefix.ip.version === 4 ? this.v4 : this.v6;
    for (let index = 0; index < prefix.length; index++) {
      if (bit(prefix.ip, index) === 0) node = node.zero ??= newNode();
      else node = node.one ??= newNode();
    }
    if (node.value === undefined) this.count++;
    node.value = value;
  }

  /** The value of the longest prefix that holds the address. Undefined if none does, or if the text is no address. */
  lookup(address: string): T | undefined {
    const ip = parseIp(address);
    return ip && this.lookupParsed(ip);
  }

  lookupParsed(ip: ParsedIp): T | undefined {
    const bits = ip.version === 4 ? 32 : 128;
    let node = ip.version === 4 ? this.v4 : this.v6;
    let best = node.value;
    for (let index = 0; index < bits; index++) {
      const next = bit(ip, index) === 0 ? node.zero : node.one;
      if (next === undefined) break;
      if (next.value !== undefined) best = next.value;
      node = next;
    }
    return best;
  }
}
