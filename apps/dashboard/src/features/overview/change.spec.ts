import { changeSince } from './change.js';

describe('comparison with the range before', () => {
  it('says more, fewer and the same', () => {
    expect(changeSince(150, 100)).toBe('▲ 50 % on the range before');
    expect(changeSince(50, 100)).toBe('▼ 50 % on the range before');
    expect(changeSince(100, 100)).toBe('as in the range before');
  });

  it('has no percentage of nothing', () => {
    expect(changeSince(5, 0)).toBe('none in the range before');
    expect(changeSince(0, 0)).toBe('none before either');
  });
});
