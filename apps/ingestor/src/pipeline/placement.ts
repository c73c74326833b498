import { CidrTrie } from '@parapet/enrich';
import type { Route, RoutingRow } from './route.js';
import type { Sender } from './sender.js';

interface KeyRoute {
  route: Route;
  expiresAt: number;
}

/** Says whose a sender is. */
export class Placement {
  private trie = new CidrTrie<Route>();
  private certificates = new Map<string, Route>();
  private tokens = new Map<string, Route>();
  private keys = new Map<string, KeyRoute>();
  private tenants = new Map<string, Route>();
  private version = 0;

  /** Puts a whole new table into use. */
  replace(rows: readonly RoutingRow[]): void {
    const trie = new CidrTrie<Route>();
    const certificates = new Map<string, Route>();
    const tokens = new Map<string, Route>();
    const keys = new Map<string, KeyRoute>();
    const tenants = new Map<string, Route>();
    for (const { route, cidr, certificate, token, key, expiresAt, slug } of rows) {
      if (slug !== undefined) tenants.set(slug, route);
      if (cidr !== undefined) trie.insert(cidr, route);
      if (certificate !== undefined) certificates.set(certificate, route);
      if (token !== undefined) tokens.set(token, route);
      if (key !== undefined) keys.set(key, { route, expiresAt: expiresAt ?? Infinity });
    }
    this.trie = trie;
    this.certificates = certificates;
    this.tokens = tokens;
    this.keys = keys;
    this.tenants = tenants;
    this.version++;
  }

  /** Whether any source is known by a token. */
  get hasTokens(): boolean {
    return this.tokens.size > 0;
  }

  /** The route that a token (hex SHA-256) in structured data leads to. */
  byToken(hash: string): Route | undefined {
    return this.tokens.get(hash);
  }

  /** The route of an API key (hex SHA-256) that is in force at `now`, epoch ms. */
  byKey(hash: string, now: number): Route | undefined {
    const found = this.keys.get(hash);
    return found && found.expiresAt > now ? found.route : undefined;
  }

  /** The slugs of all active tenants. */
  slugs(): string[] {
    return [...this.tenants.keys()];
  }

  /** The route of what a tenant's drop directory brings. */
  bySlug(slug: string): Route | undefined {
    return this.tenants.get(slug);
  }

  /** The sender's route; looked up again only when the table has changed since. */
  place(sender: Sender): Route | undefined {
    if (sender.placedBy !== this.version) {
      sender.route = this.lookUp(sender);
      sender.placedBy = this.version;
    }
    return sender.route;
  }

  /** An unknown certificate proves nothing, and its sender is judged by its address; an API key that ended is nobody's. */
  private lookUp({ proof, address, file }: Sender): Route | undefined {
    if (file !== undefined) return file.route;
    if (proof?.kind === 'key') return this.byKey(proof.hash, Date.now());
    const proven = proof && this.certificates.get(proof.hash);
    return proven ?? this.trie.lookup(address);
  }
}
