export { AssetTable } from './assets.js';
export type { AssetRow } from './assets.js';
export { CidrTrie } from './cidr-trie.js';
export { InvalidCidrError, parseCidr } from './cidr.js';
export type { Prefix } from './cidr.js';
export { GeoDatabaseError, GeoReader } from './geo.js';
export type { GeoDatabaseFile } from './geo.js';
export type { GeoRecord } from './geo-record.js';
export { isReserved } from './reserved.js';
