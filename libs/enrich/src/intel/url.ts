const LONGEST_URL = 4096;
const DEFAULT_PORTS: Record<string, string> = { http: ':80', https: ':443', ftp: ':21' };
const SLASH = 47;
const QUESTION = 63;
const HASH = 35;
const BACKSLASH = 92;
const SPACE = 32;
const AT = 64;
const COLON = 58;
const DOT = 46;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/** RFC 3986 6.2.2: escapes in upper case, and none where none is needed. */
function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}

/**
 * The part of a URL that names what is there: host (lower case), port unless it is the scheme's own, path and query. Scheme,
 * user and fragment are left out. Undefined for what is no URL of http, https or ftp with a host.
 */
export function normalizeUrl(text: string): string | undefined {
  if (text.length > LONGEST_URL) return undefined;
  const colon = text.indexOf('://');
  if (colon < 3 || colon > 5) return undefined;
  const scheme = text.slice(0, colon);
  const defaultPort = DEFAULT_PORTS[scheme] ?? DEFAULT_PORTS[scheme.toLowerCase()];
  if (defaultPort === undefined) return undefined;
  let start = colon + 3;
  let end = start;
  let plain = true;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === SLASH || code === QUESTION || code === HASH || code === BACKSLASH) break;
    if (code <= SPACE) return undefined;
    if (code === AT) start = end + 1;
    else if ((code >= 65 && code <= 90) || code === COLON) plain = false;
  }
  if (text.charCodeAt(end - 1) === DOT) plain = false;
  const fragment = text.indexOf('#', end);
  const stop = fragment === -1 ? text.length : fragment;
  if (plain && end > start && text.charCodeAt(end) === SLASH)
    return normalizeEscapes(text.slice(start, stop));
  let host = text.slice(start, end).toLowerCase();
  if (host.endsWith(defaultPort)) host = host.slice(0, -defaultPort.length);
  if (host.endsWith('.')) host = host.slice(0, -1);
  if (host === '') return undefined;
  // Browsers read a backslash as a slash.
  const path = text.slice(
    text.charCodeAt(end) === SLASH || text.charCodeAt(end) === BACKSLASH ? end + 1 : end,
    stop,
  );
  return normalizeEscapes(`${host}/${path}`);
}
