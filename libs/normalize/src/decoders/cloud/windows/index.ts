import type { Severity } from '@parapet/contracts';
import type { DecodeContext, EventFields } from '../../decoder.js';
import { atLeast } from '../../decoder.js';
import { asctimeInstant, setTime } from '../../event-time.js';
import { jsonDecoder } from '../../json/index.js';
import { checkEcs } from '../../json/ecs-types.js';
import { flattenRecord } from '../../json/flatten.js';
import type { JsonDecoder, JsonRecord } from '../../json/index.js';
import { instant, severityOfWord, utcInstant } from '../../json/values.js';
import { looksLikeWinEvent, winEventOfRecord } from './json-shapes.js';
import { decodeOtherLog } from './other-logs.js';
import { readSecurityMessage, readSysmonMessage } from './message.js';
import { processId } from './process.js';
import { decodeSecurity } from './security.js';
import { decodeSysmon } from './sysmon.js';
import { winEventOfText } from './text.js';
import type { WinEvent } from './win-event.js';
import { winEventOfXml } from './xml.js';

/** winmeta.h: WINEVENT_LEVEL. */
const LEVELS: readonly Severity[] = ['info', 'critical', 'high', 'medium', 'info', 'info'];

function setSeverity(event: WinEvent, fields: EventFields): void {
  const { level } = event;
  if (level === undefined || /audit/i.test(level)) return;
  const severity = /^[0-5]$/.test(level) ? LEVELS[Number(level)] : severityOfWord(level);
  if (severity !== undefined) atLeast(fields, severity);
}

const DATASETS = new Map([
  ['security', ['system', 'system.security']],
  ['system', ['system', 'system.system']],
  ['application', ['system', 'system.application']],
  ['microsoft-windows-sysmon/operational', ['windows', 'windows.sysmon_operational']],
  ['microsoft-windows-powershell/operational', ['windows', 'windows.powershell_operational']],
  ['windows powershell', ['windows', 'windows.powershell']],
  ['microsoft-windows-windows defender/operational', ['windows', 'windows.windows_defender']],
]);

function put(fields: EventFields, name: string, value: string | undefined): void {
  if (value !== undefined && value !== '') fields[name] = value;
}

/** Adds what every Windows event says: `winlog.*` as Winlogbeat names it, all data under `winlog.event_data.<Name>`. */
function setEvent(event: WinEvent, fields: EventFields, context: DecodeContext): void {
  const [module = 'windows', dataset = 'windows.forwarded'] =
    DATASETS.get(event.channel?.toLowerCase() ?? '') ?? [];
  fields['event.module'] = module;
  fields['event.dataset'] = dataset;
  fields['event.code'] = event.id;
  put(fields, 'event.provider', event.provider);
  put(fields, 'host.name', event.computer);
  fields['winlog.event_id'] = event.id;
  put(fields, 'winlog.channel', event.channel);
  put(fields, 'winlog.provider_name', event.provider);
  put(fields, 'winlog.provider_guid', event.providerGuid);
  put(fields, 'winlog.computer_name', event.computer);
  put(fields, 'winlog.record_id', event.recordId);
  put(fields, 'winlog.task', event.task);
  put(fields, 'winlog.opcode', event.opcode);
  put(fields, 'winlog.keywords', event.keywords);
  put(fields, 'winlog.level', event.level);
  put(fields, 'winlog.activity_id', event.activityId);
  put(fields, 'winlog.user.identifier', event.userSid);
  const pid = processId(event.processId);
  if (pid !== undefined) fields['winlog.process.pid'] = pid;
  const thread = processId(event.threadId);
  if (thread !== undefined) fields['winlog.process.thread.id'] = thread;
  // Windows writes UTC; a form that lost the zone (NXLog's EventTime) has the source's.
  const text = typeof event.time === 'string' ? event.time : '';
  const zoneless = text !== '' && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  setTime(
    fields,
    zoneless ? (instant(text, context) ?? asctimeInstant(text, context)) : utcInstant(event.time, context),
  );
  if (event.message !== undefined) fields.message = event.message;
  for (const [name, value] of event.data) fields[`winlog.event_data.${name}`] = value;
  setSeverity(event, fields);
}

function isSysmon(event: WinEvent): boolean {
  return event.provider === 'Microsoft-Windows-Sysmon' || event.channel?.includes('Sysmon') === true;
}

function isSecurity(event: WinEvent): boolean {
  return event.channel === 'Security' || event.provider === 'Microsoft-Windows-Security-Auditing';
}

function decodeWinEvent(event: WinEvent, fields: EventFields, context: DecodeContext): true {
  if (event.message !== undefined && event.data.size <= 1) {
    if (isSysmon(event)) readSysmonMessage(event.message, event.data);
    else if (isSecurity(event)) readSecurityMessage(event.message, event.data);
  }
  setEvent(event, fields, context);
  if (isSysmon(event)) decodeSysmon(event, fields);
  else if (isSecurity(event)) decodeSecurity(event, fields);
  else decodeOtherLog(event, fields);
  checkEcs(fields);
  return true;
}

function decodeRecord(record: JsonRecord, fields: EventFields, context: DecodeContext): boolean {
  const event = winEventOfRecord(record);
  if (!event) return false;
  decodeWinEvent(event, fields, context);
  // A Beat's or an agent's own words beside the event (tags, agent, labels).
  if (record.winlog !== undefined)
    flattenRecord(record, fields, '', (name) =>
      /^(?:agent|cloud|tags|ecs|labels)(?:\.|$)/.test(name) ? name : undefined,
    );
  return true;
}

function eventOfText(message: string): WinEvent | undefined {
  return message.startsWith('<Event') ? winEventOfXml(message) : winEventOfText(message);
}

/** Windows events: JSON of Winlogbeat, NXLog, Wazuh and the EVTX converters; XML as Windows renders it; Snare's and OSSEC's text. */
export const windows: JsonDecoder = {
  ...jsonDecoder({ name: 'windows', recogniseRecord: () => false, decodeRecord }),
  types: [
    'winevt',
    'windows_event',
    'wineventlog',
    'windows_eventlog',
    'eventlog',
    'winlogbeat',
    'nxlog',
    'snare',
    'evtx',
    'sysmon',
    'powershell',
    'win_event_channel',
    'win_security',
    'win_base',
    'win-generic_rules',
    'windows_baseline_intrusion_detection',
    'windows_eventchannel',
    'windows-security',
    'xmlwineventlog',
  ],
  programs: ['MSWinEventLog', 'WinEvtLog'],
  recogniseRecord: (record) => looksLikeWinEvent(record) && winEventOfRecord(record) !== undefined,
  recognise: (_header, message) =>
    (message.startsWith('<Event') ||
      message.startsWith('MSWinEventLog') ||
      message.includes('WinEvtLog: ')) &&
    eventOfText(message) !== undefined,
  wholeLines: true,
  anyProgram: true,
  decode(message, header, fields, context) {
    const tagged =
      header.program === 'MSWinEventLog' || header.program === 'WinEvtLog'
        ? `${header.program}: ${message}`
        : message;
    const event = eventOfText(tagged) ?? eventOfText(message);
    return event !== undefined && decodeWinEvent(event, fields, context);
  },
};
