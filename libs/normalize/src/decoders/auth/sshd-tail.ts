import { normalizeIp } from '@parapet/contracts';

/** Where a message says who came from where: `[0, start)` is what stands before " from " or before the address. */
export interface Tail {
  start: number;
  address: string;
  port: string | undefined;
}

/** "KEYTYPE FINGERPRINT", as auth_log appends it; for a certificate with its free-text id and the CA. */
const KEY =
  /^[A-Z][A-Z0-9-]{1,30} (?:(?:SHA256|SHA1|SHA384|SHA512):[A-Za-z0-9+/=]+|(?:MD5:)?[0-9a-fx]{2}(?::[0-9a-fx]{2}){10,31})$/;
const CERTIFICATE =
  /^[A-Z][A-Z0-9-]{1,30} SHA256:[A-Za-z0-9+/=]+ ID .* \(serial \d+\) CA [A-Z][A-Z0-9-]{1,30} SHA256:[A-Za-z0-9+/=]+$/;
const HOSTBASED = /^[A-Z][A-Z0-9-]{1,30} \S+, client user ".*", client host "[^"]*"$/;
const FROM = ' from ';

const isAddress = (text: string) => normalizeIp(text) !== undefined;

/** What may follow "… port N ssh2" in auth_log (OpenSSH auth.c): nothing, or ": " and what the method tells of the key. */
function isMethodDetail(text: string, method: string): boolean {
  if (method === 'publickey') return KEY.test(text) || CERTIFICATE.test(text);
  return method === 'hostbased' && HOSTBASED.test(text);
}

/** Reads "ADDR port N[ ssh2][: detail]" that reaches from `at` to the end of the message. */
function authTail(message: string, start: number, method: string): Tail | undefined {
  const match = /^(\S{2,64}) port (\d{1,5})(?: ssh[12])?(?:$|: )/.exec(
    message.slice(start + FROM.length, start + FROM.length + 90),
  );
  const address = match?.[1];
  if (!match || address === undefined || !isAddress(address)) return undefined;
  const rest = start + FROM.length + match[0].length;
  // The slice above may end where the message does not.
  if (!match[0].endsWith(': '))
    return rest === message.length ? { start, address, port: match[2] } : undefined;
  return isMethodDetail(message.slice(rest), method) ? { start, address, port: match[2] } : undefined;
}

/**
 * The " from ADDR port N …" of "Failed METHOD for USER from ADDR port N ssh2[: key]". User names and certificate ids may
 * hold such words themselves; every place where the grammar could begin is tried, and two that fit mean that nobody can tell.
 */
export function findAuthTail(message: string, method: string): Tail | undefined {
  let found: Tail | undefined;
  for (let at = message.lastIndexOf(FROM); at > 0; at = message.lastIndexOf(FROM, at - 1)) {
    const tail = authTail(message, at, method);
    if (tail && found) return undefined;
    found ??= tail;
    // Without a detail nothing but the grammar's own end can stand last.
    if (found && method !== 'publickey' && method !== 'hostbased') return found;
  }
  return found;
}

/** "… from ADDR[ port N]" at the very end; `names`: a host name will do for the address. */
export function findEndTail(message: string): Tail | undefined {
  const start = message.lastIndexOf(FROM);
  if (start === -1) return undefined;
  const match = /^(\S{1,255})(?: port (\d{1,5}))?(?: ssh[12])?(?: via \S{1,64})?\.?$/.exec(
    message.slice(start + FROM.length),
  );
  return match ? { start, address: match[1] ?? '', port: match[2] } : undefined;
}

/** "USER ADDR port N" at the very end, where USER may be anything. */
export function findPeerAtEnd(text: string): Tail | undefined {
  const match = / (\S{2,64})(?: port (\d{1,5}))?$/.exec(text.slice(-100));
  if (!match || !isAddress(match[1] ?? '')) return undefined;
  return { start: text.length - match[0].length, address: match[1] ?? '', port: match[2] };
}

/** "USER ADDR port N: reason", where both USER and reason may be anything: only if one place fits. */
export function findPeerBeforeReason(text: string): Tail | undefined {
  let found: Tail | undefined;
  for (const match of text.matchAll(/ (\S{2,64}) port (\d{1,5}): /g)) {
    if (!isAddress(match[1] ?? '')) continue;
    if (found) return undefined;
    found = { start: match.index, address: match[1] ?? '', port: match[2] };
  }
  return found;
}
