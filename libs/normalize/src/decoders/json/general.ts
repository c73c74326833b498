import { atLeast } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { setTime } from '../event-time.js';
import { checkEcs } from './ecs-types.js';
import { flattenRecord } from './flatten.js';
import { jsonDecoder } from './json-decoder.js';
import { isJsonRecord, textAt, valueAt } from './json-record.js';
import type { JsonRecord } from './json-record.js';
import {
  endpointOf,
  instant,
  nameOf,
  setDestinationEndpoint,
  setNumber,
  setSourceEndpoint,
  setText,
  setUrl,
  severityOfWord,
} from './values.js';

const TIMES = [
  '@timestamp',
  'timestamp',
  'time',
  'ts',
  'datetime',
  'date',
  'eventTime',
  'event_time',
  'asctime',
  '@t',
  'Timestamp',
  'TimeGenerated',
  'created_at',
];
const MESSAGES = ['message', 'msg', 'short_message', 'Message', '@m', 'log', 'text', 'body'];
const LEVELS = [
  'level',
  'log.level',
  'severity',
  'loglevel',
  'log_level',
  'levelname',
  'lvl',
  'Level',
  '@l',
  'severity_text',
  'priority',
];
const SOURCES = [
  'src_ip',
  'srcip',
  'source_ip',
  'sourceip',
  'sourceIp',
  'sourceIPAddress',
  'client_ip',
  'clientip',
  'clientIp',
  'ClientIP',
  'remote_ip',
  'remoteip',
  'remoteIp',
  'remote_addr',
  'remoteAddr',
  'src_addr',
  'source_address',
  'ip_src',
];
const SOURCE_PORTS = [
  'src_port',
  'srcport',
  'source_port',
  'sourcePort',
  'client_port',
  'remote_port',
  'port_src',
  'spt',
];
const DESTINATIONS = [
  'dst_ip',
  'dstip',
  'dest_ip',
  'destip',
  'destination_ip',
  'destinationIp',
  'dst_addr',
  'dest_addr',
  'ip_dst',
];
const DESTINATION_PORTS = [
  'dst_port',
  'dstport',
  'dest_port',
  'destination_port',
  'destinationPort',
  'port_dst',
  'dpt',
];
const USERS = ['user', 'username', 'user_name', 'userName', 'userid_name', 'usr', 'login'];
const HOSTS = ['hostname', 'host_name', 'Hostname', 'host', 'computer', 'Computer', 'computer_name'];
const METHODS = ['method', 'request_method', 'http_method', 'verb'];
const STATUSES = ['status', 'status_code', 'statusCode', 'response_code', 'http_status'];
const TARGETS = ['request_uri', 'uri', 'url', 'path', 'request_path'];
const AGENTS = ['user_agent', 'http_user_agent', 'userAgent', 'useragent', 'agent', 'ua'];
const VERB = /^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|CONNECT|TRACE|PROPFIND)$/;

function firstText(record: JsonRecord, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = textAt(record, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The one value that all of the names agree on, as `read` gives it. Two that differ: undefined. */
function agreed(
  record: JsonRecord,
  names: readonly string[],
  read: (value: unknown) => string | undefined,
): string | undefined {
  let found: string | undefined;
  for (const name of names) {
    const value = Object.hasOwn(record, name) ? read(record[name]) : undefined;
    if (value === undefined) continue;
    if (found !== undefined && found !== value) return undefined;
    found = value;
  }
  return found;
}

/** Bunyan's and pino's numbers. */
function numericLevel(level: unknown): string | undefined {
  if (typeof level !== 'number' || level % 10 !== 0) return undefined;
  return ['trace', 'debug', 'info', 'warn', 'error', 'fatal'][level / 10 - 1];
}

function setLevel(record: JsonRecord, fields: EventFields): void {
  for (const name of LEVELS) {
    const value = Object.hasOwn(record, name) ? record[name] : valueAt(record, ...name.split('.'));
    const word = typeof value === 'string' ? value : numericLevel(value);
    const severity = severityOfWord(word);
    if (word === undefined || severity === undefined) continue;
    fields['log.level'] ??= word.toLowerCase();
    if (fields['log.syslog.priority'] === undefined) fields['event.severity'] = severity;
    else atLeast(fields, severity);
    return;
  }
}

/** A web server's or a framework's record of one request. */
function setRequest(record: JsonRecord, fields: EventFields): boolean {
  const method = firstText(record, METHODS);
  const status = Number(firstText(record, STATUSES));
  if (method === undefined || !VERB.test(method) || !Number.isInteger(status) || status < 100 || status > 599)
    return false;
  fields['http.request.method'] ??= method;
  fields['http.response.status_code'] ??= status;
  fields['event.category'] ??= 'web';
  fields['event.type'] ??= 'access';
  fields['event.outcome'] ??= status >= 400 ? 'failure' : 'success';
  if (fields['url.original'] === undefined) setUrl(fields, firstText(record, TARGETS));
  setText(fields, 'user_agent.original', fields['user_agent.original'] ?? firstText(record, AGENTS));
  return true;
}

function setCommon(record: JsonRecord, fields: EventFields): void {
  const request = setRequest(record, fields);
  if (fields['source.ip'] === undefined) {
    const source = agreed(record, SOURCES, (value) => endpointOf(value)?.ip);
    if (source !== undefined) setSourceEndpoint(fields, source, firstText(record, SOURCE_PORTS));
  }
  if (fields['destination.ip'] === undefined) {
    const destination = agreed(record, DESTINATIONS, (value) => endpointOf(value)?.ip);
    if (destination !== undefined)
      setDestinationEndpoint(fields, destination, firstText(record, DESTINATION_PORTS));
  }
  if (fields['user.name'] === undefined) {
    const user =
      agreed(record, USERS, nameOf) ??
      (isJsonRecord(record.user) ? agreed(record.user, ['username', 'login'], nameOf) : undefined);
    if (user !== undefined) fields['user.name'] = user;
  }
  if (fields['host.name'] === undefined) {
    // The `host` of a request is what the client asked for.
    const host = agreed(
      record,
      request || record.method !== undefined || record.request !== undefined
        ? HOSTS.filter((name) => name !== 'host')
        : HOSTS,
      nameOf,
    );
    if (host !== undefined && host.length <= 253) fields['host.name'] = host;
  }
  if (fields['process.pid'] === undefined) setNumber(fields, 'process.pid', record.pid);
}

/** What any record says in ECS's names or in the usual ones. Values that are no address, number or word of their field go below `json.`. */
export function decodeGeneral(record: JsonRecord, fields: EventFields, context: DecodeContext): void {
  setTime(
    fields,
    TIMES.map((name) => instant(record[name], context)).find((time) => time !== undefined),
  );
  const message = MESSAGES.map((name) => record[name]).find(
    (value) => typeof value === 'string' && value !== '',
  );
  if (typeof message === 'string') fields.message = message;
  flattenRecord(record, fields);
  checkEcs(fields);
  setLevel(record, fields);
  setCommon(record, fields);
  fields['event.module'] ??= 'json';
  fields['event.dataset'] ??= 'json.log';
}

/** Any JSON object: ECS names as they are, the usual names of others mapped, the rest under their dotted names. */
export const json = jsonDecoder({
  name: 'json',
  types: ['_json', 'ndjson', 'jsonl', 'ecs'],
  recogniseRecord: () => true,
  decodeRecord(record, fields, context) {
    decodeGeneral(record, fields, context);
    return true;
  },
});
