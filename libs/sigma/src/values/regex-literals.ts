/**
 * Literals that every text which a pattern matches must contain, in lower case. Reads the pattern's outermost level only and lets go of what
 * it is not sure about: an empty list is always right.
 */
export function regexLiterals(source: string): string[] {
  const found: string[] = [];
  let run = '';
  const end = () => {
    if (run.length >= 2) found.push(run.toLowerCase());
    run = '';
  };
  let i = 0;
  while (i < source.length) {
    const char = source.charAt(i);
    // Alternatives at this level: nothing is required.
    if (char === '|') return [];
    const step = readAtom(source, i);
    if (step === undefined) return [];
    i = step.end;
    const quantifier = /^(?:[*+?]|\{\d*,?\d*\})[?+]?/.exec(source.slice(i, i + 16))?.[0] ?? '';
    i += quantifier.length;
    if (step.literal === undefined) end();
    else if (quantifier === '') run += step.literal;
    else if (quantifier.startsWith('+')) {
      run += step.literal;
      end();
    } else end();
  }
  end();
  return found;
}

interface Step {
  end: number;
  /** The one character that stands here, if it is one. */
  literal: string | undefined;
}

/** One atom: a character, an escape, a class or a group. Undefined when the pattern is beyond this reader. */
function readAtom(source: string, at: number): Step | undefined {
  const char = source.charAt(at);
  if (char === '\\') {
    const next = source.charAt(at + 1);
    if (/[\\^$.|?*+()[\]{}\-/`"' #%&,:;<=>@_~!]/.test(next)) return { end: at + 2, literal: next };
    if (/[bBdDsSwWAzntr]/.test(next)) return { end: at + 2, literal: undefined };
    return undefined;
  }
  if (char === '[') return skipClass(source, at);
  if (char === '(') return skipGroup(source, at);
  if (char === '.' || char === '^' || char === '$') return { end: at + 1, literal: undefined };
  if (/[*+?{})\]]/.test(char))
    return char === ']' || char === '}' ? { end: at + 1, literal: char } : undefined;
  // Letters whose case folds to several (such as the Kelvin sign) are no concern of ASCII.
  return { end: at + 1, literal: char.charCodeAt(0) < 128 ? char : undefined };
}

function skipClass(source: string, at: number): Step | undefined {
  let i = at + 1;
  if (source.charAt(i) === '^') i++;
  if (source.charAt(i) === ']') i++;
  for (; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '\\') i++;
    else if (char === '[' && source.charAt(i + 1) === ':') return undefined;
    else if (char === ']') return { end: i + 1, literal: undefined };
  }
  return undefined;
}

/** Flags for the whole pattern (`(?i)`) don't matter: the literals are compared in lower case. */
function skipGroup(source: string, at: number): Step | undefined {
  let depth = 0;
  for (let i = at; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '\\') i++;
    else if (char === '[') {
      const end = skipClass(source, i)?.end;
      if (end === undefined) return undefined;
      i = end - 1;
    } else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return { end: i + 1, literal: undefined };
  }
  return undefined;
}
