import { EVENT_ACTION } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { flattenRecord } from '../json/flatten.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setDestinationEndpoint, setNumber, setSourceEndpoint, setText, setUrl } from '../json/values.js';
import { setAlert, setKind, setRecordTime, setService } from './service-record.js';

/** alert.severity: the priority of the rule's class, 1 the worst. */
const PRIORITIES: readonly Severity[] = ['high', 'high', 'medium', 'low'];

function setAlertOf(alert: JsonRecord, fields: EventFields): void {
  const blocked = alert.action === 'blocked' || alert.action === 'drop';
  setAlert(
    fields,
    PRIORITIES[numberAt(alert, 'severity') ?? 3] ?? 'low',
    textAt(alert, 'signature'),
    textAt(alert, 'signature_id'),
  );
  setKind(fields, 'intrusion_detection', blocked ? 'denied' : 'info', EVENT_ACTION.intrusionDetected);
  setText(fields, 'rule.category', alert.category);
  setText(fields, 'message', alert.signature);
}

/** The server answers: its status says how the request ended. */
function setHttp(http: JsonRecord, fields: EventFields): void {
  const status = numberAt(http, 'status');
  setText(fields, 'http.request.method', http.http_method);
  if (status !== undefined) fields['http.response.status_code'] = status;
  setUrl(fields, http.url);
  setText(fields, 'url.domain', http.hostname);
  setText(fields, 'user_agent.original', http.http_user_agent);
  setText(fields, 'http.request.referrer', http.http_refer);
  setNumber(fields, 'http.response.body.bytes', http.length);
  const version = /^HTTP\/(\d(?:\.\d)?)$/.exec(textAt(http, 'protocol') ?? '');
  if (version) fields['http.version'] = version[1];
}

/** Version 1 and 2 put the question in `rrname`, version 3 in `queries`. */
function setDns(dns: JsonRecord, fields: EventFields): void {
  const list: unknown = dns.queries;
  const query: unknown = Array.isArray(list) ? list[0] : dns;
  if (!isJsonRecord(query)) return;
  setText(fields, 'dns.question.name', query.rrname);
  setText(fields, 'dns.question.type', query.rrtype);
  setText(fields, 'dns.response_code', dns.rcode);
  setText(fields, 'dns.id', dns.id);
  const type = textAt(dns, 'type');
  if (type !== undefined) fields['dns.type'] = type === 'answer' || type === 'response' ? 'answer' : 'query';
}

function setTls(tls: JsonRecord, fields: EventFields): void {
  setText(fields, 'tls.client.server_name', tls.sni);
  setText(fields, 'tls.server.subject', tls.subject);
  setText(fields, 'tls.server.issuer', tls.issuerdn);
  setText(fields, 'tls.client.ja3', valueAt(tls, 'ja3', 'hash'));
  setText(fields, 'tls.server.ja3s', valueAt(tls, 'ja3s', 'hash'));
}

function setProtocol(record: JsonRecord, fields: EventFields): void {
  const { http, dns, tls, flow } = record;
  if (isJsonRecord(http)) setHttp(http, fields);
  if (isJsonRecord(dns)) setDns(dns, fields);
  if (isJsonRecord(tls)) setTls(tls, fields);
  if (isJsonRecord(flow)) {
    setNumber(fields, 'source.bytes', flow.bytes_toserver);
    setNumber(fields, 'destination.bytes', flow.bytes_toclient);
    setNumber(fields, 'source.packets', flow.pkts_toserver);
    setNumber(fields, 'destination.packets', flow.pkts_toclient);
  }
}

function setTypeKind(type: string, record: JsonRecord, fields: EventFields): void {
  const { alert } = record;
  if (type === 'alert' && isJsonRecord(alert)) setAlertOf(alert, fields);
  else if (type === 'drop') {
    setKind(fields, 'network', 'denied', EVENT_ACTION.firewallDrop, 'failure');
  } else if (type === 'anomaly') {
    setKind(fields, 'network', 'error', EVENT_ACTION.protocolFailure);
    atLeast(fields, 'low');
  } else if (type === 'flow' || type === 'netflow')
    setKind(fields, 'network', 'connection', EVENT_ACTION.connection);
  else if (type === 'http') {
    const status = numberAt(record, 'http', 'status');
    setKind(
      fields,
      'web',
      'access',
      EVENT_ACTION.webRequest,
      status === undefined ? undefined : status >= 400 ? 'failure' : 'success',
    );
    // A refused request is the server's affair, not a failure of the sensor's host.
  } else if (type === 'stats') setKind(fields, 'process', 'info', 'stats');
  else setKind(fields, 'network', 'protocol', type);
}

/** Suricata's EVE JSON ("EVE JSON Format" in its manual). */
export const suricata = jsonDecoder({
  name: 'suricata',
  types: ['suricata-evelogs', 'suricata_eve', 'eve', 'suricata.eve', 'suricata-ids'],
  programs: ['suricata'],
  recogniseRecord: (record) =>
    typeof record.event_type === 'string' &&
    record.timestamp !== undefined &&
    (record.flow_id !== undefined || record.src_ip !== undefined || record.stats !== undefined),
  decodeRecord(record, fields, context) {
    const type = textAt(record, 'event_type');
    if (type === undefined) return false;
    setService(fields, 'suricata', 'eve');
    setRecordTime(fields, context, record.timestamp);
    setSourceEndpoint(fields, record.src_ip, record.src_port);
    setDestinationEndpoint(fields, record.dest_ip, record.dest_port);
    const transport = textAt(record, 'proto');
    if (transport !== undefined) fields['network.transport'] = transport.toLowerCase();
    const application = textAt(record, 'app_proto');
    if (application !== undefined && application !== 'failed') fields['network.protocol'] = application;
    setText(fields, 'network.community_id', record.community_id);
    setText(fields, 'observer.hostname', record.host);
    setText(fields, 'observer.ingress.interface.name', record.in_iface);
    setTypeKind(type, record, fields);
    setProtocol(record, fields);
    // Payloads stay in event.original.
    flattenRecord(record, fields, 'suricata.eve', (name) =>
      /\.(?:payload(?:_printable)?|packet|http_(?:request|response)_body(?:_printable)?)$/.test(name)
        ? undefined
        : name,
    );
    return true;
  },
});
