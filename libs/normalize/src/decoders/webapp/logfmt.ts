const MOST_PAIRS = 64;
const KEY = /[A-Za-z_][\w.@-]{0,63}=/y;
const BARE = /[^\s"]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/**
 * logfmt: `key=value key="value with \"quotes\""`, as Go's programs write it. A key that comes again is the client's doing or a mistake:
 * the first counts. Undefined where anything else stands among it.
 */
export function parseLogfmt(line: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  let at = 0;
  while (at < line.length) {
    if (line.charCodeAt(at) === 32) {
      at++;
      continue;
    }
    if (pairs.size === MOST_PAIRS) return undefined;
    KEY.lastIndex = at;
    const key = KEY.exec(line);
    if (!key) return undefined;
    at += key[0].length;
    const quoted = line.charCodeAt(at) === 34;
    const value = quoted ? QUOTED : BARE;
    value.lastIndex = at;
    const match = value.exec(line);
    if (!match) return undefined;
    at += match[0].length;
    const name = key[0].slice(0, -1);
    if (!pairs.has(name)) pairs.set(name, quoted ? (match[1] ?? '').replace(/\\(.)/gs, '$1') : match[0]);
  }
  return pairs.size > 0 ? pairs : undefined;
}
