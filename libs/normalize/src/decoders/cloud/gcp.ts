import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import {
  setDestinationEndpoint,
  setNumber,
  setSourceEndpoint,
  setText,
  setUrl,
  setUserName,
  severityOfWord,
} from '../json/values.js';
import { keepRecord, setAlert, setKind, setRecordTime, setService } from './service-record.js';

const TRANSPORTS = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'ipv6-icmp'],
]);

function auditKind(service: string, method: string): readonly [string, string] {
  if (/[Ll]oginService\.login(?:Success|Failure|Verification|Challenge)/.test(method))
    return ['authentication', 'start'];
  if (service === 'iam.googleapis.com' || /SetIamPolicy|setIamPolicy|ServiceAccount/.test(method))
    return ['iam', /[Dd]elete/.test(method) ? 'deletion' : /[Cc]reate/.test(method) ? 'creation' : 'change'];
  if (/(?:^|\.)(?:[Ll]ist|[Gg]et|[Rr]ead|[Ss]earch|aggregatedList)/.test(method)) return ['api', 'access'];
  return [
    'configuration',
    /[Dd]elete/.test(method) ? 'deletion' : /[Cc]reate|[Ii]nsert/.test(method) ? 'creation' : 'change',
  ];
}

/** google.cloud.audit.AuditLog */
function setAudit(payload: JsonRecord, fields: EventFields): void {
  setService(fields, 'gcp', 'audit');
  const method = textAt(payload, 'methodName') ?? '';
  const service = textAt(payload, 'serviceName') ?? '';
  const code = numberAt(payload, 'status', 'code') ?? 0;
  const failed = code !== 0 || /loginFailure/.test(method);
  const [category, type] = auditKind(service, method);
  setKind(fields, category, type, method === '' ? undefined : method, failed ? 'failure' : 'success');
  const reason = textAt(payload, 'status', 'message');
  if (failed && reason !== undefined) fields['event.reason'] = reason;
  const email = textAt(payload, 'authenticationInfo', 'principalEmail');
  if (setUserName(fields, email) && email?.includes('@')) fields['user.email'] = email;
  // "private" and "gce-internal-ip" stand for Google's own.
  setSourceEndpoint(fields, textAt(payload, 'requestMetadata', 'callerIp'));
  setText(fields, 'user_agent.original', valueAt(payload, 'requestMetadata', 'callerSuppliedUserAgent'));
  setText(fields, 'gcp.audit.method_name', method);
  setText(fields, 'gcp.audit.service_name', service);
  setText(fields, 'gcp.audit.resource_name', payload.resourceName);
}

function setFlow(payload: JsonRecord, fields: EventFields): boolean {
  const connection = payload.connection;
  if (!isJsonRecord(connection)) return false;
  setSourceEndpoint(fields, connection.src_ip, connection.src_port);
  setDestinationEndpoint(fields, connection.dest_ip, connection.dest_port);
  const protocol = numberAt(connection, 'protocol');
  const transport = protocol === undefined ? undefined : TRANSPORTS.get(protocol);
  if (transport !== undefined) fields['network.transport'] = transport;
  const disposition = textAt(payload, 'disposition');
  if (disposition === undefined) {
    setService(fields, 'gcp', 'vpcflow');
    setKind(fields, 'network', 'connection', EVENT_ACTION.connection);
    setNumber(fields, 'network.bytes', payload.bytes_sent);
    setNumber(fields, 'network.packets', payload.packets_sent);
    return true;
  }
  setService(fields, 'gcp', 'firewall');
  const denied = disposition === 'DENIED';
  setKind(
    fields,
    'network',
    denied ? 'denied' : 'allowed',
    denied ? EVENT_ACTION.firewallDrop : EVENT_ACTION.firewallAccept,
    denied ? 'failure' : 'success',
  );
  setText(fields, 'rule.name', valueAt(payload, 'rule_details', 'reference'));
  const direction = textAt(payload, 'rule_details', 'direction');
  if (direction !== undefined) fields['network.direction'] = direction.toLowerCase();
  return true;
}

