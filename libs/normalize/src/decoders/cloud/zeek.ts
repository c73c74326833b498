import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import {
  setDestinationEndpoint,
  setNumber,
  setSourceEndpoint,
  setText,
  setUrl,
  setUserName,
} from '../json/values.js';
import { keepRecord, setAlert, setKind, setRecordTime, setService } from './service-record.js';

/** At "id.orig_h" as Zeek writes it, or nested as some shippers do. */
function end(record: JsonRecord, name: string): unknown {
  return record[`id.${name}`] ?? valueAt(record, 'id', name);
}

/** What shows which log a record is of, where nothing names it. */
const MARKS: readonly (readonly [string, string])[] = [
  ['note', 'notice'],
  ['conn_state', 'conn'],
  ['status_code', 'http'],
  ['user_agent', 'http'],
  ['trans_id', 'dns'],
  ['auth_attempts', 'ssh'],
  ['auth_success', 'ssh'],
  ['established', 'ssl'],
  ['ntlm', 'ntlm'],
  ['mailfrom', 'smtp'],
  ['request_type', 'kerberos'],
  ['fuid', 'files'],
];

function logOf(record: JsonRecord): string {
  const named =
    textAt(record, '_path') ??
    textAt(record, 'bro_engine') ??
    textAt(record, 'log_type') ??
    textAt(record, '@path');
  if (named !== undefined && /^[A-Za-z0-9_]{1,32}$/.test(named)) return named.toLowerCase();
  return MARKS.find(([mark]) => record[mark] !== undefined)?.[1] ?? 'conn';
}

type Decode = (record: JsonRecord, fields: EventFields) => void;

const LOGS: Readonly<Record<string, Decode>> = {
  conn(record, fields) {
    setKind(fields, 'network', 'connection', EVENT_ACTION.connection);
    setNumber(fields, 'source.bytes', record.orig_bytes);
    setNumber(fields, 'destination.bytes', record.resp_bytes);
    setText(fields, 'zeek.connection.state', record.conn_state);
  },
  http(record, fields) {
    const status = numberAt(record, 'status_code');
    setKind(
      fields,
      'web',
      'access',
      EVENT_ACTION.webRequest,
      status === undefined ? undefined : status >= 400 ? 'failure' : 'success',
    );
    setText(fields, 'http.request.method', record.method);
    if (status !== undefined) fields['http.response.status_code'] = status;
    setUrl(fields, record.uri);
    setText(fields, 'url.domain', record.host);
    setText(fields, 'user_agent.original', record.user_agent);
    setText(fields, 'http.request.referrer', record.referrer);
    setNumber(fields, 'http.response.body.bytes', record.response_body_len);
    setUserName(fields, record.username);
  },
  dns(record, fields) {
    const code = textAt(record, 'rcode_name');
    setKind(
      fields,
      'network',
      'protocol',
      'dns',
      code === undefined ? undefined : code === 'NOERROR' ? 'success' : undefined,
    );
    setText(fields, 'dns.question.name', record.query);
    setText(fields, 'dns.question.type', record.qtype_name);
    setText(fields, 'dns.response_code', code);
    setText(fields, 'dns.id', record.trans_id);
  },
  ssh(record, fields) {
    const success = record.auth_success;
    // Zeek infers it from sizes; the server's own line has the attempt.
    if (typeof success === 'boolean')
      setKind(fields, 'authentication', 'info', EVENT_ACTION.loginWitness, success ? 'success' : 'failure');
    else setKind(fields, 'network', 'protocol', 'ssh');
  },
  ssl(record, fields) {
    setKind(fields, 'network', 'protocol', 'ssl');
    setText(fields, 'tls.client.server_name', record.server_name);
    setText(fields, 'tls.server.subject', record.subject);
    setText(fields, 'tls.cipher', record.cipher);
  },
  notice(record, fields) {
    setAlert(fields, 'medium', textAt(record, 'note'));
    setKind(
      fields,
      'intrusion_detection',
      'info',
      textAt(record, 'note')?.includes('Scan') ? EVENT_ACTION.portScan : EVENT_ACTION.intrusionDetected,
    );
    setText(fields, 'message', record.msg);
    if (fields['source.ip'] === undefined) setSourceEndpoint(fields, record.src);
    if (fields['destination.ip'] === undefined) setDestinationEndpoint(fields, record.dst, record.p);
  },
  weird(record, fields) {
    setKind(fields, 'network', 'error', EVENT_ACTION.protocolFailure);
    setText(fields, 'rule.name', record.name);
    atLeast(fields, 'low');
  },
  ftp(record, fields) {
    setKind(fields, 'network', 'protocol', 'ftp');
    setUserName(fields, record.user);
  },
  kerberos(record, fields) {
    setKind(fields, 'network', 'protocol', 'kerberos');
    setText(fields, 'zeek.kerberos.client', record.client);
  },
};

/** Zeek's logs as JSON (LogAscii::use_json), its own field names; OwlH's too. */
export const zeek = jsonDecoder({
  name: 'zeek',
  types: ['bro', 'owlh', 'zeek.conn', 'zeek.ssh', 'zeek.http', 'zeek.dns', 'zeek.notice'],
  programs: ['zeek', 'bro'],
  recogniseRecord: (record) =>
    (record.ts ?? record['@timestamp']) !== undefined &&
    ((record.uid !== undefined && end(record, 'orig_h') !== undefined) ||
      (record.note !== undefined && record.msg !== undefined && record.actions !== undefined)),
  decodeRecord(record, fields, context) {
    const log = logOf(record);
    setService(fields, 'zeek', log === 'conn' ? 'connection' : log);
    setRecordTime(fields, context, record.ts, record['@timestamp']);
    setSourceEndpoint(fields, end(record, 'orig_h'), end(record, 'orig_p'));
    setDestinationEndpoint(fields, end(record, 'resp_h'), end(record, 'resp_p'));
    setText(fields, 'network.transport', record.proto);
    setText(fields, 'network.protocol', record.service);
    setText(fields, 'network.community_id', record.community_id);
    setText(fields, 'zeek.session_id', record.uid);
    const decode = Object.hasOwn(LOGS, log) ? LOGS[log] : undefined;
    if (decode) decode(record, fields);
    else setKind(fields, 'network', 'protocol', log);
    keepRecord(fields, record, 'zeek');
    return true;
  },
});
