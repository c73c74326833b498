import { mintUuid } from './uuid.js';

test('ids are UUIDv7 of their moment, unique and ever rising, even when the clock steps back', () => {
  const now = Date.parse('2026-11-20T20:00:00.123Z');
  const ids = Array.from({ length: 10_000 }, (_, i) =>
    mintUuid(i % 1000 === 999 ? now - 5 : now + Math.floor(i / 4_000)),
  );
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort().join()).toBe(ids.join());
  expect(parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});
