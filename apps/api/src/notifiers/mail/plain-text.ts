/** The beginning of a text, with … where it is cut. Characters are Unicode's, so none is halved. */
export function clip(text: string, characters: number): string {
  // No more than twice the units can be needed, so that a long text isn't taken apart whole.
  const points = [...text.slice(0, characters * 2 + 2)];
  return points.length <= characters ? text : `${points.slice(0, characters - 1).join('')}…`;
}

/** Control, direction and invisible characters as \uXXXX, on one line; a tab is a blank. Lone surrogates as U+FFFD. */
export function visible(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replaceAll('\t', ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16);
      return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
    });
}

/** A header's text: one line, without anything invisible (R38). */
export function headerText(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}
