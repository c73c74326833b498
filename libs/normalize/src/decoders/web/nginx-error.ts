import { EVENT_ACTION, normalizeIp } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { atLeast, classify, setSource } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { mean } from '../message-form.js';
import { setClient } from './client.js';
import { setDataset, setHost, setReferrer, setRequestLine } from './http-fields.js';
import { setModSecurity } from './modsecurity-tags.js';

const HEAD =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[([a-z]{2,8})\] (?:(\d{1,10})[#:](\d{1,10}):? ?)?(?:\*(\d{1,20}) )?/;
const SEVERITY: Readonly<Record<string, Severity>> = {
  warn: 'low',
  error: 'low',
  crit: 'medium',
  alert: 'high',
  emerg: 'high',
};
const CLIENT = ', client: ';
const CLIENT_END =
  /^([0-9A-Fa-f.:]{2,45}|unix:)(?: using [a-z]{1,10})?(?=, server: |, request: |, host: |, login: |$)/;
/** `request: "…"` is written raw; what nginx writes behind it tells its end. */
const REQUEST =
  /^([^"]{0,8192}|.{0,8192}? HTTP\/\d(?:\.\d)?)"(?=, (?:subrequest|upstream|host|referrer): "|$)/s;
/** More ", client: " than this are no longer looked at. */
const MOST_CANDIDATES = 8;

interface Client {
  address: string;
  /** Where the client's part begins, and where it ends. */
  start: number;
  end: number;
}

/**
 * nginx appends ", client: ADDR, server: NAME, request: "…", host: "…"" to a message. Paths and user names in the message, and request,
 * host and referrer behind it, may hold the same words. Without a quote before the first it is nginx's own; else all must name
 * the same address.
 */
function findClient(text: string): Client | undefined {
  let found: Client | undefined;
  let at = text.indexOf(CLIENT);
  for (let count = 0; at !== -1; at = text.indexOf(CLIENT, at + 1), count++) {
    if (count === MOST_CANDIDATES) return undefined;
    const start = at + CLIENT.length;
    const match = CLIENT_END.exec(text.slice(start, start + 80));
    if (!match) continue;
    const address = match[1] ?? '';
    if (found === undefined) {
      found = { address, start: at, end: start + match[0].length };
      if (!text.slice(0, at).includes('"')) return found;
    } else if (normalizeIp(address) !== normalizeIp(found.address)) return undefined;
  }
  return found;
}

/** 'server: a.example, request: "GET / HTTP/1.1", upstream: "…", host: "a.example", referrer: "…"', from the first comma on. */
function setTail(fields: EventFields, tail: string): void {
  const server = /^, server: ([^,"]{1,255})(?=,|$)/.exec(tail);
  const name = server?.[1];
  if (name !== undefined && !/^[\d.:[\]]+:\d+$/.test(name)) setHost(fields, name);
  const from = tail.indexOf(', request: "');
  if (from === -1) return;
  const rest = tail.slice(from + 12);
  const request = REQUEST.exec(rest);
  if (!request) return;
  setRequestLine(fields, request[1] ?? '');
  const behind = rest.slice(request[0].length);
  const host = /(?:^|"), host: "([^"]{1,255})"(?=, referrer: |$)/.exec(behind);
  if (host) setHost(fields, host[1]);
  const referrer = /, referrer: "([^"]{1,4096})"$/.exec(behind);
  setReferrer(fields, referrer?.[1]);
}

function denied(fields: EventFields, text: string): boolean {
  if (
    !/^(?:access forbidden by rule|limiting (?:requests|connections)|delaying request|directory index of ".{0,4096}" is forbidden$)/.test(
      text,
    )
  )
    return false;
  classify(fields, 'web', 'denied', EVENT_ACTION.webDenied, 'failure');
  const zone = /by zone "([^"]{1,255})"$/.exec(text);
  if (zone) fields['rule.name'] = zone[1];
  atLeast(fields, 'low');
  return true;
}

const USER =
  /^user "(.{0,512})"(?:: password mismatch| was not found in "[^"]{0,1024}")$|^PAM: user '(.{0,512})' - not authenticated: /s;

/** Log-ins by HTTP basic authentication (auth_basic, auth_pam, auth_ldap) and to the mail proxy. `text`: before the client. */
function login(fields: EventFields, text: string, tail: string, sure: boolean): boolean {
  const user = USER.exec(text);
  if (user) {
    mean(fields, LOGIN_FAILED);
    const name = user[1] ?? user[2] ?? '';
    if (sure && name !== '') fields['user.name'] = name;
    return true;
  }
  const failed = text.startsWith('client login failed: "');
  if (failed || text === 'client logged in') {
    mean(fields, failed ? LOGIN_FAILED : LOGIN_SUCCEEDED);
    const name = /, login: "(.{0,512}?)"(?:, upstream: [^",]{1,128})?$/s.exec(tail);
    if (name?.[1]) fields['user.name'] = name[1];
    return true;
  }
  if (!/password mismatch(?:,|$)|was not found in/.test(text)) return false;
  mean(fields, LOGIN_FAILED);
  return true;
}

/** Connections of clients that nginx tells of before it knows more: "client 192.0.2.1:50000 connected to 0.0.0.0:25". */
const CONNECTED = /^client (\S{2,60}) connected to (\S{2,60})$/;

/** Decodes one line of nginx's error log (ngx_log_error_core). `line` begins with the time. False: not such a line. */
export function decodeNginxError(line: string, fields: EventFields, context: DecodeContext): boolean {
  const head = HEAD.exec(line);
  if (!head) return false;
  setDataset(fields, 'nginx', 'error');
  setTime(fields, isoInstant(head[1] ?? '', context));
  const level = head[2] ?? '';
  fields['log.level'] = level;
  atLeast(fields, SEVERITY[level] ?? 'info');
  if (head[3] !== undefined) fields['process.pid'] = Number(head[3]);
  if (head[4] !== undefined) fields['process.thread.id'] = Number(head[4]);
  const text = line.slice(head[0].length);
  classify(
    fields,
    'web',
    level === 'info' || level === 'notice' ? 'info' : 'error',
    EVENT_ACTION.applicationEvent,
  );

  const connected = CONNECTED.exec(text);
  if (connected) {
    setClient(fields, connected[1] ?? '');
    classify(fields, 'network', 'start', EVENT_ACTION.connection);
    return true;
  }
  // With ModSecurity's "[client ADDR] " the module itself names the address before anything of the request.
  const own = /^\[client ([0-9A-Fa-f.:]{2,45})\] (?=ModSecurity: )/.exec(text);
  if (own) setSource(fields, own[1] ?? '');
  const client = findClient(text);
  const message = text.slice(own ? own[0].length : 0, client?.start);
  const tail = client ? text.slice(client.end) : '';
  if (client) {
    if (!own) setSource(fields, client.address);
    setTail(fields, tail);
  }
  const sure = client !== undefined && text.indexOf(CLIENT) === text.lastIndexOf(CLIENT);
  if (setModSecurity(fields, message)) fields['labels.modsecurity'] = true;
  else if (
    !denied(fields, message) &&
    !login(fields, message, tail, sure) &&
    message.includes('SSL_do_handshake() failed')
  )
    classify(fields, 'network', 'protocol', EVENT_ACTION.protocolFailure, 'failure');
  return true;
}

export function isNginxErrorLine(line: string): boolean {
  const first = line.charCodeAt(0);
  return first === 50 && line.charCodeAt(4) === 47 && line.charCodeAt(20) === 91 && HEAD.test(line);
}
