import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { isJsonRecord, jsonDecoder, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setSourceEndpoint, setText, setUserName, severityOfWord } from '../json/values.js';
import { keepRecord, setAlert, setKind, setRecordTime, setService } from './service-record.js';

/**
 * Entra's codes for "go on": further steps that the sign-in itself asks for (second factor, consent, choice of an account). No wrong
 * password was given (Microsoft identity platform, "AADSTS error codes").
 */
const INTERRUPTS = new Set([
  '16000',
  '16001',
  '16003',
  '50055',
  '50058',
  '50072',
  '50074',
  '50076',
  '50078',
  '50079',
  '50097',
  '50125',
  '50127',
  '50129',
  '50132',
  '50140',
  '50143',
  '50144',
  '50199',
  '50203',
  '65001',
  '65004',
  '70044',
  '81012',
]);

function signInOutcome(code: string): 'success' | 'failure' | 'unknown' {
  if (code === '0') return 'success';
  return INTERRUPTS.has(code) ? 'unknown' : 'failure';
}

/** One sign-in, as the Graph API gives it and as `properties` of Azure Monitor's record holds it. */
function setSignIn(signIn: JsonRecord, code: string, fields: EventFields): void {
  setService(fields, 'azure', 'signinlogs');
  setKind(fields, 'authentication', 'start', EVENT_ACTION.userLogin, signInOutcome(code));
  setText(
    fields,
    'event.reason',
    code === '0' ? undefined : (valueAt(signIn, 'status', 'failureReason') ?? code),
  );
  fields['azure.signinlogs.result_type'] = code;
  setUserName(fields, textAt(signIn, 'userPrincipalName') ?? textAt(signIn, 'servicePrincipalName'));
  setText(fields, 'user.id', signIn.userId);
  setText(fields, 'user.full_name', signIn.userDisplayName);
  setSourceEndpoint(fields, signIn.ipAddress);
  setText(fields, 'user_agent.original', signIn.userAgent);
  setText(fields, 'azure.signinlogs.properties.app_display_name', signIn.appDisplayName);
  const risk = severityOfWord(textAt(signIn, 'riskLevelDuringSignIn'));
  if (risk) atLeast(fields, risk);
}

/** Entra sign-ins as the Graph API's objects. */
export const entraSignIn = jsonDecoder({
  name: 'entra_signin',
  types: ['azure_signin', 'azuread', 'azure.signinlogs'],
  recogniseRecord: (record) =>
    record.createdDateTime !== undefined &&
    record.userPrincipalName !== undefined &&
    isJsonRecord(record.status) &&
    record.appDisplayName !== undefined,
  decodeRecord(record, fields, context) {
    setRecordTime(fields, context, record.createdDateTime);
    setSignIn(record, textAt(record, 'status', 'errorCode') ?? '0', fields);
    fields['cloud.provider'] = 'azure';
    keepRecord(fields, record, 'azure');
    return true;
  },
});

const NAME_CLAIMS = [
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
];

function claimedName(record: JsonRecord): string | undefined {
  const claims = valueAt(record, 'identity', 'claims') ?? record.claims;
  if (!isJsonRecord(claims)) return textAt(record, 'caller');
  return (
    NAME_CLAIMS.map((claim) => textAt(claims, claim)).find((name) => name !== undefined) ??
    textAt(record, 'caller')
  );
}

function operationType(operation: string): string {
  if (/delete|remove/i.test(operation)) return 'deletion';
  if (/create|add/i.test(operation)) return 'creation';
  return /read|list|get/i.test(operation) ? 'access' : 'change';
}

function resultOutcome(result: string | undefined): 'success' | 'failure' | undefined {
  if (result === undefined) return undefined;
  if (/^(?:success|succeeded|succeed|true|0|ok)$/i.test(result)) return 'success';
  return /^(?:fail|failed|failure|false|denied|unauthorized)$/i.test(result) ? 'failure' : undefined;
}

/** Azure Monitor's records (resource logs common schema): sign-ins, Entra's audit log, the activity log, resource logs. */
export const azure = jsonDecoder({
  name: 'azure',
  types: ['azure_monitor', 'azure_activity', 'azure.activitylogs', 'azure.auditlogs'],
  recogniseRecord: (record) =>
    record.operationName !== undefined &&
    record.category !== undefined &&
    (record.resourceId !== undefined || record.tenantId !== undefined) &&
    (record.time ?? record.timeStamp ?? record.eventTimestamp) !== undefined,
  decodeRecord(record, fields, context) {
    setRecordTime(fields, context, record.time, record.timeStamp, record.eventTimestamp);
    const category = textAt(record, 'category') ?? textAt(record, 'category', 'value') ?? '';
    const operation = textAt(record, 'operationName') ?? textAt(record, 'operationName', 'value') ?? '';
    const properties = isJsonRecord(record.properties) ? record.properties : {};
    const result = textAt(record, 'resultType');
    setSourceEndpoint(fields, record.callerIpAddress);
    if (/SignInLogs$/.test(category))
      setSignIn(properties, textAt(properties, 'status', 'errorCode') ?? result ?? '0', fields);
    else if (category === 'AuditLogs') {
      setService(fields, 'azure', 'auditlogs');
      setKind(
        fields,
        'iam',
        operationType(operation),
        operation,
        resultOutcome(textAt(properties, 'result') ?? textAt(record, 'resultSignature') ?? result),
      );
      setUserName(
        fields,
        textAt(properties, 'initiatedBy', 'user', 'userPrincipalName') ??
          textAt(properties, 'initiatedBy', 'app', 'displayName'),
      );
      setSourceEndpoint(fields, valueAt(properties, 'initiatedBy', 'user', 'ipAddress'));
    } else {
      const activity =
        /^(?:Administrative|Security|Policy|Write|Delete|Action|ServiceHealth|Alert|Autoscale|Recommendation)$/.test(
          category,
        );
      setService(fields, 'azure', activity ? 'activitylogs' : 'platformlogs');
      setKind(
        fields,
        activity ? 'configuration' : 'api',
        operationType(operation),
        operation,
        resultOutcome(result ?? textAt(record, 'status', 'value')),
      );
      setUserName(fields, claimedName(record));
    }
    fields['cloud.provider'] = 'azure';
    const level = severityOfWord(textAt(record, 'level') ?? textAt(record, 'Level'));
    if (level && fields['event.outcome'] !== 'success') atLeast(fields, level);
    keepRecord(fields, record, 'azure');
    return true;
  },
});

