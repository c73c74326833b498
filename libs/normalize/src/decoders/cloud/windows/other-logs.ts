import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../../decoder.js';
import type { EventFields } from '../../decoder.js';
import { nameOf, setSourceEndpoint } from '../../json/values.js';
import { setProcess } from './process.js';
import { datum, firstDatum } from './win-event.js';
import type { WinEvent } from './win-event.js';

type Decode = (event: WinEvent, fields: EventFields) => void;

function kind(
  fields: EventFields,
  category: string,
  type: string,
  action: string,
  outcome?: 'success' | 'failure',
): void {
  fields['event.category'] = category;
  fields['event.type'] = type;
  fields['event.action'] = action;
  if (outcome) fields['event.outcome'] = outcome;
}

/** "DOMAIN\user" or "user@domain". */
function setAccount(fields: EventFields, account: string | undefined): void {
  const whole = nameOf(account);
  if (whole === undefined) return;
  const slash = whole.indexOf('\\');
  if (slash > 0) fields['user.domain'] = whole.slice(0, slash);
  const name = nameOf(whole.slice(slash + 1));
  if (name !== undefined) fields['user.name'] = name;
}

/** PowerShell's own logs: 4103 module, 4104 script block, 400/403 engine, 800 pipeline. */
const powershell: Decode = (event, fields) => {
  if (event.id === '4104' || event.id === '4105' || event.id === '4106') {
    kind(fields, 'process', event.id === '4106' ? 'end' : 'start', 'execute-a-remote-command');
    const text = datum(event, 'ScriptBlockText');
    if (text !== undefined) fields['powershell.file.script_block_text'] = text;
    const id = datum(event, 'ScriptBlockId');
    if (id !== undefined) fields['powershell.file.script_block_id'] = id;
    const path = datum(event, 'Path');
    if (path !== undefined) fields['file.path'] = path;
  } else if (event.id === '4103' || event.id === '800') kind(fields, 'process', 'info', 'executing-pipeline');
  else if (event.id === '400' || event.id === '600') kind(fields, 'process', 'start', 'engine-lifecycle');
  else if (event.id === '403') kind(fields, 'process', 'end', 'engine-lifecycle');
  // "User = DOM\user" stands in a block that PowerShell writes, behind the commands that a script chose.
  const context = datum(event, 'ContextInfo');
  const users =
    context === undefined ? [] : [...context.matchAll(/^\s{0,20}(?:User|Benutzer) = ([^\r\n]{1,256})\r?$/gm)];
  if (users.length === 1) setAccount(fields, users[0]?.[1]);
};

/** Service Control Manager, Eventlog and others in the System log. */
const system: Decode = (event, fields) => {
  const service = firstDatum(event, 'ServiceName', 'param1');
  if (event.id === '7045') {
    kind(fields, 'configuration', 'creation', 'service-installed', 'success');
    if (service !== undefined) fields['service.name'] = service;
    const image = datum(event, 'ImagePath');
    if (image !== undefined) fields['process.command_line'] = image;
    atLeast(fields, 'medium');
  } else if (event.id === '7036' || event.id === '7035')
    kind(fields, 'process', 'change', 'service-state-changed');
  else if (event.id === '7040') kind(fields, 'configuration', 'change', 'service-start-type-changed');
  else if (event.id === '104') {
    kind(fields, 'iam', 'admin', EVENT_ACTION.auditLogCleared, 'success');
    setAccount(fields, datum(event, 'SubjectUserName'));
    atLeast(fields, 'medium');
  } else if (event.id === '1074') {
    kind(fields, 'host', 'end', 'shutdown-initiated');
    setAccount(fields, datum(event, 'param7'));
  }
};

const THREAT_ALERTS = new Set(['1006', '1015', '1116']);
const THREAT_ACTIONS = new Set(['1007', '1117']);
const THREAT_FAILURES = new Set(['1008', '1118', '1119']);

const defender: Decode = (event, fields) => {
  const threat = firstDatum(event, 'Threat Name', 'ThreatName');
  if (threat !== undefined) fields['threat.indicator.name'] = threat;
  if (THREAT_ALERTS.has(event.id) || THREAT_FAILURES.has(event.id)) {
    kind(fields, 'malware', 'info', EVENT_ACTION.malwareDetected);
    atLeast(fields, 'high');
  } else if (THREAT_ACTIONS.has(event.id)) {
    kind(fields, 'malware', 'denied', EVENT_ACTION.malwareDetected, 'success');
    atLeast(fields, 'medium');
  } else if (event.id === '5001' || event.id === '5010' || event.id === '5012') {
    kind(fields, 'configuration', 'change', 'protection-disabled');
    atLeast(fields, 'high');
  } else if (event.id === '5007') kind(fields, 'configuration', 'change', 'protection-changed');
  if (fields['event.category'] !== undefined) {
    setAccount(fields, firstDatum(event, 'Detection User', 'DetectionUser', 'User'));
    const path = firstDatum(event, 'Path');
    if (path !== undefined) fields['file.path'] = path.replace(/^file:_/, '');
  }
};

