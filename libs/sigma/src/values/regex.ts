import { RE2JS } from 're2js';
import { RuleError } from '../problem.js';

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/**
 * Compiles a pattern with RE2's engine: time linear in the text, whatever the pattern. Searches anywhere in the text, case-sensitive
 * unless a flag says otherwise. Throws a RuleError for what RE2 refuses (look-around and back references among it).
 */
export function compileRegex(
  source: string,
  flags: string,
  mostInstructions = Infinity,
): (text: string) => boolean {
  let bits = 0;
  for (const flag of flags) bits |= FLAGS[flag] ?? 0;
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(source, bits);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuleError(
      `the regular expression is refused: ${reason.replace(/^error parsing regexp: /, '')}. Patterns run in linear time (RE2), without look-around and back references`,
    );
  }
  if (regex.programSize() > mostInstructions)
    throw new RuleError(
      `the regular expression is too large: ${regex.programSize()} instructions, ${mostInstructions} are allowed; repeat counts such as {0,900} multiply them`,
    );
  return (text) => regex.test(text);
}

/** Escapes text for use in a regular expression. */
export function quoteRegex(text: string): string {
  return RE2JS.quote(text);
}
