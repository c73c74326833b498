import { Reader } from 'maxmind';
import { parseIp } from '@parapet/contracts';
import type { DecodedFields, ParsedIp } from '@parapet/contracts';
import { OperatorError } from '@parapet/errors';
import { toGeoRecord } from './geo-record.js';
import type { GeoRecord } from './geo-record.js';
import { isReserved } from './reserved.js';

/** A location database can't be used. Names the file and what is wrong with it. */
export class GeoDatabaseError extends OperatorError {
  constructor(
    readonly file: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The location database ${file} can't be read: ${reason}`, options);
  }
}

/** A MaxMind DB file that the caller has read. */
export interface GeoDatabaseFile {
  name: string;
  data: Buffer;
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

/** Bounds that a sound file keeps and the reader does not check (MaxMind DB 2.0, "Database Metadata"). */
function checkMetadata({ name, data }: GeoDatabaseFile, reader: Reader<never>): void {
  const { nodeCount, recordSize, ipVersion, databaseType } = reader.metadata;
  if (ipVersion !== 4 && ipVersion !== 6)
    throw new GeoDatabaseError(name, `address version ${String(ipVersion)}`);
  if (!(nodeCount > 0) || (nodeCount * recordSize) / 4 + 16 >= data.length) {
    throw new GeoDatabaseError(name, 'its search tree is larger than the file');
  }
  if (!/city|country|location|enterprise|insights/i.test(databaseType)) {
    throw new GeoDatabaseError(name, `it is of type “${databaseType}”, not of cities or countries`);
  }
}

function open(file: GeoDatabaseFile): Database {
  let reader: Reader<never>;
  try {
    reader = new Reader<never>(file.data);
  } catch (error) {
    throw new GeoDatabaseError(file.name, 'it is no MaxMind DB file', { cause: error });
  }
  checkMetadata(file, reader);
  const database = { name: file.name, reader, ipVersion: reader.metadata.ipVersion };
  for (const probe of PROBES) if (database.ipVersion === 6 || !probe.includes(':')) read(database, probe);
  return database;
}

/** One record. Throws GeoDatabaseError where the file is damaged. */
function read(database: Database, address: string): GeoRecord | null {
  let record: unknown;
  try {
    record = database.reader.get(address);
  } catch (error) {
    throw new GeoDatabaseError(database.name, `the record of ${address} is damaged`, { cause: error });
  }
  if (record === null) return null;
  const geo = toGeoRecord(record);
  if (geo === null)
    throw new GeoDatabaseError(database.name, `the record of ${address} is damaged or of an unknown shape`);
  return geo;
}

/**
 * Where addresses are, from one or more City or Country databases, GeoLite2/GeoIP2 or DB-IP. Private and reserved addresses
 * are never looked up. Answers are kept for the last 20,000 addresses.
 */
export class GeoReader {
  private readonly cache = new Map<string, GeoRecord | null>();

  private constructor(private readonly databases: readonly Database[]) {}

  /** Opens files that the caller has read; the first that knows an address answers. Throws GeoDatabaseError. */
  static open(files: readonly GeoDatabaseFile[]): GeoReader {
    return new GeoReader(files.map(open));
  }

  /** Null: reserved, not in the database, or no address. Throws GeoDatabaseError for a damaged record. */
  lookup(address: string): GeoRecord | null {
    const kept = this.cache.get(address);
    if (kept !== undefined) return kept;
    const ip = parseIp(address);
    const record = ip && !isReserved(ip) ? this.find(ip, address) : null;
    // A Map keeps its order: dropping the older half now and then is cheaper than moving an entry at each hit.
    if (this.cache.size >= CACHE_SIZE) this.forgetOlderHalf();
    this.cache.set(address, record);
    return record;
  }

  private find(ip: ParsedIp, address: string): GeoRecord | null {
    for (const database of this.databases) {
      // An IPv4 tree would answer an IPv6 address with somebody else's record.
      if (ip.version === 6 && database.ipVersion === 4) continue;
      const record = read(database, address);
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

  /** Adds `<side>.geo.*` for `<side>.ip` to an event; nothing where nothing is known. Throws as `lookup` does. */
  enrich(fields: DecodedFields, side: 'source' | 'destination'): void {
    const address = fields[`${side}.ip`];
    const record = typeof address === 'string' ? this.lookup(address) : null;
    if (!record) return;
    const geo = side === 'source' ? SOURCE : DESTINATION;
    if (record.countryCode !== undefined) fields[geo.countryCode] = record.countryCode;
    if (record.countryName !== undefined) fields[geo.countryName] = record.countryName;
    if (record.cityName !== undefined) fields[geo.cityName] = record.cityName;
    if (record.regionName !== undefined) fields[geo.regionName] = record.regionName;
    if (record.lat !== undefined) fields[geo.lat] = record.lat;
    if (record.lon !== undefined) fields[geo.lon] = record.lon;
  }
}

const fieldsOf = (side: string) => ({
  countryCode: `${side}.geo.country_iso_code`,
  countryName: `${side}.geo.country_name`,
  cityName: `${side}.geo.city_name`,
  regionName: `${side}.geo.region_name`,
  lat: `${side}.geo.location.lat`,
  lon: `${side}.geo.location.lon`,
});
const SOURCE = fieldsOf('source');
const DESTINATION = fieldsOf('destination');
