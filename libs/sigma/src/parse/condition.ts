import type { Condition } from '../ast.js';
import { RuleError } from '../problem.js';
import type { Limits } from '../limits.js';

interface Token {
  text: string;
  /** Offset in the condition. */
  at: number;
}

/** A condition is wrong at this offset. */
export class ConditionError extends RuleError {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const MAX_DEPTH = 60;
const RESERVED = new Set(['and', 'or', 'not', 'of', '(', ')']);

/**
 * Parses a condition: `or` binds least, then `and`, `not`, `x of …`, brackets (sigma-rules-specification 2.1.0, Condition). Patterns are
 * resolved against the names, so the result names identifiers only. Throws a ConditionError.
 */
export function parseCondition(
  text: string,
  names: ReadonlySet<string>,
  limits: Readonly<Limits>,
): Condition {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/[()]|[^\s()]+/g)) {
    tokens.push({ text: match[0], at: match.index });
    if (tokens.length > limits.conditionTokens)
      throw new ConditionError(match.index, `the condition has more than ${limits.conditionTokens} words`);
  }
  const pipe = tokens.find((token) => token.text.includes('|'));
  if (pipe !== undefined)
    throw new ConditionError(
      pipe.at,
      `the aggregation “${text.slice(pipe.at).trim().slice(0, 80)}” is Sigma 1 syntax; write a correlation rule (event_count, value_count, temporal) instead`,
    );
  return new ConditionParser(tokens, names, text.length).parse();
}

class ConditionParser {
  #next = 0;
  #depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly names: ReadonlySet<string>,
    private readonly length: number,
  ) {}

  parse(): Condition {
    const condition = this.#or();
    const rest = this.tokens[this.#next];
    if (rest !== undefined) {
      const what =
        rest.text === ')'
          ? 'this bracket was never opened'
          : `“and” or “or” is missing before “${rest.text}”`;
      throw new ConditionError(rest.at, what);
    }
    return condition;
  }

  #or(): Condition {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(kind: 'and' | 'or', part: () => Condition): Condition {
    const parts = [part()];
    while (this.#takes(kind)) parts.push(part());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind, parts };
  }

  #not(): Condition {
    let negations = 0;
    while (this.#takes('not')) negations += 1;
    const primary = this.#primary();
    return negations % 2 === 1 ? { kind: 'not', part: primary } : primary;
  }

  #primary(): Condition {
    const token = this.#take('a search identifier');
    if (token.text === '(') {
      if (++this.#depth > MAX_DEPTH) throw new ConditionError(token.at, 'the brackets are nested too deeply');
      const inner = this.#or();
      if (!this.#takes(')')) throw new ConditionError(this.#here(), 'a closing bracket is missing');
      this.#depth -= 1;
      return inner;
    }
    const quantified = this.#peek()?.text.toLowerCase() === 'of' && !this.names.has(token.text);
    if (quantified) return this.#of(token);
    if (RESERVED.has(token.text.toLowerCase()) && !this.names.has(token.text))
      throw new ConditionError(token.at, `a search identifier is missing before “${token.text}”`);
    if (!this.names.has(token.text))
      throw new ConditionError(token.at, `there is no search identifier “${token.text}”`);
    return { kind: 'identifier', name: token.text };
  }

  #of(quantity: Token): Condition {
    const word = quantity.text.toLowerCase();
    if (word !== '1' && word !== 'any' && word !== 'all')
      throw new ConditionError(
        quantity.at,
        `“${quantity.text} of” is not supported; Sigma knows 1, any and all`,
      );
    this.#next += 1;
    const pattern = this.#take('a pattern or “them”');
    const names = this.#matching(pattern);
    return { kind: 'of', quantifier: word === 'all' ? 'all' : 'any', names };
  }

  /** Names that start with an underscore are left out of `them`, but not of a pattern that names them. */
  #matching({ text, at }: Token): string[] {
    const names = [...this.names];
    const them = text.toLowerCase() === 'them' && !this.names.has(text);
    const found = them
      ? names.filter((name) => !name.startsWith('_'))
      : names.filter((name) => fits(name, text));
    if (found.length === 0) throw new ConditionError(at, `no search identifier matches “${text}”`);
    return found;
  }

  #peek(): Token | undefined {
    return this.tokens[this.#next];
  }

  #here(): number {
    return this.#peek()?.at ?? this.length;
  }

  #take(wanted: string): Token {
    const token = this.#peek();
    if (token === undefined)
      throw new ConditionError(this.length, `the condition ends where ${wanted} is expected`);
    this.#next += 1;
    return token;
  }

  #takes(word: string): boolean {
    const token = this.#peek();
    if (token === undefined || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }
}

/** `*` anywhere in the pattern stands for any characters. */
function fits(name: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  const [head = '', ...others] = pieces;
  const tail = others.pop();
  if (tail === undefined) return name === pattern;
  if (!name.startsWith(head)) return false;
  let at = head.length;
  for (const piece of others) {
    at = name.indexOf(piece, at);
    if (at === -1) return false;
    at += piece.length;
  }
  return name.length - tail.length >= at && name.endsWith(tail);
}
