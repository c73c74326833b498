import { normalizeIp } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, setPort, setSource } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { epochInstant, setTime } from '../event-time.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setDestinationEndpoint, setSourceEndpoint, setUserName, severityOfWord } from '../json/values.js';
import { keepRecord, setAlert, setKind, setRecordTime, setService } from './service-record.js';

/** Calls that give out a session. */
const LOGINS = new Set([
  'ConsoleLogin',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'UserAuthentication',
  'Federate',
  'Authenticate',
]);

function setTrailUser(fields: EventFields, record: JsonRecord): void {
  const type = textAt(record, 'userIdentity', 'type');
  // AWS hides what was typed as a user name when no such user is there: it may be a password.
  const name =
    textAt(record, 'userIdentity', 'userName') ??
    textAt(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'userName');
  if (name !== undefined && name !== 'HIDDEN_DUE_TO_SECURITY_REASONS') setUserName(fields, name);
  else if (type === 'Root') fields['user.name'] = 'root';
  const id = textAt(record, 'userIdentity', 'principalId');
  if (id !== undefined) fields['user.id'] = id;
}

function trailCategory(source: string, action: string, readOnly: unknown): readonly [string, string] {
  if (LOGINS.has(action)) return ['authentication', 'start'];
  if (/^(?:iam|sts|sso|organizations|identitystore)\./.test(source))
    return ['iam', readOnly === false ? 'change' : 'info'];
  return readOnly === false ? ['configuration', 'change'] : ['api', 'info'];
}

/** AWS CloudTrail records (CloudTrail User Guide, "Record contents"). */
export const cloudtrail = jsonDecoder({
  name: 'aws_cloudtrail',
  types: ['aws-cloudtrail', 'cloudtrail', 'aws.cloudtrail'],
  recogniseRecord: (record) =>
    record.eventSource !== undefined && record.eventName !== undefined && record.eventTime !== undefined,
  decodeRecord(record, fields, context) {
    const action = textAt(record, 'eventName');
    const source = textAt(record, 'eventSource');
    if (action === undefined || source === undefined) return false;
    setService(fields, 'aws', 'cloudtrail');
    setRecordTime(fields, context, record.eventTime);
    const console = textAt(record, 'responseElements', 'ConsoleLogin');
    const error = textAt(record, 'errorCode') ?? textAt(record, 'errorMessage');
    const failed = console === undefined ? error !== undefined : console === 'Failure';
    const [category, type] = trailCategory(source, action, record.readOnly);
    setKind(fields, category, type, action, failed ? 'failure' : 'success');
    fields['event.provider'] = source;
    const reason = textAt(record, 'errorMessage') ?? error;
    if (reason !== undefined && failed) fields['event.reason'] = reason;
    const address = textAt(record, 'sourceIPAddress') ?? textAt(record, 'source_ip_address');
    if (address !== undefined) setSource(fields, address, undefined, true);
    setTrailUser(fields, record);
    const agent = textAt(record, 'userAgent');
    if (agent !== undefined) fields['user_agent.original'] = agent;
    const account = textAt(record, 'recipientAccountId') ?? textAt(record, 'userIdentity', 'accountId');
    if (account !== undefined) fields['cloud.account.id'] = account;
    const region = textAt(record, 'awsRegion');
    if (region !== undefined) fields['cloud.region'] = region;
    fields['cloud.provider'] = 'aws';
    keepRecord(fields, record, 'aws');
    return true;
  },
});

