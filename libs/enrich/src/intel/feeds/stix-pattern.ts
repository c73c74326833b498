/** What one comparison of a STIX pattern names. */
export interface Comparison {
  path: string;
  value: string;
}

const LONGEST_PATTERN = 16 * 1024;
const MOST_VALUES = 500;
/** STIX 2.1, section 9: brackets, operators, literals, object paths. Every alternative begins with another character. */
const TOKEN =
  /\s+|[[\](),=]|'(?:[^'\\]|\\.)*'|[a-z][a-z0-9-]*:[a-zA-Z0-9_.-]+(?:\.?(?:'[A-Za-z0-9-]{1,20}'|"[A-Za-z0-9-]{1,20}"))?|[A-Z]+/y;

/** The tokens of a pattern without spaces; undefined where a character fits none. */
function tokensOf(pattern: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const token = TOKEN.exec(pattern)?.[0];
    if (token === undefined || tokens.length > MOST_VALUES * 6) return undefined;
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

const literal = (token: string | undefined) =>
  token?.startsWith("'") ? token.slice(1, -1).replace(/\\(.)/g, '$1') : undefined;

/**
 * The comparisons of a pattern that is true when any of them is: `[a:b = 'x' OR a:b IN ('y', 'z')] OR [c:d = 'w']`, and ISSUBSET for
 * prefixes. Whatever needs more than one thing at once (AND, FOLLOWEDBY, NOT, LIKE, MATCHES) is refused: a part of it alone would say
 * what its author did not say.
 */
export function parseStixPattern(pattern: string): Comparison[] | { why: string } {
  if (pattern.length > LONGEST_PATTERN) return { why: 'the pattern is too long' };
  const tokens = tokensOf(pattern);
  if (tokens === undefined) return { why: 'the pattern is none of the simple forms' };
  const other = tokens.find((token) => /^[A-Z]+$/.test(token) && !['OR', 'IN', 'ISSUBSET'].includes(token));
  if (other !== undefined) return { why: `the pattern uses ${other.slice(0, 20)}` };
  const found: Comparison[] = [];
  let at = 0;
  const refuse = { why: 'the pattern is none of the simple forms' };
  for (;;) {
    if (tokens[at++] !== '[') return refuse;
    for (;;) {
      const path = tokens[at++];
      if (path === undefined || !path.includes(':')) return refuse;
      const operator = tokens[at++];
      if (operator === '=' || operator === 'ISSUBSET') {
        const value = literal(tokens[at++]);
        if (value === undefined) return refuse;
        found.push({ path, value });
      } else if (operator === 'IN' && tokens[at++] === '(') {
        for (;;) {
          const value = literal(tokens[at++]);
          if (value === undefined) return refuse;
          found.push({ path, value });
          const next = tokens[at++];
          if (next === ')') break;
          if (next !== ',') return refuse;
        }
      } else return refuse;
      if (found.length > MOST_VALUES) return { why: 'the pattern has too many values' };
      const next = tokens[at++];
      if (next === ']') break;
      if (next !== 'OR') return refuse;
    }
    if (at === tokens.length) return found;
    if (tokens[at++] !== 'OR') return refuse;
  }
}
