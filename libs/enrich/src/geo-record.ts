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

/** DB-IP gives country codes only. */
function countryName(code: string | undefined): string | undefined {
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? countryNames.of(code) : undefined;
}

const text = (value: string | undefined) => (value === '' ? undefined : value);

/** Both coordinates, or none when one is absent or off the globe (a damaged database). */
function place(lat: number | undefined, lon: number | undefined): Pick<GeoRecord, 'lat' | 'lon'> {
  if (lat === undefined || lon === undefined || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180)) return {};
  // DB-IP stores floats: 37.422000885009766 means 37.422.
  return { lat: Math.round(lat * 1e4) / 1e4, lon: Math.round(lon * 1e4) / 1e4 };
}

/** A database record of either shape as one; null if it is of neither. */
export function toGeoRecord(record: unknown): GeoRecord | null {
  const flat = dbipSchema.safeParse(record);
  if (flat.success) {
    const { country_code: code, city, state1, latitude, longitude } = flat.data;
    return {
      countryCode: text(code),
      countryName: countryName(text(code)),
      cityName: text(city),
      regionName: text(state1),
      ...place(latitude, longitude),
    };
  }
  const nested = maxmindSchema.safeParse(record);
  if (!nested.success) return null;
  const { country, city, subdivisions, location } = nested.data;
  return {
    countryCode: country?.iso_code,
    countryName: country?.names?.en ?? countryName(country?.iso_code),
    cityName: city?.names?.en,
    regionName: subdivisions?.[0]?.names?.en,
    ...place(location?.latitude, location?.longitude),
  };
}