function findingSeverity(score: number | undefined): Severity {
  if (score === undefined || score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 ? 'high' : 'critical';
}

/** The other end of what GuardDuty saw; what the account's own side began goes to `destination`. */
function setRemote(fields: EventFields, action: JsonRecord): void {
  const probe: unknown = valueAt(action, 'portProbeAction', 'portProbeDetails');
  const first: unknown = Array.isArray(probe) ? probe[0] : undefined;
  const detail =
    valueAt(action, 'networkConnectionAction') ??
    valueAt(action, 'awsApiCallAction') ??
    valueAt(action, 'kubernetesApiCallAction') ??
    valueAt(action, 'rdsLoginAttemptAction') ??
    first;
  if (!isJsonRecord(detail)) return;
  const remote =
    textAt(detail, 'remoteIpDetails', 'ipAddressV4') ?? textAt(detail, 'remoteIpDetails', 'ipAddressV6');
  if (textAt(detail, 'connectionDirection') === 'OUTBOUND') {
    setDestinationEndpoint(fields, remote, valueAt(detail, 'remotePortDetails', 'port'));
    return;
  }
  setSourceEndpoint(fields, remote, valueAt(detail, 'remotePortDetails', 'port'));
  const port = numberAt(detail, 'localPortDetails', 'port');
  if (port !== undefined) setPort(fields, 'destination.port', String(port));
}

/** AWS GuardDuty findings (GetFindings); EventBridge's and Wazuh's wrapping is opened before. */
export const guardduty = jsonDecoder({
  name: 'aws_guardduty',
  types: ['guardduty', 'aws.guardduty'],
  recogniseRecord: (record) =>
    typeof (record.type ?? record.Type) === 'string' &&
    isJsonRecord(record.service ?? record.Service) &&
    record.severity !== undefined &&
    (record.accountId ?? record.AccountId) !== undefined,
  decodeRecord(record, fields, context) {
    setService(fields, 'aws', 'guardduty');
    setRecordTime(
      fields,
      context,
      valueAt(record, 'service', 'eventLastSeen'),
      record.updatedAt,
      record.createdAt,
    );
    setAlert(
      fields,
      findingSeverity(numberAt(record, 'severity')),
      textAt(record, 'type'),
      textAt(record, 'id'),
    );
    setKind(fields, 'intrusion_detection', 'info', EVENT_ACTION.intrusionDetected);
    fields.message = textAt(record, 'title') ?? textAt(record, 'description') ?? fields.message;
    const action = valueAt(record, 'service', 'action');
    if (isJsonRecord(action)) setRemote(fields, action);
    setUserName(fields, valueAt(record, 'resource', 'accessKeyDetails', 'userName'));
    fields['cloud.provider'] = 'aws';
    keepRecord(fields, record, 'aws');
    return true;
  },
});

function finding(record: JsonRecord): JsonRecord | undefined {
  const list: unknown = record.findings;
  const one: unknown = isJsonRecord(record.finding) ? record.finding : Array.isArray(list) ? list[0] : record;
  return isJsonRecord(one) && one.ProductArn !== undefined && one.Title !== undefined ? one : undefined;
}

/** AWS Security Hub findings (AWS Security Finding Format). */
export const securityHub = jsonDecoder({
  name: 'aws_securityhub',
  types: ['aws_security_hub', 'securityhub', 'aws.securityhub_findings'],
  recogniseRecord: (record) => finding(record) !== undefined,
  decodeRecord(record, fields, context) {
    const one = finding(record);
    if (!one) return false;
    setService(fields, 'aws', 'securityhub_findings');
    setRecordTime(fields, context, one.LastObservedAt, one.UpdatedAt, one.CreatedAt);
    const severity =
      severityOfWord(textAt(one, 'Severity', 'Label')) ??
      findingSeverity((numberAt(one, 'Severity', 'Normalized') ?? 0) / 10);
    setAlert(fields, severity, textAt(one, 'Title'), textAt(one, 'GeneratorId'));
    const status = textAt(one, 'Compliance', 'Status');
    setKind(
      fields,
      status === undefined ? 'intrusion_detection' : 'configuration',
      'info',
      EVENT_ACTION.securityFinding,
      status === 'FAILED' ? 'failure' : status === 'PASSED' ? 'success' : undefined,
    );
    fields.message = textAt(one, 'Title') ?? fields.message;
    setSourceEndpoint(
      fields,
      textAt(one, 'Network', 'SourceIpV4') ?? textAt(one, 'Network', 'SourceIpV6'),
      valueAt(one, 'Network', 'SourcePort'),
    );
    setDestinationEndpoint(
      fields,
      textAt(one, 'Network', 'DestinationIpV4') ?? textAt(one, 'Network', 'DestinationIpV6'),
      valueAt(one, 'Network', 'DestinationPort'),
    );
    const account = textAt(one, 'AwsAccountId');
    if (account !== undefined) fields['cloud.account.id'] = account;
    fields['cloud.provider'] = 'aws';
    keepRecord(fields, one, 'aws');
    return true;
  },
});

const PROTOCOLS = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['58', 'ipv6-icmp'],
]);
const FLOW =
  /^([2-9]) (\d{12}|unknown) (eni-[0-9a-f]{8,17}) ([0-9a-f:.]{3,45}|-) ([0-9a-f:.]{3,45}|-) (\d{1,5}|-) (\d{1,5}|-) (\d{1,3}|-) (\d{1,15}|-) (\d{1,18}|-) (\d{9,11}) (\d{9,11}) (ACCEPT|REJECT|-) (OK|NODATA|SKIPDATA)\b/;

/** VPC flow logs in their default format (Amazon VPC User Guide, "Flow log records"). */
export const vpcFlow: Decoder = {
  name: 'aws_vpcflow',
  types: ['vpcflow', 'vpc_flow', 'aws.vpcflow'],
  programs: [],
  wholeLines: true,
  recognise: (_header, message) => message.charCodeAt(1) === 32 && FLOW.test(message.slice(0, 300)),
  decode(message, _header, fields) {
    const flow = FLOW.exec(message.slice(0, 300));
    if (!flow) return false;
    setService(fields, 'aws', 'vpcflow');
    const [
      ,
      ,
      account = '',
      eni = '',
      from = '',
      to = '',
      fromPort = '',
      toPort = '',
      protocol = '',
      packets = '',
      bytes = '',
      ,
      end = '',
      action,
      status = '',
    ] = flow;
    setTime(fields, epochInstant(Number(end)));
    const accepted = action === 'ACCEPT';
    setKind(
      fields,
      'network',
      action === 'REJECT' ? 'denied' : accepted ? 'allowed' : 'info',
      action === '-'
        ? EVENT_ACTION.connection
        : accepted
          ? EVENT_ACTION.firewallAccept
          : EVENT_ACTION.firewallDrop,
      action === '-' ? 'unknown' : accepted ? 'success' : 'failure',
    );
    if (normalizeIp(from) !== undefined) setSource(fields, from, fromPort);
    setDestinationEndpoint(fields, to, toPort);
    const transport = PROTOCOLS.get(protocol);
    if (transport !== undefined) fields['network.transport'] = transport;
    if (protocol !== '-') fields['network.iana_number'] = protocol;
    if (packets !== '-') fields['network.packets'] = Number(packets);
    if (bytes !== '-') fields['network.bytes'] = Number(bytes);
    fields['cloud.provider'] = 'aws';
    fields['cloud.account.id'] = account;
    fields['aws.vpcflow.interface_id'] = eni;
    fields['aws.vpcflow.log_status'] = status;
    if (action === 'REJECT') atLeast(fields, 'low');
    return true;
  },
};
