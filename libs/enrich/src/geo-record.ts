import { z } from 'zod';

/** Where an address is, as far as its database knows. Coordinates in degrees (WGS 84). */
export interface GeoRecord {
  countryCode?: string;
  countryName?: string;
  cityName?: string;
  regionName?: string;
  lat?: number;
  lon?: number;
}

const names = z.object({ names: z.object({ en: z.string().optional() }).optional() }).optional();

/** GeoLite2 and GeoIP2 City or Country. */
const maxmindSchema = z.object({
  country: z
    .object({ iso_code: z.string().optional(), names: z.object({ en: z.string().optional() }).optional() })
    .optional(),
  city: names,
  subdivisions: z.array(z.object({ names: z.object({ en: z.string().optional() }).optional() })).optional(),
  location: z.object({ latitude: z.number().optional(), longitude: z.number().optional() }).optional(),
});

/** DB-IP City Lite as the npm package ip-location-db ships it: flat, and empty text for what is not known. */
const dbipSchema = z.object({
  country_code: z.string(),
  city: z.string().optional(),
  state1: z.string().optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
});

const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

const knownNames = new Map<string, string | undefined>();

/** DB-IP gives country codes only. Names are kept, as `Intl` takes longer than the look-up; there are 676 codes at most. */
function countryName(code: string | undefined): string | undefined {
  if (code === undefined || !/^[A-Z]{2}$/.test(code) || code === 'ZZ') return undefined;
  if (!knownNames.has(code)) knownNames.set(code, countryNames.of(code));
  return knownNames.get(code);
}

const text = (value: string | undefined) => (value === '' ? undefined : value);

const isDegrees = (value: number, most: number) =>
  Math.abs(value) <= most && (value === 0 || Math.abs(value) > 1e-9);

/**
 * Both coordinates, none when one is absent, null when they are no degrees: a damaged database decodes to numbers off the
 * globe, or to tiny ones (doubles in the wrong byte order).
 */
function place(lat: number | undefined, lon: number | undefined): Pick<GeoRecord, 'lat' | 'lon'> | null {
  if (lat === undefined || lon === undefined) return {};
  if (!isDegrees(lat, 90) || !isDegrees(lon, 180)) return null;
  // DB-IP stores floats: 37.422000885009766 means 37.422.
  return { lat: Math.round(lat * 1e4) / 1e4, lon: Math.round(lon * 1e4) / 1e4 };
}

/** A database record of either shape as one; null if it is of neither, or damaged. */
export function toGeoRecord(record: unknown): GeoRecord | null {
  const flat = dbipSchema.safeParse(record);
  if (flat.success) {
    const { country_code: code, city, state1, latitude, longitude } = flat.data;
    const coordinates = place(latitude, longitude);
    return (
      coordinates && {
        countryCode: text(code),
        countryName: countryName(text(code)),
        cityName: text(city),
        regionName: text(state1),
        ...coordinates,
      }
    );
  }
  const nested = maxmindSchema.safeParse(record);
  if (!nested.success) return null;
  const { country, city, subdivisions, location } = nested.data;
  const coordinates = place(location?.latitude, location?.longitude);
  return (
    coordinates && {
      countryCode: country?.iso_code,
      countryName: country?.names?.en ?? countryName(country?.iso_code),
      cityName: city?.names?.en,
      regionName: subdivisions?.[0]?.names?.en,
      ...coordinates,
    }
  );
}
