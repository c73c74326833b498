import { listed, type Reading } from './reading.js';

const LONGEST_LINE = 4096;
const COMMENT = /^(?:#|;|\/\/|!)/;
/** How hosts files point a name nowhere. */
const NOWHERE = new Set(['0.0.0.0', '127.0.0.1', '::', '::1']);

/** The lines of a text with their numbers, without copying it. */
export function* linesOf(text: string): Generator<{ line: string; at: number }> {
  let from = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let at = 1; from < text.length; at++) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    yield {
      line: to - from > LONGEST_LINE ? text.slice(from, from + LONGEST_LINE + 1) : text.slice(from, to),
      at,
    };
    from = to + 1;
  }
}

/**
 * One indicator a line, of any type; what follows it after a space, `;` or `,` says nothing. Comments begin with #, ;, ! or //. Lines
 * of hosts files ("0.0.0.0 name") count as the name.
 */
export function* readPlain(text: string): Generator<Reading> {
  for (const { line, at } of linesOf(text)) {
    const entry = line.trim();
    if (entry === '' || COMMENT.test(entry)) continue;
    if (line.length > LONGEST_LINE) {
      yield { at, why: 'the line is too long' };
      continue;
    }
    const [first = '', second] = entry.split(/[\s;,]+/, 2);
    const name = NOWHERE.has(first) && second !== undefined && !COMMENT.test(second) ? second : first;
    yield listed(at, name, {});
  }
}
