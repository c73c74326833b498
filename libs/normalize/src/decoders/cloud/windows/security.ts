import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../../decoder.js';
import type { EventFields } from '../../decoder.js';
import { nameOf, setSourceEndpoint } from '../../json/values.js';
import { LOGON_TYPES, isUnknownUser, kerberosReason, logonReason } from './codes.js';
import { setProcess } from './process.js';
import { auditOutcome, datum, firstDatum } from './win-event.js';
import type { WinEvent } from './win-event.js';

/** Whose name `user.name` is: the account that the event is about, or the one that acted. */
type Who = 'target' | 'subject';
/** category, type, action, who. Actions are Elastic's (winlogbeat's security module). */
type Row = readonly [category: string, type: string, action: string, who: Who];

const ADDED: Row = ['iam', 'creation', 'added-group-account', 'subject'];
const MEMBER_ADDED: Row = ['iam', 'change', 'added-member-to-group', 'subject'];
const MEMBER_REMOVED: Row = ['iam', 'change', 'removed-member-from-group', 'subject'];
const GROUP_DELETED: Row = ['iam', 'deletion', 'deleted-group-account', 'subject'];
const GROUP_MODIFIED: Row = ['iam', 'change', 'modified-group-account', 'subject'];
const ALLOWED: Row = ['network', 'allowed', 'windows-firewall-connection', 'subject'];
const BLOCKED: Row = ['network', 'denied', 'windows-firewall-packet-block', 'subject'];

