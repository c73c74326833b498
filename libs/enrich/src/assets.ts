import type { AssetKind, Criticality, DecodedFields } from '@parapet/contracts';
import { CidrTrie } from './cidr-trie.js';
import { InvalidCidrError } from './cidr.js';

/** What an address, host or user is to its owner. */
export interface AssetRow {
  kind: AssetKind;
  /** address: a prefix; host and user: lower case. */
  value: string;
  name: string;
  criticality: Criticality;
}

type Named = Pick<AssetRow, 'name' | 'criticality'>;

/** The assets of one tenant. The longest prefix names an address. */
export class AssetTable {
  private readonly addresses = new CidrTrie<Named>();
  private readonly hosts = new Map<string, Named>();
  private readonly users = new Map<string, Named>();
  /** Rows that could not be taken, as their value is no prefix. */
  readonly refused: readonly string[];

  constructor(rows: readonly AssetRow[]) {
    const refused: string[] = [];
    for (const { kind, value, name, criticality } of rows) {
      const named = { name, criticality };
      if (kind === 'host') this.hosts.set(value, named);
      else if (kind === 'user') this.users.set(value, named);
      else {
        try {
          this.addresses.insert(value, named);
        } catch (error) {
          if (!(error instanceof InvalidCidrError)) throw error;
          refused.push(value);
        }
      }
    }
    this.refused = refused;
  }

  ofAddress(address: string): Named | undefined {
    return this.addresses.size === 0 ? undefined : this.addresses.lookup(address);
  }

  /** By the whole name, else by its first label: "web-1" names web-1.example.test too. */
  ofHost(name: string): Named | undefined {
    if (this.hosts.size === 0) return undefined;
    const lower = name.toLowerCase();
    const dot = lower.indexOf('.');
    return this.hosts.get(lower) ?? (dot > 0 ? this.hosts.get(lower.slice(0, dot)) : undefined);
  }

  /** By the whole name, else by what follows a Windows domain: "admin" names "CORP\admin" too. */
  ofUser(name: string): Named | undefined {
    if (this.users.size === 0) return undefined;
    const lower = name.toLowerCase();
    const slash = lower.lastIndexOf('\\');
    return this.users.get(lower) ?? (slash >= 0 ? this.users.get(lower.slice(slash + 1)) : undefined);
  }

  /**
   * Adds `source.asset.*`, `destination.asset.*`, `host.asset.*` and `user.asset.*` (name, criticality) to an event of this tenant.
   * Names are spelled out because computed ones make the event slow.
   */
  enrich(event: DecodedFields): void {
    const source = event['source.ip'];
    if (typeof source === 'string') {
      const asset = this.ofAddress(source);
      if (asset) {
        event['source.asset.name'] = asset.name;
        event['source.asset.criticality'] = asset.criticality;
      }
    }
    const destination = event['destination.ip'];
    if (typeof destination === 'string') {
      const asset = this.ofAddress(destination);
      if (asset) {
        event['destination.asset.name'] = asset.name;
        event['destination.asset.criticality'] = asset.criticality;
      }
    }
    const host = event['host.name'];
    if (typeof host === 'string') {
      const asset = this.ofHost(host);
      if (asset) {
        event['host.asset.name'] = asset.name;
        event['host.asset.criticality'] = asset.criticality;
      }
    }
    const user = event['user.name'];
    if (typeof user === 'string') {
      const asset = this.ofUser(user);
      if (asset) {
        event['user.asset.name'] = asset.name;
        event['user.asset.criticality'] = asset.criticality;
      }
    }
  }
}
