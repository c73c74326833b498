import { Reader } from 'maxmind';
import { parseIp } from '@parapet/contracts';
import type { ParsedIp } from '@parapet/contracts';
import { GeoDatabaseError } from '@parapet/errors';
import { isReserved } from './reserved.js';

/** A MaxMind DB file that the caller has read. */
export interface MmdbFile {
  name: string;
  data: Buffer;
}

/** What kind of database is asked for, and how its records are read. */
export interface MmdbKind<T> {
  /** Database types (metadata) that have such records. */
  accepts: RegExp;
  /** What they hold, for the error: "cities or countries". */
  holds: string;
  /** Null for a record that is damaged or of another shape. */
  toRecord: (record: unknown) => T | null;
}

interface Database {
  name: string;
  reader: Reader<never>;
  ipVersion: number;
}

const CACHE_SIZE = 20_000;
/** Addresses all over the space, to find a damaged file when it is opened and not at the first event. */
const PROBES = [
  ...Array.from({ length: 222 }, (_, i) => `${i + 1}.${(i * 37) % 256}.${(i * 101) % 256}.9`),
  ...Array.from(
    { length: 64 },
    (_, i) =>
      `2${(i % 16).toString(16)}${(i * 7).toString(16).padStart(2, '0')}:${(i * 997).toString(16)}::9`,
  ),
  '81.2.69.142',
  '2.125.160.217',
  '2001:220::1',
  '2a02:d100::1',
];

/**
 * Records by address from one or more MaxMind DB files. Private and reserved addresses are never looked up. Answers are
 * kept for the last 20,000 addresses.
 */
export class MmdbReader<T> {
  private readonly cache = new Map<string, T | null>();
  private readonly databases: readonly Database[];

  /** The first file that knows an address answers. @throws GeoDatabaseError that names the file and what is wrong */
  constructor(
    files: readonly MmdbFile[],
    private readonly kind: MmdbKind<T>,
  ) {
    this.databases = files.map((file) => this.open(file));
  }

  /** Null: reserved, not in the database, or no address. @throws GeoDatabaseError for a damaged record */
  lookup(address: string): T | null {
    const kept = this.cache.get(address);
    if (kept !== undefined) return kept;
    const ip = parseIp(address);
    const record = ip && !isReserved(ip) ? this.find(ip, address) : null;
    // A Map keeps its order: dropping the older half now and then is cheaper than moving an entry at each hit.
    if (this.cache.size >= CACHE_SIZE) this.forgetOlderHalf();
    this.cache.set(address, record);
    return record;
  }

  private find(ip: ParsedIp, address: string): T | null {
    for (const database of this.databases) {
      // An IPv4 tree would answer an IPv6 address with somebody else's record.
      if (ip.version === 6 && database.ipVersion === 4) continue;
      const record = this.read(database, address);
      if (record) return record;
    }
    return null;
  }

  private forgetOlderHalf(): void {
    let left = CACHE_SIZE / 2;
    for (const address of this.cache.keys()) {
      if (left-- === 0) break;
      this.cache.delete(address);
    }
  }

  private open(file: MmdbFile): Database {
    let reader: Reader<never>;
    try {
      reader = new Reader<never>(file.data);
    } catch (cause) {
      throw new GeoDatabaseError(file.name, 'it is no MaxMind DB file', { cause });
    }
    this.checkMetadata(file, reader);
    const database = { name: file.name, reader, ipVersion: reader.metadata.ipVersion };
    for (const probe of PROBES)
      if (database.ipVersion === 6 || !probe.includes(':')) this.read(database, probe);
    return database;
  }

  /** Bounds that a sound file keeps and the reader does not check (MaxMind DB 2.0, "Database Metadata"). */
  private checkMetadata({ name, data }: MmdbFile, reader: Reader<never>): void {
    const { nodeCount, recordSize, ipVersion, databaseType } = reader.metadata;
    if (ipVersion !== 4 && ipVersion !== 6)
      throw new GeoDatabaseError(name, `address version ${String(ipVersion)}`);
    if (!(nodeCount > 0) || (nodeCount * recordSize) / 4 + 16 >= data.length)
      throw new GeoDatabaseError(name, 'its search tree is larger than the file');
    if (!this.kind.accepts.test(databaseType))
      throw new GeoDatabaseError(name, `it is of type “${databaseType}”, not of ${this.kind.holds}`);
  }

  private read(database: Database, address: string): T | null {
    let record: unknown;
    try {
      record = database.reader.get(address);
    } catch (cause) {
      throw new GeoDatabaseError(database.name, `the record of ${address} is damaged`, { cause });
    }
    if (record === null) return null;
    const read = this.kind.toRecord(record);
    if (read === null)
      throw new GeoDatabaseError(database.name, `the record of ${address} is damaged or of an unknown shape`);
    return read;
  }
}
