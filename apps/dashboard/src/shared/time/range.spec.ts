import { boundsOf, formatRange, lengthOf, parseRange } from './range.js';

describe('time ranges', () => {
  it('reads presets and fixed ranges and writes them back', () => {
    for (const text of ['24h', '2026-01-01T00:00:00.000Z..2026-01-02T00:00:00.000Z']) {
      const range = parseRange(text);
      expect(range && formatRange(range)).toBe(text);
    }
  });

  it('takes other zones, and keeps UTC', () => {
    expect(parseRange('2026-01-01T02:00:00+02:00..2026-01-01T03:00:00Z')).toEqual({
      kind: 'absolute',
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T03:00:00.000Z',
    });
  });

  it('refuses nonsense and ranges that end before they begin', () => {
    expect(parseRange('yesterday')).toBeNull();
    expect(parseRange('2026-01-02T00:00:00Z..2026-01-01T00:00:00Z')).toBeNull();
    expect(parseRange('2026-01-01T00:00:00Z')).toBeNull();
  });

  it('leaves a moving range open at its end', () => {
    expect(boundsOf({ kind: 'relative', preset: '1h' }, Date.parse('2026-01-01T01:00:00Z'))).toEqual({
      from: '2026-01-01T00:00:00.000Z',
    });
    expect(lengthOf({ kind: 'relative', preset: '15m' })).toBe(900_000);
  });
});
