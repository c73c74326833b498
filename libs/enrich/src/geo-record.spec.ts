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

test('what is empty or off the globe is left out', () => {
  expect(toGeoRecord({ country_code: 'ZZ', city: '', latitude: 1e300, longitude: 0 })).toEqual({
    countryCode: 'ZZ',
  });
  expect(toGeoRecord({})).toEqual({});
  expect(toGeoRecord('text')).toBeNull();
});
