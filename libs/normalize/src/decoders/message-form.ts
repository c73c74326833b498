import { normalizeIp } from '@parapet/contracts';
import type { EventAction, Severity } from '@parapet/contracts';
import { atLeast, classify, isHostName, setDestination, setPort, setSource } from './decoder.js';
import type { EventFields } from './decoder.js';

/** What kind of event a message is. */
export interface Meaning {
  category: string;
  type: string;
  action: EventAction;
  outcome?: 'success' | 'failure' | 'unknown';
  /** The least severity; the syslog severity may be more. */
  severity?: Severity;
}

/** One message of a program's grammar. */
export interface MessageForm {
  /** What the message begins with: a free test before the pattern. */
  begins: string;
  /** Anchored at both ends, or at the end that the client does not write. */
  pattern: RegExp;
  means: Meaning;
  /** True: a host name will do for the source address (the program writes one where it can). */
  names: boolean;
}

/** Placeholders of a form's text. An address is checked again when it is set, so its pattern may be loose. */
const PARTS: Readonly<Record<string, string>> = {
  ip: '(?:IPv6:)?(?<source>[0-9A-Fa-f:.]{1,44}[0-9A-Fa-f:](?:%[\\w.-]{1,16})?)',
  port: '(?<port>\\d{1,5})',
  /** An address or a host name, no space. */
  peer: '(?<source>[^\\s,;()\\[\\]<>"\']{1,255})',
  /** The client's name by reverse DNS, which its owner chooses: `source.domain`, never the address. */
  host: '(?<host>[^\\s\\[\\]()]{0,255})',
  to: '(?:IPv6:)?(?<to>[0-9A-Fa-f:.]{1,44}[0-9A-Fa-f:](?:%[\\w.-]{1,16})?)',
  toport: '(?<toport>\\d{1,5})',
  /** A client's word that the program delimits. */
  user: '(?<user>.{0,512})',
  /** A name without a space, as accounts of Unix have. */
  name: '(?<user>[^\\s]{1,256})',
  target: '(?<target>[^\\s]{1,256})',
  count: '(?<count>\\d{1,6})',
  reason: '(?<reason>.{1,512})',
};
const PLACEHOLDER = /(?<!\(\?)<(ip|port|peer|host|to|toport|user|name|target|count|reason)>/g;
/** What begins a pattern without any special character, to compare before the pattern runs. */
const PLAIN_START = /^\^([A-Za-z0-9 _:/#,;=@%'"!-]{0,64})/;

/** A row of a program's table. `text` is a pattern's source with placeholders: `<ip>`, `<port>`, `<user>` … */
export function form(means: Meaning, text: string, names = false): MessageForm {
  const source = text.replace(PLACEHOLDER, (_all, name: string) => PARTS[name] ?? '');
  const plain = PLAIN_START.exec(text);
  const start = plain?.[1] ?? '';
  // A quantifier or an alternative behind the last character would make it optional.
  const next = text.charAt(plain?.[0].length ?? 0);
  const begins = next === '?' || next === '*' || next === '{' ? start.slice(0, -1) : start;
  return {
    begins: /(?<!\\)\|/.test(topLevel(text)) ? '' : begins,
    pattern: new RegExp(source, 's'),
    means,
    names,
  };
}

/** The pattern's source without what stands in parentheses or brackets. */
function topLevel(text: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (depth === 0) out += char;
  }
  return out;
}

/** No daemon here writes longer messages; what is longer is somebody's padding. */
const LONGEST_MESSAGE = 4096;
/** What programs write where they know no name. */
const NO_NAME = new Set(['', '-', '?', '(none)', '(unknown)', '<unknown>', '(null)', 'NULL', 'unknown']);

/** The first form that a message has fills the fields. False: none has. */
export function readForms(forms: readonly MessageForm[], message: string, fields: EventFields): boolean {
  if (message.length > LONGEST_MESSAGE) return false;
  for (const { begins, pattern, means, names } of forms) {
    if (begins !== '' && !message.startsWith(begins)) continue;
    const match = pattern.exec(message);
    if (!match) continue;
    mean(fields, means);
    if (match.groups) setGroups(fields, match.groups, names);
    return true;
  }
  return false;
}

/** Whether a message has one of the forms. */
export function hasForm(forms: readonly MessageForm[], message: string): boolean {
  if (message.length > LONGEST_MESSAGE) return false;
  return forms.some(
    ({ begins, pattern }) => (begins === '' || message.startsWith(begins)) && pattern.test(message),
  );
}

/** Sets category, type, action, outcome and the least severity. */
export function mean(fields: EventFields, { category, type, action, outcome, severity }: Meaning): void {
  classify(fields, category, type, action, outcome);
  if (severity) atLeast(fields, severity);
}

type Groups = Readonly<Record<string, string | undefined>>;

function setGroups(fields: EventFields, groups: Groups, names: boolean): void {
  const { source, port, host, user, target, to, toport, count, reason } = groups;
  if (source !== undefined) setPeer(fields, source, port, names);
  if (host !== undefined) setClientName(fields, host);
  if (user !== undefined) setUserName(fields, user);
  if (target !== undefined && !NO_NAME.has(target)) fields['user.target.name'] = target;
  if (to !== undefined) setDestination(fields, unbracketed(to), toport);
  else if (toport !== undefined) setPort(fields, 'destination.port', toport);
  if (count !== undefined && Number(count) > 1) fields['labels.repeat_count'] = Number(count);
  if (reason !== undefined && reason.trim() !== '') fields['event.reason'] = reason.trim();
}

/** "[::1]", "IPv6:2001:db8::1" and "[AF_INET]192.0.2.1" without what is around the address. */
function unbracketed(address: string): string {
  const text = address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
  return text.startsWith('IPv6:') ? text.slice(5) : text;
}

/** Sets the source as a program wrote it; with `names`, a host name too. */
export function setPeer(fields: EventFields, address: string, port?: string, names = false): boolean {
  // "192.0.2.1:5060" where the port may be left out: the loose pattern has taken it for the address.
  const both = port === undefined ? /^([0-9.]{7,15}):(\d{1,5})$/.exec(address) : null;
  if (both) return setSource(fields, both[1] ?? '', both[2], names);
  return setSource(fields, unbracketed(address), port, names);
}

/** The client's own name by reverse DNS, beside its address. */
export function setClientName(fields: EventFields, host: string): void {
  if (host === 'unknown' || host === 'UNKNOWN' || normalizeIp(host) !== undefined) return;
  if (isHostName(host)) fields['source.domain'] = host;
}

/** A user's name as a program delimited it; placeholders for "no name" are left out. */
export function setUserName(fields: EventFields, name: string): void {
  if (!NO_NAME.has(name)) fields['user.name'] = name;
}