/** Office 365's operations that are log-ins; all others are changes and accesses. */
const O365_LOGINS = new Set([
  'UserLoggedIn',
  'UserLoginFailed',
  'MailboxLogin',
  'TeamsSessionStarted',
  'ForeignRealmIndexLogonInitialAuthUsingADFSFederatedToken',
]);

function o365Kind(operation: string, workload: string): readonly [string, string] {
  if (O365_LOGINS.has(operation)) return ['authentication', 'start'];
  if (/Malware/i.test(operation)) return ['malware', 'info'];
  if (
    /^AzureActiveDirectory/.test(workload) ||
    /member|user|role|service principal|permission/i.test(operation)
  )
    return ['iam', operationType(operation)];
  if (/^(?:OneDrive|SharePoint)/.test(workload) || /^File|^Folder/.test(operation))
    return ['file', operationType(operation)];
  if (/^Exchange/.test(workload)) return ['email', 'info'];
  return ['api', 'info'];
}

/** Office 365's unified audit log (Management Activity API schema). */
export const office365 = jsonDecoder({
  name: 'office365',
  types: ['o365', 'o365.audit', 'm365', 'office_365'],
  recogniseRecord: (record) =>
    record.CreationTime !== undefined &&
    record.UserId !== undefined &&
    (record.RecordType !== undefined || record.Workload !== undefined),
  decodeRecord(record, fields, context) {
    setService(fields, 'o365', 'audit');
    setRecordTime(fields, context, record.CreationTime);
    const operation = textAt(record, 'Operation') ?? textAt(record, 'Workload') ?? '';
    const failed =
      operation === 'UserLoginFailed' || /^(?:Failed|False)$/i.test(textAt(record, 'ResultStatus') ?? '');
    const [category, type] = o365Kind(operation, textAt(record, 'Workload') ?? '');
    const told = resultOutcome(textAt(record, 'ResultStatus'));
    setKind(fields, category, type, operation, failed ? 'failure' : (told ?? 'success'));
    if (failed) setText(fields, 'event.reason', textAt(record, 'LogonError') ?? record.ResultStatusDetail);
    if (category === 'malware') atLeast(fields, 'high');
    const user = textAt(record, 'UserId');
    if (setUserName(fields, user) && user?.includes('@')) fields['user.email'] = user;
    if (!setSourceEndpoint(fields, record.ClientIP) && !setSourceEndpoint(fields, record.ClientIPAddress))
      setSourceEndpoint(fields, record.ActorIpAddress);
    setText(fields, 'event.provider', record.Workload);
    setText(fields, 'user_agent.original', record.UserAgent);
    const file = textAt(record, 'SourceFileName');
    if (file !== undefined) fields['file.name'] = file;
    fields['cloud.provider'] = 'azure';
    keepRecord(fields, record, 'o365');
    return true;
  },
});

/** Whose account an alert's evidence names, if it is one. */
function evidenceUser(record: JsonRecord): string | undefined {
  const evidence: unknown = record.evidence;
  if (!Array.isArray(evidence)) return undefined;
  const names = evidence
    .slice(0, 50)
    .filter(isJsonRecord)
    .map(
      (one) => textAt(one, 'userAccount', 'userPrincipalName') ?? textAt(one, 'userAccount', 'accountName'),
    )
    .filter((name) => name !== undefined);
  return new Set(names).size === 1 ? names[0] : undefined;
}

/** Alerts of Microsoft Graph security (alerts_v2) and its older form. */
export const msGraph = jsonDecoder({
  name: 'ms_graph',
  types: ['ms-graph', 'microsoft_graph', 'm365_defender', 'm365_defender.alert'],
  recogniseRecord: (record) =>
    record.title !== undefined &&
    record.severity !== undefined &&
    record.createdDateTime !== undefined &&
    (record.serviceSource !== undefined || record.vendorInformation !== undefined),
  decodeRecord(record, fields, context) {
    setService(fields, 'm365_defender', 'alert');
    setRecordTime(fields, context, record.lastActivityDateTime, record.eventDateTime, record.createdDateTime);
    const resolved = record.status === 'resolved';
    setAlert(
      fields,
      resolved ? 'info' : severityOfWord(textAt(record, 'severity')),
      textAt(record, 'title'),
      textAt(record, 'detectorId'),
    );
    setKind(
      fields,
      textAt(record, 'category')?.toLowerCase() === 'malware' ? 'malware' : 'intrusion_detection',
      'info',
      EVENT_ACTION.securityFinding,
    );
    fields.message = textAt(record, 'title') ?? fields.message;
    setUserName(fields, evidenceUser(record));
    setText(fields, 'event.provider', record.serviceSource);
    keepRecord(fields, record, 'm365_defender');
    return true;
  },
});
