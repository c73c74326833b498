import type { ParsedIp } from '@parapet/contracts';
import { CidrTrie } from './cidr-trie.js';

/** IANA special-purpose registries (RFC 6890 and its updates): addresses that have no place on a map. */
export const RESERVED_PREFIXES: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:db8::/32',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

const trie = new CidrTrie<true>();
for (const cidr of RESERVED_PREFIXES) trie.insert(cidr, true);

/** Whether an address is private, loopback, multicast, for documentation or otherwise reserved. */
export function isReserved(ip: ParsedIp): boolean {
  return trie.lookupParsed(ip) === true;
}
