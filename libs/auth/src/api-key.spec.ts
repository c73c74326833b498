import { apiKeyPrefix, hashApiKey, isApiKey, newApiKey } from './api-key.js';

describe('API keys', () => {
  it('have 256 bits behind their prefix, and are never the same', () => {
    const keys = new Set(Array.from({ length: 1000 }, newApiKey));
    expect(keys.size).toBe(1000);
    for (const key of keys) expect(key).toMatch(/^pk_[A-Za-z0-9_-]{43}$/);
  });

  it.each([
    '',
    'pk_',
    'pk_short',
    `pk_${'a'.repeat(42)}`,
    `pk_${'a'.repeat(44)}`,
    `sk_${'a'.repeat(43)}`,
    `pk_${'a'.repeat(42)}+`,
  ])('%p is none', (text) => expect(isApiKey(text)).toBe(false));

  it('show eleven characters in lists, and are stored as SHA-256', () => {
    const key = `pk_${'a'.repeat(43)}`;
    expect(isApiKey(key)).toBe(true);
    expect(apiKeyPrefix(key)).toBe('pk_aaaaaaaa');
    expect(hashApiKey(key)).toHaveLength(32);
    expect(hashApiKey(key)).not.toEqual(hashApiKey(newApiKey()));
  });
});
