import { bucketTimes } from './timeline.js';

describe('timeline of an alert', () => {
  it('counts every event once, in steps that fit', () => {
    const result = bucketTimes(['2026-01-01T00:00:01Z', '2026-01-01T00:00:01Z', '2026-01-01T00:00:04Z']);
    expect(result).toMatchObject({ stepSeconds: 1, counts: [2, 0, 0, 1] });
    expect(result.at[0]).toBe('2026-01-01T00:00:01.000Z');
  });

  it('never makes more than 60 steps', () => {
    for (const hours of [0.1, 2, 30, 500, 20_000]) {
      const { counts } = bucketTimes([
        '2026-01-01T00:00:00Z',
        new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString(),
      ]);
      expect(counts.length).toBeLessThanOrEqual(60);
      expect(counts.reduce((a, b) => a + b)).toBe(2);
    }
  });

  it('has nothing to show for no events', () => {
    expect(bucketTimes([]).counts).toEqual([]);
  });
});