/** Microsoft's "Appendix L: Events to monitor" and the audit policy reference. */
const EVENTS = new Map<string, Row>([
  ['1100', ['process', 'end', 'logging-service-shutdown', 'subject']],
  ['1102', ['iam', 'admin', EVENT_ACTION.auditLogCleared, 'subject']],
  ['1104', ['iam', 'admin', 'logging-full', 'subject']],
  ['1105', ['iam', 'admin', 'auditlog-archieved', 'subject']],
  ['4608', ['host', 'start', 'windows-started', 'subject']],
  ['4609', ['host', 'end', 'windows-shut-down', 'subject']],
  ['4616', ['configuration', 'change', 'system-time-changed', 'subject']],
  ['4624', ['authentication', 'start', EVENT_ACTION.windowsLogon, 'target']],
  ['4625', ['authentication', 'start', EVENT_ACTION.windowsLogonFailed, 'target']],
  ['4634', ['authentication', 'end', EVENT_ACTION.windowsLogoff, 'target']],
  ['4647', ['authentication', 'end', EVENT_ACTION.windowsLogoff, 'target']],
  ['4648', ['authentication', 'start', 'logged-in-explicit', 'subject']],
  ['4649', ['authentication', 'info', 'replay-attack-detected', 'target']],
  ['4656', ['file', 'access', 'object-handle-requested', 'subject']],
  ['4657', ['registry', 'change', 'registry-value-modified', 'subject']],
  ['4660', ['file', 'deletion', 'object-deleted', 'subject']],
  ['4661', ['iam', 'info', 'object-handle-requested', 'subject']],
  ['4662', ['iam', 'info', 'object-operation-performed', 'subject']],
  ['4663', ['file', 'access', 'object-accessed', 'subject']],
  ['4670', ['iam', 'change', 'permissions-changed', 'subject']],
  ['4672', ['iam', 'admin', 'logged-in-special', 'subject']],
  ['4673', ['iam', 'admin', 'privileged-service-called', 'subject']],
  ['4674', ['iam', 'admin', 'privileged-operation', 'subject']],
  ['4688', ['process', 'start', 'created-process', 'subject']],
  ['4689', ['process', 'end', 'exited-process', 'subject']],
  ['4697', ['configuration', 'change', 'service-installed', 'subject']],
  ['4698', ['configuration', 'creation', 'scheduled-task-created', 'subject']],
  ['4699', ['configuration', 'deletion', 'scheduled-task-deleted', 'subject']],
  ['4700', ['configuration', 'change', 'scheduled-task-enabled', 'subject']],
  ['4701', ['configuration', 'change', 'scheduled-task-disabled', 'subject']],
  ['4702', ['configuration', 'change', 'scheduled-task-updated', 'subject']],
  ['4703', ['iam', 'change', 'token-right-adjusted', 'subject']],
  ['4704', ['iam', 'change', 'user-right-assigned', 'subject']],
  ['4706', ['configuration', 'creation', 'domain-trust-added', 'subject']],
  ['4707', ['configuration', 'deletion', 'domain-trust-removed', 'subject']],
  ['4713', ['configuration', 'change', 'kerberos-policy-changed', 'subject']],
  ['4719', ['configuration', 'change', 'changed-audit-config', 'subject']],
  ['4720', ['iam', 'creation', 'added-user-account', 'subject']],
  ['4722', ['iam', 'change', 'enabled-user-account', 'subject']],
  ['4723', ['iam', 'change', 'changed-password', 'subject']],
  ['4724', ['iam', 'change', 'reset-password', 'subject']],
  ['4725', ['iam', 'change', 'disabled-user-account', 'subject']],
  ['4726', ['iam', 'deletion', 'deleted-user-account', 'subject']],
  ['4727', ADDED],
  ['4728', MEMBER_ADDED],
  ['4729', MEMBER_REMOVED],
  ['4730', GROUP_DELETED],
  ['4731', ADDED],
  ['4732', MEMBER_ADDED],
  ['4733', MEMBER_REMOVED],
  ['4734', GROUP_DELETED],
  ['4735', GROUP_MODIFIED],
  ['4737', GROUP_MODIFIED],
  ['4738', ['iam', 'change', 'modified-user-account', 'subject']],
  ['4739', ['configuration', 'change', 'domain-policy-changed', 'subject']],
  ['4740', ['iam', 'change', 'locked-out-user-account', 'target']],
  ['4741', ['iam', 'creation', 'added-computer-account', 'subject']],
  ['4742', ['iam', 'change', 'changed-computer-account', 'subject']],
  ['4743', ['iam', 'deletion', 'deleted-computer-account', 'subject']],
  ['4754', ADDED],
  ['4755', GROUP_MODIFIED],
  ['4756', MEMBER_ADDED],
  ['4757', MEMBER_REMOVED],
  ['4758', GROUP_DELETED],
  ['4764', ['iam', 'change', 'type-changed-group-account', 'subject']],
  ['4767', ['iam', 'change', 'unlocked-user-account', 'subject']],
  ['4768', ['authentication', 'start', EVENT_ACTION.kerberosTicket, 'target']],
  ['4769', ['authentication', 'info', 'kerberos-service-ticket-requested', 'target']],
  ['4770', ['authentication', 'info', 'kerberos-service-ticket-renewed', 'target']],
  ['4771', ['authentication', 'start', EVENT_ACTION.kerberosPreauthFailed, 'target']],
  ['4776', ['authentication', 'info', EVENT_ACTION.windowsCredentialValidated, 'target']],
  ['4778', ['authentication', 'start', 'session-reconnected', 'target']],
  ['4779', ['authentication', 'end', 'session-disconnected', 'target']],
  ['4781', ['iam', 'change', 'renamed-user-account', 'subject']],
  ['4798', ['iam', 'info', 'group-membership-enumerated', 'subject']],
  ['4799', ['iam', 'info', 'user-member-enumerated', 'subject']],
  ['4800', ['session', 'info', 'workstation-locked', 'target']],
  ['4801', ['session', 'info', 'workstation-unlocked', 'target']],
  ['4825', ['authentication', 'start', EVENT_ACTION.windowsLogonFailed, 'target']],
  ['4964', ['iam', 'admin', 'logged-in-special', 'target']],
  ['5136', ['iam', 'change', 'directory-service-object-modified', 'subject']],
  ['5137', ['iam', 'creation', 'directory-service-object-created', 'subject']],
  ['5141', ['iam', 'deletion', 'directory-service-object-deleted', 'subject']],
  ['5140', ['file', 'access', 'network-share-object-accessed', 'subject']],
  ['5142', ['configuration', 'creation', 'network-share-object-added', 'subject']],
  ['5143', ['configuration', 'change', 'network-share-object-modified', 'subject']],
  ['5144', ['configuration', 'deletion', 'network-share-object-deleted', 'subject']],
  ['5145', ['file', 'access', 'network-share-object-access-checked', 'subject']],
  ['5152', BLOCKED],
  ['5154', ['network', 'allowed', 'windows-firewall-listen', 'subject']],
  ['5156', ALLOWED],
  ['5157', BLOCKED],
  ['5158', ['network', 'info', 'windows-firewall-bind', 'subject']],
  ['5379', ['iam', 'info', 'credential-manager-credentials-read', 'subject']],
  ['6416', ['host', 'info', EVENT_ACTION.deviceAttached, 'subject']],
]);

/** Failures that say who tried, not that something broke. */
const LOGON_FAILURES = new Set(['4625', '4768', '4771', '4776', '4825']);
/** Only these tell of a client's address as `IpAddress` (or `ClientAddress`). */
const REMOTE = new Set([
  '4624',
  '4625',
  '4648',
  '4768',
  '4769',
  '4770',
  '4771',
  '4778',
  '4779',
  '4820',
  '4821',
  '4825',
  '5140',
  '5145',
]);
/** What weakens the defence or changes who may do what. */
const MEDIUM = new Set([
  '1102',
  '4719',
  '4740',
  '4649',
  '4697',
  '4698',
  '4720',
  '4732',
  '4728',
  '4756',
  '4724',
  '4726',
]);

