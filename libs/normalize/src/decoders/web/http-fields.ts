import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, isHostName } from '../decoder.js';
import type { EventFields } from '../decoder.js';

/** The method is a token (RFC 9110 5.6.2); the target may hold spaces that a client sent against the rules. */
const REQUEST = /^([A-Za-z][A-Za-z_-]{0,31}) (.*) HTTP\/(\d(?:\.\d)?)$/s;
/** HTTP/0.9, and programs that leave the version out. */
const REQUEST_WITHOUT_VERSION = /^([A-Z]{3,16}) ([/*]\S*|https?:\/\/\S+)$/;
const ABSOLUTE = /^([a-z][a-z0-9+.-]{1,15}):\/\/([^/?#]{1,255})/i;
const AUTHORITY = /^(?:[^@/]{0,255}@)?(\[[0-9A-Fa-f:.]{2,45}\]|[^:[\]]{1,253})(?::(\d{1,5}))?$/;

/** What stands for "none" in access logs. */
export function present(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text !== '-';
}

/** A request line ("GET /a?b HTTP/1.1"); what is none (TLS to a plain port, worms) stays whole in `url.original`. */
export function setRequestLine(fields: EventFields, line: string): void {
  if (!present(line)) return;
  const request = REQUEST.exec(line);
  if (request) {
    setMethod(fields, request[1] ?? '');
    fields['http.version'] = request[3];
    setTarget(fields, request[2] ?? '');
    return;
  }
  const old = REQUEST_WITHOUT_VERSION.exec(line);
  if (old) setMethod(fields, old[1] ?? '');
  setTarget(fields, old ? (old[2] ?? '') : line);
}

export function setMethod(fields: EventFields, method: string | undefined): void {
  if (present(method)) fields['http.request.method'] = method;
}

/** A request target as sent: path and query apart, and the host where the target names one (proxies). */
export function setTarget(fields: EventFields, target: string | undefined): void {
  if (!present(target)) return;
  fields['url.original'] = target;
  let path = target;
  const absolute = ABSOLUTE.exec(target);
  if (absolute) {
    fields['url.scheme'] = (absolute[1] ?? '').toLowerCase();
    setHost(fields, absolute[2]);
    path = target.slice(absolute[0].length) || '/';
  } else if (fields['http.request.method'] === 'CONNECT') {
    setHost(fields, target);
    return;
  }
  const question = path.indexOf('?');
  if (question === -1) fields['url.path'] = path;
  else {
    fields['url.path'] = path.slice(0, question);
    fields['url.query'] = path.slice(question + 1);
  }
}

/** The host that the request was for, with or without port. */
export function setHost(fields: EventFields, host: string | undefined): void {
  if (!present(host) || host === '_') return;
  const match = AUTHORITY.exec(host.toLowerCase());
  const name = match?.[1];
  if (name === undefined || !(name.startsWith('[') || /^[\d.]+$/.test(name) || isHostName(name))) return;
  fields['url.domain'] = name;
  if (match?.[2] !== undefined && Number(match[2]) <= 65535) fields['url.port'] = Number(match[2]);
}

/** Statuses with which a server says no: credentials, rights, limits, nginx's closed connection (444). */
const REFUSALS = new Set([401, 403, 407, 429, 444]);

/** One answered request: kind of event, status, and outcome by status. */
export function setAnswer(fields: EventFields, status: number | string | undefined): void {
  const code = typeof status === 'string' && !/^\d{1,3}$/.test(status) ? Number.NaN : Number(status);
  const known = Number.isInteger(code) && code >= 0 && code <= 999;
  classify(
    fields,
    'web',
    'access',
    EVENT_ACTION.webRequest,
    !known || code === 0 ? 'unknown' : code >= 400 ? 'failure' : 'success',
  );
  if (!known) return;
  fields['http.response.status_code'] = code;
  if (REFUSALS.has(code)) atLeast(fields, 'low');
}

export function setBytes(fields: EventFields, bytes: number | string | undefined): void {
  const count = typeof bytes === 'string' && !/^\d{1,15}$/.test(bytes) ? Number.NaN : Number(bytes);
  if (Number.isSafeInteger(count) && count >= 0) fields['http.response.body.bytes'] = count;
}

export function setAgent(fields: EventFields, agent: string | undefined): void {
  if (present(agent)) fields['user_agent.original'] = agent;
}

export function setReferrer(fields: EventFields, referrer: string | undefined): void {
  if (present(referrer)) fields['http.request.referrer'] = referrer;
}

/** The name that HTTP authentication gave; a server may write it before it has checked it. */
export function setRemoteUser(fields: EventFields, user: string | undefined): void {
  if (present(user) && user !== '""') fields['user.name'] = user;
}

/** "HTTP/1.1", "HTTP/2.0", "HTTP/2". */
export function setProtocol(fields: EventFields, protocol: string | undefined): void {
  const version = protocol === undefined ? undefined : /^HTTP\/(\d(?:\.\d)?)$/.exec(protocol)?.[1];
  if (version !== undefined) fields['http.version'] = version;
}

/** Names of module and dataset, as Elastic's integrations have them. */
export function setDataset(fields: EventFields, module: string, dataset: string): void {
  fields['event.module'] = module;
  fields['event.dataset'] = `${module}.${dataset}`;
}
