import { snippetsFor } from './snippets.js';

describe('snippets for senders over HTTP', () => {
  const key = `pk_${'k'.repeat(43)}`;

  it('name the host of the page, the port and the key', () => {
    for (const { text } of snippetsFor('siem.example', key)) {
      expect(text).toContain('siem.example');
      expect(text).toContain('8088');
      expect(text).toContain(key);
    }
  });

  it('write an IPv6 host with brackets in a URL and without them elsewhere', () => {
    for (const { id, text } of snippetsFor('[2001:db8::1]', key))
      expect(text.includes('[2001:db8::1]')).toBe(id !== 'fluent-bit');
  });

  it('are told apart by their ids', () => {
    const ids = snippetsFor('h', key).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