function setUsers(event: WinEvent, fields: EventFields, who: Who): void {
  const target = nameOf(
    firstDatum(event, 'TargetUserName', 'TargetAccount', 'AccountName', 'TargetSid_name'),
  );
  const subject = nameOf(datum(event, 'SubjectUserName'));
  const targetDomain = nameOf(firstDatum(event, 'TargetDomainName', 'AccountDomain'));
  const subjectDomain = nameOf(datum(event, 'SubjectDomainName'));
  const [name, domain, id] =
    who === 'target'
      ? [target, targetDomain, nameOf(firstDatum(event, 'TargetUserSid', 'TargetSid'))]
      : [subject, subjectDomain, nameOf(datum(event, 'SubjectUserSid'))];
  if (name !== undefined) fields['user.name'] = name;
  if (domain !== undefined) fields['user.domain'] = domain;
  if (id !== undefined && id !== 'S-1-0-0') fields['user.id'] = id;
  if (who === 'target' || target === undefined) return;
  const role = event.id === '4648' || event.id === '4688' ? 'user.effective' : 'user.target';
  fields[`${role}.name`] = target;
  if (targetDomain !== undefined) fields[`${role}.domain`] = targetDomain;
}

function setConnection(event: WinEvent, fields: EventFields): void {
  const outbound = datum(event, 'Direction') === '%%14593';
  setSourceEndpoint(fields, datum(event, 'SourceAddress'), datum(event, 'SourcePort'));
  const destination = datum(event, 'DestAddress');
  if (destination !== undefined) {
    const port = Number(datum(event, 'DestPort'));
    fields['destination.ip'] = destination;
    if (Number.isInteger(port) && port > 0) fields['destination.port'] = port;
  }
  fields['network.direction'] = outbound ? 'egress' : 'ingress';
  const protocol = datum(event, 'Protocol');
  if (protocol !== undefined) fields['network.iana_number'] = protocol;
  if (protocol === '6') fields['network.transport'] = 'tcp';
  else if (protocol === '17') fields['network.transport'] = 'udp';
  else if (protocol === '1') fields['network.transport'] = 'icmp';
}

function setLogon(event: WinEvent, fields: EventFields): void {
  const type = datum(event, 'LogonType');
  const name = type === undefined ? undefined : LOGON_TYPES.get(type.trim());
  if (name !== undefined) fields['winlog.logon.type'] = name;
  const logonId = firstDatum(event, 'TargetLogonId', 'SubjectLogonId', 'LogonID');
  if (logonId !== undefined) fields['winlog.logon.id'] = logonId;
  const workstation = nameOf(firstDatum(event, 'WorkstationName', 'Workstation', 'ClientName'));
  if (workstation !== undefined && REMOTE.has(event.id))
    fields['source.domain'] = workstation.replace(/^\\\\/, '');
  setSourceEndpoint(fields, firstDatum(event, 'IpAddress', 'ClientAddress'), datum(event, 'IpPort'));
}

function setOutcome(event: WinEvent, fields: EventFields): void {
  const status = firstDatum(event, 'Status', 'FailureCode', 'ResultCode');
  const reason =
    event.id === '4768' || event.id === '4769' || event.id === '4771'
      ? kerberosReason(status)
      : logonReason(datum(event, 'SubStatus'), status);
  const refused = LOGON_FAILURES.has(event.id) && reason !== undefined;
  const failedById = event.id === '4625' || event.id === '4771' || event.id === '4825';
  const outcome = failedById || refused ? 'failure' : (auditOutcome(event) ?? 'success');
  fields['event.outcome'] = outcome;
  if (outcome !== 'failure') return;
  if (reason !== undefined && LOGON_FAILURES.has(event.id)) fields['event.reason'] = reason;
  if (isUnknownUser(datum(event, 'SubStatus')) || (LOGON_FAILURES.has(event.id) && isUnknownUser(status)))
    fields['labels.invalid_user'] = true;
  atLeast(fields, 'low');
}

/** The Security log's events (provider Microsoft-Windows-Security-Auditing, and Eventlog's own 11xx). */
export function decodeSecurity(event: WinEvent, fields: EventFields): void {
  const row = EVENTS.get(event.id);
  setOutcome(event, fields);
  setUsers(event, fields, row?.[3] ?? 'subject');
  if (!row) return;
  fields['event.category'] = row[0];
  fields['event.type'] = row[1];
  fields['event.action'] = row[2];
  if (row[0] === 'authentication' || REMOTE.has(event.id)) setLogon(event, fields);
  if (row[0] === 'network') setConnection(event, fields);
  if (row[0] === 'process') {
    setProcess(fields, {
      executable: firstDatum(event, 'NewProcessName', 'ProcessName'),
      pid: event.id === '4688' ? datum(event, 'NewProcessId') : datum(event, 'ProcessId'),
      commandLine: datum(event, 'CommandLine'),
      parent: datum(event, 'ParentProcessName'),
      parentPid: event.id === '4688' ? datum(event, 'ProcessId') : undefined,
    });
  } else
    setProcess(fields, {
      executable: firstDatum(event, 'ProcessName', 'Application'),
      pid: firstDatum(event, 'ProcessId', 'ProcessID'),
    });
  const group = row[2].includes('group') ? nameOf(datum(event, 'TargetUserName')) : undefined;
  if (group !== undefined) fields['group.name'] = group;
  const service = datum(event, 'ServiceName');
  if (service !== undefined) fields['service.name'] = service;
  if (MEDIUM.has(event.id)) atLeast(fields, 'medium');
}
