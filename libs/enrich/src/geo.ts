import { toGeoRecord } from './geo-record.js';
import type { GeoRecord } from './geo-record.js';
import { MmdbReader } from './mmdb.js';
import type { MmdbFile } from './mmdb.js';

/** Where addresses are, from City or Country databases, GeoLite2/GeoIP2 or DB-IP. */
export class GeoReader extends MmdbReader<GeoRecord> {
  /** @throws GeoDatabaseError */
  static open(files: readonly MmdbFile[]): GeoReader {
    return new GeoReader(files, {
      accepts: /city|country|location|enterprise|insights/i,
      holds: 'cities or countries',
      toRecord: toGeoRecord,
    });
  }
}
