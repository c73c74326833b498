/**
 * An address as numbers: four unsigned 32-bit words, the most significant first. IPv4 uses `w0` only.
 * IPv4-mapped IPv6 (::ffff:a.b.c.d) is read as IPv4, so that both spellings are one source.
 */
export interface ParsedIp {
  version: 4 | 6;
  w0: number;
  w1: number;
  w2: number;
  w3: number;
}

const DOT = 46;
const COLON = 58;

/** Dotted quad in `text[from, to)` as an unsigned 32-bit number, or -1. Leading zeros are refused (RFC 6943 3.1.1). */
function quad(text: string, from: number, to: number): number {
  if (to - from < 7 || to - from > 15) return -1;
  let value = 0;
  let parts = 0;
  let part = 0;
  let digits = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (digits === 0 || parts === 3) return -1;
      value = value * 256 + part;
      parts++;
      part = 0;
      digits = 0;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return -1;
      part = part * 10 + digit;
      if (part > 255) return -1;
      digits++;
    }
  }
  return parts === 3 && digits > 0 ? value * 256 + part : -1;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function parseV6(text: string): ParsedIp | undefined {
  const percent = text.indexOf('%');
  const end = percent === -1 ? text.length : percent;
  if (end < 2 || end > 45) return undefined;
  const groups: number[] = [];
  let gap = -1;
  let i = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    i = 2;
  }
  while (i < end) {
    const start = i;
    let value = 0;
    let code = 0;
    while (i < end && (code = text.charCodeAt(i)) !== COLON && code !== DOT) {
      const digit = hexDigit(code);
      if (digit === -1 || i - start === 4) return undefined;
      value = value * 16 + digit;
      i++;
    }
    if (i < end && code === DOT) {
      const v4 = quad(text, start, end);
      if (v4 === -1) return undefined;
      groups.push(Math.floor(v4 / 65536), v4 % 65536);
      i = end;
      break;
    }
    if (i === start || groups.length === 8) return undefined;
    groups.push(value);
    if (i === end) break;
    i++;
    if (i === end) return undefined;
    if (text.charCodeAt(i) === COLON) {
      if (gap !== -1) return undefined;
      gap = groups.length;
      i++;
    }
  }
  if (gap === -1 ? groups.length !== 8 : groups.length > 7) return undefined;
  if (gap !== -1) groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  const word = (at: number) => (groups[at] ?? 0) * 65536 + (groups[at + 1] ?? 0);
  const ip: ParsedIp = { version: 6, w0: word(0), w1: word(2), w2: word(4), w3: word(6) };
  if (ip.w0 === 0 && ip.w1 === 0 && ip.w2 === 0xffff) return { version: 4, w0: ip.w3, w1: 0, w2: 0, w3: 0 };
  return ip;
}

/** The address that `text` spells, or undefined. A zone (`%eth0`) is left out. No allocation but the result. */
export function parseIp(text: string): ParsedIp | undefined {
  const v4 = quad(text, 0, text.length);
  if (v4 !== -1) return { version: 4, w0: v4, w1: 0, w2: 0, w3: 0 };
  return text.includes(':') ? parseV6(text) : undefined;
}

function formatV6(ip: ParsedIp): string {
  const groups: number[] = [];
  for (const word of [ip.w0, ip.w1, ip.w2, ip.w3]) groups.push(Math.floor(word / 65536), word % 65536);
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) {
      best = i;
      bestLength = length;
    }
    if (length > 0) i += length - 1;
  }
  const hex = groups.map((group) => group.toString(16));
  if (best === -1) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`;
}

/** Canonical text: dotted quad, or RFC 5952 for IPv6. */
export function formatIp(ip: ParsedIp): string {
  if (ip.version === 6) return formatV6(ip);
  return `${ip.w0 >>> 24}.${(ip.w0 >>> 16) & 255}.${(ip.w0 >>> 8) & 255}.${ip.w0 & 255}`;
}

/** Canonical text of the address that `text` spells, or undefined if it spells none. */
export function normalizeIp(text: string): string | undefined {
  if (quad(text, 0, text.length) !== -1) return text;
  const ip = text.includes(':') ? parseV6(text) : undefined;
  return ip && formatIp(ip);
}
