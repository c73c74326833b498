import { snippetsFor } from './snippets.js';

describe('snippets for senders over HTTP', () => {
  const key = `pk_${'k'.repeat(43)}`;
  const made = { key, ingest: { port: 8123, tls: false } };

  it('name the host of the page, the port and the key', () => {
    for (const { text } of snippetsFor('siem.example', made)) {
      expect(text).toContain('siem.example');
      expect(text).toContain('8123');
      expect(text).toContain(key);
    }
  });

  it('write an IPv6 host with brackets in a URL and without them elsewhere', () => {
    for (const { id, text } of snippetsFor('[2001:db8::1]', made))
      expect(text.includes('[2001:db8::1]')).toBe(id !== 'fluent-bit');
  });

  it('speak TLS where the listener does', () => {
    for (const { id, text } of snippetsFor('siem.example', { key, ingest: { port: 8123, tls: true } })) {
      expect(text).toMatch(id === 'fluent-bit' ? /^ +tls +on$/m : /https:\/\/siem\.example:8123/);
      expect(text).not.toContain('http://');
    }
  });

  it('are told apart by their ids', () => {
    const ids = snippetsFor('h', made).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
