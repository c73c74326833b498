import { safeNext } from './next.js';

describe('the page after signing in', () => {
  it('is the wanted page of this application', () => {
    expect(safeNext('/alerts?status=new')).toBe('/alerts?status=new');
  });

  it('is never another site', () => {
    for (const next of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      undefined,
      ['/a'],
    ]) {
      expect(safeNext(next)).toBe('/');
    }
  });
});
