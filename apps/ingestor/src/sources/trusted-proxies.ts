import { normalizeIp } from '@parapet/contracts';
import { CidrTrie } from '@parapet/enrich';

/** Longest chain of proxies that is followed. */
const MAX_HOPS = 16;

/** The proxies whose word about a client's address counts (`INGEST_TRUSTED_PROXIES`). */
export class TrustedProxies {
  private readonly trie = new CidrTrie<true>();

  /** @throws InvalidCidrError for what is neither an address nor a prefix. */
  constructor(prefixes: readonly string[]) {
    for (const prefix of prefixes) this.trie.insert(prefix, true);
  }

  trusts(address: string): boolean {
    return this.trie.size > 0 && this.trie.lookup(address) === true;
  }

  /**
   * Who really sent a request: `peer`, or where that is a trusted proxy, the last address in X-Forwarded-For that is
   * none. What stands to the left of it was written by the client and counts for nothing.
   */
  client(peer: string, forwardedFor: string | undefined): string {
    let client = normalizeIp(peer) ?? peer;
    if (forwardedFor === undefined || !this.trusts(client)) return client;
    const hops = forwardedFor.split(',', 1000).slice(-MAX_HOPS);
    for (let hop = hops.pop(); hop !== undefined && this.trusts(client); hop = hops.pop()) {
      const address = addressOf(hop.trim());
      if (address === undefined) break;
      client = address;
    }
    return client;
  }
}

/** "203.0.113.7", "203.0.113.7:4711", "2001:db8::1" and "[2001:db8::1]:4711" are in use. */
function addressOf(hop: string): string | undefined {
  const bracketed = /^\[([0-9a-fA-F:.]{2,45})\](?::\d{1,5})?$/.exec(hop);
  if (bracketed) return normalizeIp(bracketed[1] ?? '');
  const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(hop);
  return normalizeIp(withPort?.[1] ?? hop);
}
