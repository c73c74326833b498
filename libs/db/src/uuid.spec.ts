import { isUuid, newId, stableId } from './uuid.js';

describe('ids', () => {
  it('of new rows are UUIDv7: the time in front, in order, and unlike each other', () => {
    const id = newId(0x0123456789ab);
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newId(1) < newId(2)).toBe(true);
    expect(newId(1)).not.toBe(newId(1));
  });

  it('of named things are UUIDv5: the same for the same name', () => {
    expect(stableId('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(stableId('a')).toBe(stableId('a'));
    expect(stableId('a')).not.toBe(stableId('b'));
  });

  it('are told from what is none', () => {
    expect(isUuid(newId())).toBe(true);
    expect(isUuid(newId().toUpperCase())).toBe(true);
    for (const bad of ['', 'x', `${newId()} `, `${newId()}\n`, newId().replaceAll('-', '')])
      expect(isUuid(bad)).toBe(false);
  });
});
