import fc from 'fast-check';
import { TextIndex } from './text-index.js';

type Kind = 'equals' | 'startswith' | 'endswith' | 'contains';
const TESTS: Record<Kind, (text: string, literal: string) => boolean> = {
  equals: (text, literal) => text === literal,
  startswith: (text, literal) => text.startsWith(literal),
  endswith: (text, literal) => text.endsWith(literal),
  contains: (text, literal) => text.includes(literal),
};
const kind = fc.constantFrom<Kind>('equals', 'startswith', 'endswith', 'contains');
/** Few letters, so that literals overlap; wide characters, whose high byte must not leak. */
const alphabet = fc.constantFrom('a', 'b', 'c', '\\', '.', '@', '`', 'é', 'ж', '\u4161', '\ud83d\ude00');
const word = (minLength: number, maxLength: number) => fc.string({ unit: alphabet, minLength, maxLength });

function scan(literals: readonly (readonly [Kind, string])[], text: string, whole = false): number[] {
  const index = new TextIndex();
  literals.forEach(([which, literal], rule) => index.add(which, literal, rule));
  index.freeze();
  const found = new Set<number>();
  const sink = (rules: readonly number[]) => rules.forEach((rule) => found.add(rule));
  if (whole) index.scanAsWritten(text, sink);
  else index.scan(text, sink);
  return [...found].sort((a, b) => a - b);
}

describe('text index', () => {
  test.each([
    ['literals of any length', 1],
    ['long ones, where it leaps', 7],
    ['very long ones', 14],
  ])('finds exactly what comparing each literal finds: %s', (_name, least) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(kind, word(least, least + 6)), { maxLength: 20 }),
        fc.array(word(0, 12), { maxLength: 4 }),
        fc.nat(),
        (literals, pieces, pick) => {
          const planted = literals.length === 0 ? '' : (literals[pick % literals.length]?.[1] ?? '');
          const text = pieces.join(planted) + (pieces.length % 2 === 0 ? planted : '');
          const wanted = literals.flatMap(([which, literal], rule) =>
            TESTS[which](text, literal) ? [rule] : [],
          );
          expect(scan(literals, text)).toEqual(wanted);
        },
      ),
      { numRuns: 2000 },
    );
  });
  test('finds literals in a text as written, whatever its case', () => {
    const text = 'Start МИМИКАТЗ\u0000 SEKURLSA::LogonPasswords end';
    expect(scan([['contains', 'sekurlsa::logonpasswords']], text, true)).toEqual([0]);
    expect(
      scan(
        [
          ['contains', 'sekurlsa::'],
          ['contains', 'мимикатз'],
          ['contains', 'd'],
        ],
        text,
        true,
      ),
    ).toEqual([0, 1, 2]);
    expect(scan([['contains', 'sekurlsa::logonpassword_']], text, true)).toEqual([]);
  });
  test('present holds for any text', () => {
    const index = new TextIndex();
    index.add('present', '', 3);
    index.freeze();
    const found: number[] = [];
    index.scan('', (rules) => found.push(...rules));
    expect(found).toEqual([3]);
  });
});