/** LogEntry.HttpRequest */
function setHttp(request: JsonRecord, fields: EventFields): void {
  setService(fields, 'gcp', 'loadbalancing_logs');
  const status = numberAt(request, 'status');
  setKind(
    fields,
    'web',
    'access',
    EVENT_ACTION.webRequest,
    status !== undefined && status >= 400 ? 'failure' : 'success',
  );
  setText(fields, 'http.request.method', request.requestMethod);
  if (status !== undefined) fields['http.response.status_code'] = status;
  setNumber(fields, 'http.response.body.bytes', request.responseSize);
  setUrl(fields, request.requestUrl);
  setText(fields, 'user_agent.original', request.userAgent);
  setText(fields, 'http.request.referrer', request.referer);
  setSourceEndpoint(fields, request.remoteIp);
}

/** Google Cloud's LogEntry: audit logs, firewall and VPC flow logs, load balancers; others by their payload. */
export const gcp = jsonDecoder({
  name: 'gcp',
  types: ['gcp_audit', 'gcp.audit', 'google_cloud', 'stackdriver'],
  recogniseRecord: (record) =>
    record.logName !== undefined &&
    record.resource !== undefined &&
    (record.insertId !== undefined || record.timestamp !== undefined),
  decodeRecord(record, fields, context) {
    setRecordTime(fields, context, record.timestamp, record.receiveTimestamp);
    const severity = severityOfWord(textAt(record, 'severity'));
    if (severity) atLeast(fields, severity);
    const { protoPayload, jsonPayload, httpRequest } = record;
    setService(fields, 'gcp', 'log');
    if (isJsonRecord(protoPayload)) setAudit(protoPayload, fields);
    else if (isJsonRecord(httpRequest)) setHttp(httpRequest, fields);
    else if (isJsonRecord(jsonPayload)) {
      if (!setFlow(jsonPayload, fields)) fields.message = textAt(jsonPayload, 'message') ?? fields.message;
    } else fields.message = textAt(record, 'textPayload') ?? fields.message;
    setText(fields, 'cloud.project.id', valueAt(record, 'resource', 'labels', 'project_id'));
    fields['cloud.provider'] = 'gcp';
    keepRecord(fields, record, 'gcp');
    return true;
  },
});

/** Google Workspace's activity reports (Admin SDK Reports API). */
export const googleWorkspace = jsonDecoder({
  name: 'google_workspace',
  types: ['gsuite', 'google_workspace.login', 'google_workspace.admin'],
  recogniseRecord: (record) => record.kind === 'admin#reports#activity',
  decodeRecord(record, fields, context) {
    const application = textAt(record, 'id', 'applicationName') ?? 'activity';
    setService(fields, 'google_workspace', /^[a-z_]{1,40}$/.test(application) ? application : 'activity');
    setRecordTime(fields, context, valueAt(record, 'id', 'time'));
    const list: unknown = record.events;
    const event: unknown = Array.isArray(list) ? list[0] : undefined;
    const action = isJsonRecord(event) ? textAt(event, 'name') : undefined;
    const failed = action !== undefined && /failure|denied|blocked/.test(action);
    if (application === 'login' && action !== undefined && /^(?:login_|logout|risky)/.test(action))
      setKind(
        fields,
        'authentication',
        action === 'logout' ? 'end' : 'start',
        action,
        failed
          ? 'failure'
          : action === 'login_challenge' || action === 'login_verification'
            ? 'unknown'
            : 'success',
      );
    else
      setKind(
        fields,
        application === 'admin' ? 'iam' : 'api',
        'change',
        action,
        failed ? 'failure' : undefined,
      );
    if (action?.startsWith('suspicious') || action?.startsWith('account_disabled')) {
      setAlert(fields, 'medium', action);
    }
    const email = textAt(record, 'actor', 'email');
    if (setUserName(fields, email)) fields['user.email'] = email;
    setSourceEndpoint(fields, record.ipAddress);
    fields['cloud.provider'] = 'gcp';
    keepRecord(fields, record, 'google_workspace');
    return true;
  },
});
