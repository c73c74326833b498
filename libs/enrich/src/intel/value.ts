import { formatIp, LONGEST_INTEL_VALUE, parseIp, type IntelType, type ParsedIp } from '@parapet/contracts';
import { InvalidCidrError, parseCidr } from '../cidr.js';
import { isReserved } from '../reserved.js';
import { normalizeUrl } from './url.js';

/** An indicator's type and value, in the one spelling in which it is stored and matched. */
export interface IntelValue {
  type: IntelType;
  value: string;
}
export interface Refused {
  why: string;
}

const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const NUMBER = /^\d+$/;
const V4_AND_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const V6_IN_BRACKETS = /^\[([0-9a-f:.]{2,45})\](?::\d{1,5})?$/i;
const LONGEST_NAME = 253;
/** Prefixes that hold more than this are mistakes, or would mark half of the Internet. */
const SHORTEST_V4 = 8;
const SHORTEST_V6 = 20;

/** Undoes the spellings that keep people from clicking: hxxp://, [.], (dot). */
export function refang(text: string): string {
  if (!/[[({]|^hxxp|^fxp/i.test(text)) return text;
  return text
    .replace(/^hxxp/i, 'http')
    .replace(/^fxp/i, 'ftp')
    .replace(/\[:\/\/\]|\[:\]\/\//g, '://')
    .replace(/\[:\]/g, ':')
    .replace(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}/gi, '.');
}

/** What a piece of text names, of whatever type. It may be defanged. */
export function readIntelValue(given: string): IntelValue | Refused {
  const text = refang(given.trim());
  if (text === '') return { why: 'there is no value' };
  if (text.length > LONGEST_INTEL_VALUE) return { why: `longer than ${LONGEST_INTEL_VALUE} characters` };
  if (HASH.test(text)) return { type: 'file_hash', value: text.toLowerCase() };
  if (text.includes('://')) return readUrl(text);
  const address = V4_AND_PORT.exec(text)?.[1] ?? V6_IN_BRACKETS.exec(text)?.[1] ?? text;
  if (parseIp(address)) return readAddress(address);
  const slash = text.indexOf('/');
  if (slash > 0) {
    if (parseIp(text.slice(0, slash)) && NUMBER.test(text.slice(slash + 1))) return readAddress(text);
    return readUrl(`http://${text}`);
  }
  return readDomain(text);
}

function readAddress(text: string): IntelValue | Refused {
  try {
    const { ip, length } = parseCidr(text);
    const bits = ip.version === 4 ? 32 : 128;
    if (length < (ip.version === 4 ? SHORTEST_V4 : SHORTEST_V6)) return { why: 'the prefix is too wide' };
    if (isReserved(ip)) return { why: 'a private or reserved address' };
    const network = formatIp(maskIp(ip, length));
    return { type: 'address', value: length === bits ? network : `${network}/${length}` };
  } catch (error) {
    if (!(error instanceof InvalidCidrError)) throw error;
    return { why: 'no address or prefix' };
  }
}

const maskWord = (word: number, bits: number) =>
  bits >= 32 ? word : bits <= 0 ? 0 : (word & (0xffffffff << (32 - bits))) >>> 0;

/** The first address of the prefix of this length. */
export function maskIp(ip: ParsedIp, length: number): ParsedIp {
  return {
    version: ip.version,
    w0: maskWord(ip.w0, length),
    w1: maskWord(ip.w1, length - 32),
    w2: maskWord(ip.w2, length - 64),
    w3: maskWord(ip.w3, length - 96),
  };
}

/** Of an internationalised name the form of DNS (xn--…). */
function ascii(name: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(name)) return name;
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return undefined;
  }
}

function readDomain(text: string): IntelValue | Refused {
  const bare = text.replace(/^\*?\./, '').replace(/\.$/, '');
  const name = ascii(bare)?.toLowerCase();
  if (name === undefined || name.length > LONGEST_NAME) return { why: 'no domain name' };
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label))) return { why: 'no address, domain, URL or file hash' };
  if (labels.length < 2) return { why: 'a name of one label would match too much' };
  if (NUMBER.test(labels.at(-1) ?? '')) return { why: 'no address and no domain name' };
  return { type: 'domain', value: name };
}

function readUrl(text: string): IntelValue | Refused {
  const cut = text.indexOf('://') + 3;
  const end = text.slice(cut).search(/[/?#]/);
  const host = end === -1 ? text.slice(cut) : text.slice(cut, cut + end);
  const plain = ascii(host);
  const value =
    plain === undefined
      ? undefined
      : normalizeUrl(text.slice(0, cut) + plain + text.slice(cut + host.length));
  if (value === undefined || value.length > LONGEST_INTEL_VALUE)
    return { why: 'no URL of http, https or ftp' };
  if (/[\s\p{Cc}\p{Cs}]/u.test(value)) return { why: 'a URL with characters that none has' };
  const name = hostOfUrl(value);
  const ip = parseIp(name);
  if (ip) {
    if (isReserved(ip)) return { why: 'a private or reserved address' };
  } else if ('why' in readDomain(name)) return { why: 'the URL names no host of the Internet' };
  if (Buffer.byteLength(value) > LONGEST_INTEL_VALUE)
    return { why: `longer than ${LONGEST_INTEL_VALUE} bytes` };
  return { type: 'url', value };
}

/** The host of a normalised URL, without its port. */
export function hostOfUrl(url: string): string {
  const slash = url.indexOf('/');
  const authority = slash === -1 ? url : url.slice(0, slash);
  if (authority.startsWith('[')) return authority.slice(1, authority.indexOf(']'));
  const colon = authority.indexOf(':');
  return colon === -1 ? authority : authority.slice(0, colon);
}
