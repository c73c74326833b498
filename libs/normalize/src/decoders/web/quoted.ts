/** A string in double quotes as web servers write it: a quote within is escaped with a backslash (or written as \x22). */
export interface Quoted {
  text: string;
  /** Index behind the closing quote; the text's length where there is none (a cut line). */
  end: number;
}

/** Reads the string whose opening quote is at `open`. A cut line ends it. */
export function readQuoted(line: string, open: number): Quoted {
  for (let at = open + 1; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return { text: line.slice(open + 1, at), end: at + 1 };
  }
  return { text: line.slice(open + 1), end: line.length };
}

/** The quoted strings from `from` on, in order; unquoted words between are passed over. At most `limit`. */
export function quotedStrings(line: string, from: number, limit: number): string[] {
  const out: string[] = [];
  for (let at = from; at < line.length && out.length < limit;) {
    const open = line.indexOf('"', at);
    if (open === -1) break;
    const { text, end } = readQuoted(line, open);
    out.push(text);
    at = end;
  }
  return out;
}
