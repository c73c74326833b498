import { SEVERITY_RANK, normalizeIp } from '@parapet/contracts';
import type { DecodedFields, EventAction, Severity } from '@parapet/contracts';
import type { SyslogHeader } from '../syslog-header.js';

/** The fields that every event has before its decoder runs. */
export interface EventFields extends DecodedFields {
  '@timestamp': number;
  'event.original': string;
  message: string;
  'event.severity': Severity;
}

/** What a decoder knows beside the line: for times without a year or a zone. */
export interface DecodeContext {
  /** Receipt, epoch ms. */
  readonly receivedAt: number;
  /** IANA name of the source's zone. */
  readonly timeZone: string;
}

/**
 * Reads the messages of one program. Log lines carry attackers' text (user names, client versions, paths): a decoder takes a field
 * only where the program's grammar leaves one reading, and leaves it out where two are possible.
 */
export interface Decoder {
  /** Also the source type that asks for it. */
  name: string;
  /** Further source types that ask for it (`apache` for `httpd`). */
  types?: readonly string[];
  /** Program names (syslog tag or APP-NAME) whose lines it reads. */
  programs: readonly string[];
  /** Program names that no list can hold ("postfix-out/smtpd", "ovpn-office"); asked when no decoder lists the name. Anchored, linear. */
  programPattern?: RegExp;
  /**
   * For lines without a program: whether the text alone shows that it is this decoder's. It runs on every stranger's line:
   * begin with a test that costs nothing (a first character, `startsWith`, `includes`).
   */
  recognise?(header: SyslogHeader, message: string): boolean;
  /**
   * True: `recognise` is also asked when the header names a program that nobody knows, because devices send this format under
   * names of their own (CEF, LEEF, access logs of containers). Never for what a program might quote from its clients.
   */
  anyProgram?: boolean;
  /**
   * True: its files have a form of their own, a time and no syslog header. Then `recognise` is also asked about whole lines whose
   * beginning looks like a header, and `decode` gets the whole line. `recognise` must then anchor at the line's first character.
   */
  wholeLines?: boolean;
  /** Adds what the message says. False: not a message that it knows (and nothing was added but module and dataset). */
  decode(message: string, header: SyslogHeader, fields: EventFields, context: DecodeContext): boolean;
}

/** Sets what kind of event it is. */
export function classify(
  fields: EventFields,
  category: string,
  type: string,
  action: EventAction,
  outcome?: 'success' | 'failure' | 'unknown',
): void {
  fields['event.category'] = category;
  fields['event.type'] = type;
  fields['event.action'] = action;
  if (outcome) fields['event.outcome'] = outcome;
}

/** Raises the severity to at least that; never lowers it. */
export function atLeast(fields: EventFields, severity: Severity): void {
  if (SEVERITY_RANK[severity] > SEVERITY_RANK[fields['event.severity']]) fields['event.severity'] = severity;
}

/** An address to `destination.ip`; a host name to `destination.domain`. False if it is neither. */
export function setDestination(fields: EventFields, address: string, port?: string): boolean {
  const ip = normalizeIp(address);
  if (ip !== undefined) fields['destination.ip'] = ip;
  else if (isHostName(address)) {
    fields['destination.address'] = address;
    fields['destination.domain'] = address;
  } else return false;
  if (port !== undefined) setPort(fields, 'destination.port', port);
  return true;
}

/** An address to `source.ip`; with `names`, a host name to `source.address` and `source.domain`. False if it is neither. */
export function setSource(fields: EventFields, address: string, port?: string, names = false): boolean {
  const ip = normalizeIp(address);
  if (ip !== undefined) fields['source.ip'] = ip;
  else if (names && isHostName(address)) {
    fields['source.address'] = address;
    fields['source.domain'] = address;
  } else return false;
  if (port !== undefined) setPort(fields, 'source.port', port);
  return true;
}

export function setPort(fields: EventFields, name: 'source.port' | 'destination.port', text: string): void {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) return;
  // Spelled out, because a computed name turns the event into a hash table.
  if (name === 'source.port') fields['source.port'] = port;
  else fields['destination.port'] = port;
}

/** Letters, digits, dots and dashes (and underscores, which real names have), no empty label, not all numeric. */
export function isHostName(text: string): boolean {
  if (text.length === 0 || text.length > 253 || text === 'UNKNOWN') return false;
  return (
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text) &&
    /[A-Za-z]/.test(text) &&
    !text.includes('..') &&
    !/^[0-9.]+\.[a-z]$/i.test(text)
  );
}
