import fc from 'fast-check';
import { ONE, STAR, compilePattern, parsePattern, tidy } from './pattern.js';
import type { PatternPart } from './pattern.js';
import { regexLiterals } from './regex-literals.js';
import { compileRegex } from './regex.js';

describe('patterns', () => {
  test('match what the same regular expression matches', () => {
    const part = fc.oneof(
      fc.constant<PatternPart>(STAR),
      fc.constant<PatternPart>(ONE),
      fc.constantFrom('a', 'ab', 'b', '\n', '.'),
    );
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '.'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), text, (parts, value) => {
        const source = parts
          .map((one) => (one === STAR ? '[^]*' : one === ONE ? '[^]' : one.replace('.', '\\.')))
          .join('');
        expect(compilePattern(tidy(parts))(value)).toBe(new RegExp(`^${source}$`).test(value));
      }),
      { numRuns: 5000 },
    );
  });
  test('a star and a question mark take line ends too', () => {
    expect(compilePattern(parsePattern('a*b?c'))('a\nxb\nc')).toBe(true);
  });
  test('many stars on a long text stay cheap', () => {
    const test = compilePattern(parsePattern(`${'*a?'.repeat(50)}*b`));
    const started = performance.now();
    expect(test('a'.repeat(100_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe('literals that a regular expression requires', () => {
  test.each([
    ['foo[0-9]+bar', ['foo', 'bar']],
    ['https?://x', ['http', '://x']],
    ['a|b', []],
    ['(a|b)cd', ['cd']],
    ['(?i)\\\\Temp\\\\', ['\\temp\\']],
    ['ab*cd', ['cd']],
    ['ab+cd', ['ab', 'cd']],
    ['abc{0,2}de', ['ab', 'de']],
    ['[\\]a]xyz', ['xyz']],
    ['\\p{L}abc', []],
    ['x{2}', []],
  ])('%s', (source, literals) => expect(regexLiterals(source)).toEqual(literals));

  test('are in every text that matches', () => {
    const piece = fc.constantFrom(
      'ab',
      'c',
      '.',
      '[ab]',
      '(a|c)',
      '(?:bc)?',
      '\\.',
      'b*',
      'a+',
      '^',
      '$',
      '{',
      'c{2}',
      '|',
      'B',
    );
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', 'B', '{'), maxLength: 10 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), text, (pieces, value) => {
        const source = pieces.join('');
        let test: (text: string) => boolean;
        try {
          test = compileRegex(source, '');
        } catch {
          return;
        }
        if (!test(value)) return;
        for (const literal of regexLiterals(source))
          expect([source, value.toLowerCase()]).toEqual([source, expect.stringContaining(literal)]);
      }),
      { numRuns: 5000 },
    );
  });
});
