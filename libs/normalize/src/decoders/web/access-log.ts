import { normalizeIp } from '@parapet/contracts';
import type { DecodeContext, EventFields } from '../decoder.js';
import { isHostName, setSource } from '../decoder.js';
import { clfInstant, isoInstant, setTime } from '../event-time.js';
import { clientOfChain, setClient } from './client.js';
import {
  setAgent,
  setAnswer,
  setBytes,
  setDataset,
  setHost,
  setReferrer,
  setRemoteUser,
  setRequestLine,
} from './http-fields.js';
import { quotedStrings, readQuoted } from './quoted.js';

/** Client, identity, user and a host or two; no server writes more before the time. */
const LONGEST_HEAD = 1024;
const TIME =
  /^(?:\d{1,2}\/[^\s/:[\]"]{2,9}\/\d{4}|\d\d\/\d\d\/\d{4}|\d{4}-\d\d-\d\d)[: T]\d\d:\d\d:\d\d[^[\]"]{0,16}$/;
const AFTER_REQUEST = /^ (\d{3}|-)(?: (\d{1,15}|-)(?:\/[\d-]{1,15})?)?(?= |$)/;
const VIRTUAL_HOST = /^[A-Za-z0-9_*][A-Za-z0-9_.*-]{0,252}(?::\d{1,5})?$/;
const REQUEST_ID = /^[0-9a-f]{32}$/;

interface Line {
  /** The words before the time. */
  words: string[];
  time: string;
  /** A word between time and request (Apache's %v in some formats). */
  host?: string;
  request: string;
  status: string;
  bytes?: string;
  /** Where what follows the byte count begins. */
  rest: number;
}

/** Cuts a line in the common log format's kin; undefined if it is none. Quotes and brackets of clients stand behind or escaped. */
export function readAccessLine(line: string): Line | undefined {
  const quote = line.indexOf('"');
  if (quote < 20 || quote > LONGEST_HEAD) return undefined;
  const head = line.slice(0, quote);
  const open = head.lastIndexOf('[');
  const close = head.lastIndexOf('] ');
  if (open < 1 || close < open || head.charCodeAt(open - 1) !== 32) return undefined;
  const time = head.slice(open + 1, close);
  if (!TIME.test(time)) return undefined;
  const host = head.slice(close + 2).trim();
  if (host !== '' && !VIRTUAL_HOST.test(host)) return undefined;
  const words = head.slice(0, open).trim().split(/ +/);
  const { text: request, end } = readQuoted(line, quote);
  const after = AFTER_REQUEST.exec(line.slice(end, end + 48));
  if (!after) return undefined;
  return {
    words,
    time,
    host: host || undefined,
    request,
    status: after[1] ?? '',
    bytes: after[2],
    rest: end + after[0].length,
  };
}

/** Whether the first words can be those of an access log: an address or a host name, not a syslog header. */
export function isAccessLine(line: string): boolean {
  const parsed = readAccessLine(line);
  const first = parsed?.words[0];
  if (parsed === undefined || first === undefined || parsed.words.length < 2) return false;
  return clientWords(parsed.words) !== undefined;
}

interface Client {
  address?: string;
  /** The words are unambiguous as to who the user is. */
  user?: string;
  host?: string;
}

/**
 * Who the client is, from the words before the time:
 * "ADDR IDENT USER", "VHOST ADDR IDENT USER" (vhost_combined), "ADDR, ADDR IDENT USER" (a proxy's list),
 * "VHOST ADDR - REQUEST_ID USER" (BunkerWeb). Two addresses in a row may be either list or host and client: then none is taken.
 * A user's name may hold spaces, so that only the words before it count for the address.
 */
function clientWords(words: readonly string[]): Client | undefined {
  const first = words[0] ?? '';
  if (first.endsWith(',')) {
    const last = words.findIndex((word) => !word.endsWith(','));
    const address = last === -1 ? undefined : clientOfChain(words.slice(0, last + 1).join(' '));
    return address === undefined ? undefined : { address, user: words.slice(last + 2).join(' ') };
  }
  const firstIp = normalizeIp(first) !== undefined || isPeer(first);
  const second = words[1] ?? '';
  const secondIp = normalizeIp(second) !== undefined;
  if (secondIp && (firstIp || VIRTUAL_HOST.test(first))) {
    const long = words.length === 5 && (REQUEST_ID.test(words[3] ?? '') || words[4] === '-');
    if (firstIp && !long) return {};
    const user =
      words.length === 4 ? words[3] : long && REQUEST_ID.test(words[3] ?? '') ? words[4] : undefined;
    return { address: second, user, host: first };
  }
  // A client by name (reverse lookups): with a dot, and no identity, else any sentence could be one.
  if (!firstIp && !(second === '-' && isNamed(first))) return undefined;
  // "ADDR - - -": a column more than the format has.
  const user = words.slice(2).join(' ');
  return { address: first, user: user === '- -' ? undefined : user };
}

function isNamed(word: string): boolean {
  return word === 'localhost' || (word.includes('.') && isHostName(word));
}

/** "192.0.2.1:50000" and "[2001:db8::1]:50000". */
function isPeer(word: string): boolean {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}$/.test(word);
}

