import { alpha2Of, countryName } from './iso3166.js';

describe('country codes of the map', () => {
  it('knows countries by number', () => {
    expect([alpha2Of('840'), alpha2Of('156'), alpha2Of('76'), alpha2Of('276')]).toEqual([
      'US',
      'CN',
      'BR',
      'DE',
    ]);
    expect(alpha2Of('999')).toBeUndefined();
  });

  it('names them, and shows a code that is none as it is', () => {
    expect(countryName('DE')).toBe('Germany');
    expect(countryName('not a code')).toBe('not a code');
  });
});
