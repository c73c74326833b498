import { CidrTrie } from '@parapet/enrich';
import type { Route } from './route.js';
import type { Sender } from './sender.js';

/** Says whose a sender is: the longest prefix over all tenants' sources that holds its address. */
export class Placement {
  private trie = new CidrTrie<Route>();
  private version = 0;

  /** Puts a whole new table into use. */
  replace(routes: readonly Route[]): void {
    const trie = new CidrTrie<Route>();
    for (const route of routes) trie.insert(route.cidr, route);
    this.trie = trie;
    this.version++;
  }

  /** The sender's route; looked up again only when the table has changed since. */
  place(sender: Sender): Route | undefined {
    if (sender.placedBy !== this.version) {
      sender.route = this.trie.lookup(sender.address);
      sender.placedBy = this.version;
    }
    return sender.route;
  }
}