/** Remote Desktop's session logs and its gateway. */
const terminalServices: Decode = (event, fields) => {
  const gateway = event.channel?.includes('Gateway') === true || event.provider?.includes('Gateway') === true;
  const session = event.provider?.includes('LocalSessionManager') === true;
  setAccount(fields, firstDatum(event, 'Username', 'User', 'param1'));
  if (!setSourceEndpoint(fields, firstDatum(event, 'IpAddress', 'Address', 'IPString', 'ClientIP')))
    setSourceEndpoint(fields, datum(event, 'param3'));
  if (gateway && ['200', '300', '302'].includes(event.id))
    kind(fields, 'authentication', 'start', EVENT_ACTION.windowsLogon, 'success');
  else if (gateway && ['201', '301', '304'].includes(event.id)) {
    kind(fields, 'authentication', 'start', EVENT_ACTION.windowsLogonFailed, 'failure');
    atLeast(fields, 'low');
  } else if (gateway && ['202', '303'].includes(event.id))
    kind(fields, 'session', 'end', 'session-disconnected');
  else if (session && (event.id === '21' || event.id === '22' || event.id === '25'))
    kind(
      fields,
      'session',
      'start',
      event.id === '25' ? 'session-reconnected' : EVENT_ACTION.windowsLogon,
      'success',
    );
  else if (session && (event.id === '23' || event.id === '24'))
    kind(fields, 'session', 'end', event.id === '24' ? 'session-disconnected' : EVENT_ACTION.windowsLogoff);
  else if (event.id === '1149') kind(fields, 'network', 'start', 'rdp-authentication-accepted', 'success');
  else if (event.id === '140') {
    // RdpCoreTS: the password was wrong; 4625 comes too, without the address where NLA is on.
    kind(fields, 'authentication', 'info', EVENT_ACTION.loginWitness, 'failure');
    atLeast(fields, 'low');
  } else if (event.id === '131') kind(fields, 'network', 'connection', 'rdp-connection');
};

const scheduler: Decode = (event, fields) => {
  const action = new Map([
    ['106', 'scheduled-task-created'],
    ['140', 'scheduled-task-updated'],
    ['141', 'scheduled-task-deleted'],
    ['142', 'scheduled-task-disabled'],
  ]).get(event.id);
  if (action !== undefined) kind(fields, 'configuration', 'change', action);
  setAccount(fields, firstDatum(event, 'UserContext', 'UserName'));
};

const appLocker: Decode = (event, fields) => {
  const blocked = ['8004', '8007', '8022', '8025', '8020'].includes(event.id) && event.level !== '4';
  const allowed = ['8002', '8005', '8020', '8023'].includes(event.id) && !blocked;
  kind(
    fields,
    'process',
    blocked ? 'denied' : 'allowed',
    blocked ? EVENT_ACTION.policyDenied : EVENT_ACTION.policyAllowed,
    blocked ? 'failure' : allowed ? 'success' : undefined,
  );
  setProcess(fields, {
    executable: firstDatum(event, 'FullFilePath', 'FilePath'),
    pid: datum(event, 'TargetProcessId'),
  });
  const rule = nameOf(datum(event, 'RuleName'));
  if (rule !== undefined) fields['rule.name'] = rule;
  if (blocked) atLeast(fields, 'low');
};

/** SQL Server's 18456, "Login failed for user 'x'. Reason: … [CLIENT: 192.0.2.1]": param1 is the user, param3 the client. */
const sqlServer: Decode = (event, fields) => {
  if (event.id !== '18456' && event.id !== '18453' && event.id !== '18454') return;
  const failed = event.id === '18456';
  kind(fields, 'authentication', 'start', EVENT_ACTION.userLogin, failed ? 'failure' : 'success');
  setAccount(fields, datum(event, 'param1'));
  const client = /^\s?\[CLIENT: ([^\]\s]{2,64})\]$/.exec(
    datum(event, 'param3') ?? datum(event, 'param2') ?? '',
  );
  if (client) setSourceEndpoint(fields, client[1]);
  if (failed) atLeast(fields, 'low');
};

const LOGS: readonly (readonly [RegExp, Decode])[] = [
  [/PowerShell/i, powershell],
  [/^(?:Service Control Manager|Microsoft-Windows-Eventlog|User32|EventLog)$/, system],
  [/Windows Defender|Microsoft Antimalware/, defender],
  [/TerminalServices|RemoteDesktopServices/, terminalServices],
  [/TaskScheduler/, scheduler],
  [/AppLocker/, appLocker],
  [/^MSSQL/, sqlServer],
];

/** What logs other than Security and Sysmon say, by their provider. */
export function decodeOtherLog(event: WinEvent, fields: EventFields): void {
  const provider = event.provider ?? event.channel ?? '';
  LOGS.find(([pattern]) => pattern.test(provider))?.[1](event, fields);
}
