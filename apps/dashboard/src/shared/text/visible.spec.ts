import { textParts, visibleText } from './visible.js';

describe('text from logs', () => {
  it('shows control characters as control pictures', () => {
    expect(visibleText('a\u0000b\u001b[31mc\u007f')).toBe('a␀b␛[31mc␡');
  });

  it('shows line breaks, so that one value can’t look like two', () => {
    expect(visibleText('ok\r\nFailed')).toBe('ok␍␊Failed');
  });

  it('R38 shows bidi overrides and isolates instead of obeying them', () => {
    expect(visibleText('user\u202eexe.gpj\u2066')).toBe('user⟨U+202E⟩exe.gpj⟨U+2066⟩');
  });

  it('shows zero-width characters, tags and lone surrogates', () => {
    expect(visibleText('ro\u200bot')).toBe('ro⟨U+200B⟩ot');
    expect(visibleText('x\u{e0041}')).toBe('x⟨U+E0041⟩');
    expect(visibleText('x\ud800y')).toBe('x⟨U+D800⟩y');
  });

  it('leaves other scripts and emoji alone', () => {
    expect(visibleText('Müller 東京 שלום 🔥')).toBe('Müller 東京 שלום 🔥');
  });

  it('marks only the escaped parts', () => {
    expect(textParts('a\u0007b')).toEqual([
      { text: 'a', escaped: false },
      { text: '␇', escaped: true },
      { text: 'b', escaped: false },
    ]);
    expect(textParts('')).toEqual([]);
  });
});
