import { snippetsFor } from './snippets.js';

const URL_WITH_TOKEN = 'https://siem.example/api/v1/blocklist.txt?token=bl_abc';

describe('snippets for firewalls', () => {
  it('each fetch the list with its token', () => {
    for (const { id, text } of snippetsFor(URL_WITH_TOKEN))
      expect([id, text]).toEqual([id, expect.stringContaining(URL_WITH_TOKEN)]);
  });

  it('quote the URL for the shell, where ? would be a pattern', () => {
    for (const { text } of snippetsFor(URL_WITH_TOKEN).filter((each) => each.text.includes('curl')))
      expect(text.split(URL_WITH_TOKEN).length - 1).toBe(text.split(`'${URL_WITH_TOKEN}'`).length - 1);
  });

  it('are told apart by their ids', () => {
    const ids = snippetsFor(URL_WITH_TOKEN).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
