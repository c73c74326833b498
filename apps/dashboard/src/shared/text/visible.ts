/** A run of plain text, or one character that would hide, move or act, with the name it is shown by. */
export interface TextPart {
  text: string;
  escaped: boolean;
}

/**
 * What must never reach a screen as it is: C0 and C1 controls, bidi marks and overrides (Trojan Source,
 * CVE-2021-42574), zero-width and soft-hyphen characters, line and paragraph separators, tags, lone surrogates.
 */
const HIDDEN =
  // eslint can't tell a log's hostile bytes from a mistake, hence built from escapes.
  new RegExp(
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]|\\p{Surrogate}',
    'gu',
  );

function nameOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** Splits hostile text into plain runs and escaped characters, in order. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), escaped: false });
    parts.push({ text: nameOf(match[0]), escaped: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), escaped: false });
  return parts;
}

/** The same as one string, for attributes, chart labels and notifications. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, nameOf);
}