/** Behind the user agent: request count, router, server, duration. */
const TRAEFIK = /^ \d{1,12} "[^"]{0,512}" "[^"]{0,512}" \d{1,9}ms$/;
/** Behind the user agent: authentication method, X-Forwarded-For, port of cPanel's service. */
const CPANEL = /^ "[bs-]" "[^"]{0,255}" (20[789]\d)$/;

/** cPanel's month/day/year in digits; else the common log format, with GMT for a zone or a month that is longer ("sept."). */
function instantOf(time: string, context: DecodeContext): number | undefined {
  const digits = /^(\d\d)\/(\d\d)\/(\d{4}):(\d\d:\d\d:\d\d)(?: ([+-]\d{4}))?$/.exec(time);
  if (digits) {
    const [, month = '', day = '', year = '', clock = '', zone = ''] = digits;
    return isoInstant(`${year}-${month}-${day}T${clock}${zone}`, context);
  }
  const common = time.replace(' GMT', ' +0000').replace(/^(\d{1,2}\/[A-Za-z]{3})[a-z.]{1,6}\//, '$1/');
  return clfInstant(common, context) ?? isoInstant(time, context);
}

/** Decodes one line of an access log. `module`: the server, where it is known. False: not such a line. */
export function decodeAccessLine(
  line: string,
  fields: EventFields,
  context: DecodeContext,
  module?: string,
): boolean {
  const parsed = readAccessLine(line);
  const client = parsed && clientWords(parsed.words);
  if (!parsed || !client) return false;
  setDataset(fields, module ?? 'web', 'access');
  setTime(fields, instantOf(parsed.time, context));
  setAnswer(fields, parsed.status);
  setBytes(fields, parsed.bytes);
  setRequestLine(fields, parsed.request);
  setHost(fields, parsed.host ?? client.host);
  if (client.address !== undefined && !setSource(fields, client.address))
    setClient(fields, client.address, true);
  setRemoteUser(fields, client.user);
  const rest = line.slice(parsed.rest);
  if (rest.startsWith(' "')) {
    const [referrer, agent] = quotedStrings(rest, 0, 2);
    setReferrer(fields, referrer);
    setAgent(fields, agent);
    if (module === undefined && agent !== undefined) nameServer(rest, fields);
  }
  return true;
}

/** What a server adds tells which one it is. */
function nameServer(rest: string, fields: EventFields): void {
  const second = readQuoted(rest, readQuoted(rest, 1).end + 1).end;
  const tail = rest.slice(second);
  if (TRAEFIK.test(tail)) setDataset(fields, 'traefik', 'access');
  else {
    const cpanel = CPANEL.exec(tail);
    if (cpanel) {
      setDataset(fields, 'cpanel', 'access');
      fields['destination.port'] = Number(cpanel[1]);
    }
  }
}
