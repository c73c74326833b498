import { SEQUENCE_MS, createShortcutReader } from './shortcuts.js';

describe('keyboard shortcuts', () => {
  it('goes to a page with g and a letter', () => {
    const read = createShortcutReader();
    expect(read('g', 0)).toEqual({ kind: 'none' });
    expect(read('a', 300)).toEqual({ kind: 'go', key: 'a' });
    expect(read('a', 400)).toEqual({ kind: 'none' });
  });

  it('forgets the g after a while', () => {
    const read = createShortcutReader();
    read('g', 0);
    expect(read('a', SEQUENCE_MS + 1)).toEqual({ kind: 'none' });
  });

  it('knows help and filter', () => {
    const read = createShortcutReader();
    expect(read('?', 0)).toEqual({ kind: 'help' });
    expect(read('/', 0)).toEqual({ kind: 'filter' });
  });
});
