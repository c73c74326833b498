import { toGeoRecord } from './geo-record.js';

test('DB-IP and GeoLite2 records read the same', () => {
  const expected = {
    countryCode: 'GB',
    countryName: 'United Kingdom',
    cityName: 'London',
    regionName: 'England',
    lat: 51.5143,
    lon: -0.0912,
  };
  expect(
    toGeoRecord({
      city: 'London',
      country_code: 'GB',
      latitude: 51.51430130004883,
      longitude: -0.09122440218925476,
      postcode: '',
      state1: 'England',
      state2: '',
      timezone: '',
    }),
  ).toEqual(expected);
  expect(
    toGeoRecord({
      country: { iso_code: 'GB', names: { en: 'United Kingdom' } },
      city: { names: { en: 'London' } },
      subdivisions: [{ names: { en: 'England' } }],
      location: { latitude: 51.5143, longitude: -0.0912, time_zone: 'Europe/London' },
    }),
  ).toEqual(expected);
});

test('what is empty is left out', () => {
  expect(toGeoRecord({ country_code: 'ZZ', city: '' })).toEqual({ countryCode: 'ZZ' });
  expect(toGeoRecord({})).toEqual({});
});

test('a record of another shape, or with coordinates that are no degrees, is damaged', () => {
  expect(toGeoRecord('text')).toBeNull();
  expect(toGeoRecord({ country_code: 'GB', latitude: 1e300, longitude: 0 })).toBeNull();
  expect(toGeoRecord({ location: { latitude: 1.8e-52, longitude: 5e-91 } })).toBeNull();
});
