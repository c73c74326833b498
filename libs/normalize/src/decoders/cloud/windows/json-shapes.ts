import { isJsonRecord, textAt, valueAt } from '../../json/index.js';
import type { JsonRecord } from '../../json/index.js';
import type { WinEvent } from './win-event.js';

const MOST_DATA = 400;
const LONGEST_DATUM = 32_768;
const DATA_NAME = /^[A-Za-z0-9_][A-Za-z0-9_ .:()#-]{0,127}$/;

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** Converters of XML put a tag's attributes below these, and its text below those. */
const ATTRIBUTES = ['#attributes', '@attributes', '$', '_attributes', 'attributes'];
const TEXTS = ['#text', '_text', '$t', '_', 'Value', 'value', '@text', 'text'];

function attribute(tag: unknown, name: string): string | undefined {
  if (!isJsonRecord(tag)) return undefined;
  for (const holder of ATTRIBUTES) {
    const value = textAt(tag, holder, name);
    if (value !== undefined) return value;
  }
  return textAt(tag, name) ?? textAt(tag, `@${name}`) ?? textAt(tag, `_${name}`);
}

function tagText(tag: unknown): string | undefined {
  if (!isJsonRecord(tag)) return text(tag);
  for (const name of TEXTS) {
    const value = text(valueAt(tag, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

class Data {
  readonly map = new Map<string, string | string[]>();

  add(name: string, value: unknown): void {
    if (value === null || value === undefined || this.map.size >= MOST_DATA || !DATA_NAME.test(name)) return;
    if (Array.isArray(value)) {
      const all = value
        .slice(0, 100)
        .map(tagText)
        .filter((one) => one !== undefined);
      if (all.length > 0) this.map.set(name, all.length === 1 ? (all[0] ?? '') : all);
      return;
    }
    const one = tagText(value);
    if (one !== undefined) this.map.set(name, one.slice(0, LONGEST_DATUM));
    else if (isJsonRecord(value)) for (const inner of Object.keys(value)) this.add(inner, text(value[inner]));
  }

  /** EventData or UserData: names, or `Data` as a list of named or nameless values. */
  section(section: unknown): void {
    if (!isJsonRecord(section)) return;
    for (const name of Object.keys(section)) {
      const value = section[name];
      if (ATTRIBUTES.includes(name) || name.startsWith('@') || name === 'xmlns') continue;
      if (name === 'Data' && (Array.isArray(value) || isJsonRecord(value)))
        this.list(Array.isArray(value) ? value : [value]);
      else this.add(name, value);
    }
  }

  private list(values: readonly unknown[]): void {
    const nameless: string[] = [];
    for (const value of values.slice(0, MOST_DATA)) {
      const name = attribute(value, 'Name');
      const content = tagText(value);
      if (name !== undefined) this.add(name, content ?? '');
      else if (content !== undefined) nameless.push(content.slice(0, LONGEST_DATUM));
    }
    nameless.forEach((value, index) => this.map.set(`param${index + 1}`, value));
    if (nameless.length > 0) this.map.set('Data', nameless);
  }
}

/** {"Event":{"System":…,"EventData":…}} of the XML converters; {"System":…,"EventData":…} of Velociraptor and others. */
function fromXmlJson(record: JsonRecord): WinEvent | undefined {
  const event = isJsonRecord(record.Event) ? record.Event : record;
  const system = event.System;
  if (!isJsonRecord(system)) return undefined;
  const id = tagText(system.EventID);
  if (id === undefined) return undefined;
  const data = new Data();
  data.section(event.EventData);
  if (isJsonRecord(event.UserData)) {
    for (const name of Object.keys(event.UserData)) data.section(event.UserData[name]);
  }
  return {
    id,
    channel: tagText(system.Channel),
    provider: attribute(system.Provider, 'Name') ?? attribute(system.Provider, 'EventSourceName'),
    providerGuid: attribute(system.Provider, 'Guid'),
    computer: tagText(system.Computer),
    recordId: tagText(system.EventRecordID),
    time:
      attribute(system.TimeCreated, 'SystemTime') ??
      (isJsonRecord(system.TimeCreated) ? system.TimeCreated.SystemTime : system.TimeCreated),
    level: tagText(system.Level),
    task: tagText(system.Task),
    opcode: tagText(system.Opcode),
    keywords: tagText(system.Keywords),
    processId: attribute(system.Execution, 'ProcessID'),
    threadId: attribute(system.Execution, 'ThreadID'),
    userSid: attribute(system.Security, 'UserID'),
    activityId: attribute(system.Correlation, 'ActivityID'),
    message: textAt(event, 'RenderingInfo', 'Message') ?? textAt(record, 'Message'),
    data: data.map,
  };
}

/** Wazuh lower-cases first letters, doubles back-slashes and leaves XML's entities. */
function wazuhValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .replaceAll('\\\\', '\\')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

const original = (name: string) =>
  /^(?:param\d+|binary$)/.test(name) ? name : name.charAt(0).toUpperCase() + name.slice(1);

/** Wazuh: {"win":{"system":{…},"eventdata":{…}}}; provider-specific sections stand beside `system`. */
function fromWazuh(record: JsonRecord): WinEvent | undefined {
  const win = isJsonRecord(record.win) ? record.win : valueAt(record, 'data', 'win');
  if (!isJsonRecord(win) || !isJsonRecord(win.system)) return undefined;
  const system = win.system;
  const id = textAt(system, 'eventID');
  if (id === undefined) return undefined;
  const data = new Data();
  for (const section of Object.keys(win)) {
    const values = section === 'system' ? undefined : win[section];
    if (!isJsonRecord(values)) continue;
    for (const name of Object.keys(values)) data.add(original(name), wazuhValue(values[name]));
  }
  const message = textAt(system, 'message');
  const quoted =
    message !== undefined && message.length > 1 && message.startsWith('"') && message.endsWith('"');
  return {
    id,
    channel: textAt(system, 'channel'),
    provider: textAt(system, 'providerName'),
    providerGuid: textAt(system, 'providerGuid'),
    computer: textAt(system, 'computer'),
    recordId: textAt(system, 'eventRecordID'),
    time: textAt(system, 'systemTime'),
    level: textAt(system, 'severityValue') ?? textAt(system, 'level'),
    task: textAt(system, 'task'),
    opcode: textAt(system, 'opcode'),
    keywords: textAt(system, 'keywords'),
    processId: textAt(system, 'processID'),
    threadId: textAt(system, 'threadID'),
    message: quoted ? message.slice(1, -1) : message,
    data: data.map,
  };
}

/** Winlogbeat and the Elastic Agent: {"winlog":{…}}; of version 6, the same names without `winlog`. */
function fromWinlogbeat(record: JsonRecord): WinEvent | undefined {
  const six = isJsonRecord(record.event_data) && record.event_id !== undefined;
  const winlog = isJsonRecord(record.winlog) ? record.winlog : six ? record : undefined;
  const id = winlog && textAt(winlog, 'event_id');
  if (!winlog || id === undefined) return undefined;
  const data = new Data();
  data.section(winlog.event_data);
  data.section(winlog.user_data);
  const keywords = winlog.keywords;
  return {
    id,
    channel: textAt(winlog, 'channel') ?? textAt(winlog, 'log_name'),
    provider: textAt(winlog, 'provider_name') ?? textAt(winlog, 'source_name'),
    providerGuid: textAt(winlog, 'provider_guid'),
    computer: textAt(winlog, 'computer_name'),
    recordId: textAt(winlog, 'record_id') ?? textAt(winlog, 'record_number'),
    time: record['@timestamp'],
    level: textAt(record, 'log', 'level') ?? textAt(record, 'level'),
    task: textAt(winlog, 'task'),
    opcode: textAt(winlog, 'opcode'),
    keywords: Array.isArray(keywords) ? keywords.map(String).join(',').slice(0, 200) : text(keywords),
    processId: textAt(winlog, 'process', 'pid') ?? textAt(winlog, 'process_id'),
    threadId: textAt(winlog, 'process', 'thread', 'id') ?? textAt(winlog, 'thread_id'),
    userSid: textAt(winlog, 'user', 'identifier'),
    activityId: textAt(winlog, 'activity_id'),
    message: textAt(record, 'message'),
    data: data.map,
  };
}

/** What flat forms (NXLog, evtx converters, Get-WinEvent) write beside the event's own data. */
const FLAT_SYSTEM = new Set([
  'EventID',
  'EventId',
  'Channel',
  'LogName',
  'SourceName',
  'Provider_Name',
  'ProviderName',
  'Provider',
  'Provider_Guid',
  'ProviderGuid',
  'ProviderId',
  'Computer',
  'Hostname',
  'MachineName',
  'HostName',
  'EventRecordID',
  'RecordNumber',
  'RecordId',
  'EventTime',
  'TimeCreated',
  'TimeCreated_SystemTime',
  '@timestamp',
  'UtcTimeCreated',
  'EventReceivedTime',
  'Level',
  'LevelDisplayName',
  'Severity',
  'SeverityValue',
  'Task',
  'TaskDisplayName',
  'Category',
  'Opcode',
  'OpcodeValue',
  'OpcodeDisplayName',
  'Keywords',
  'KeywordsDisplayNames',
  'Execution_ProcessID',
  'Execution_ThreadID',
  'ExecutionProcessID',
  'ExecutionThreadID',
  'ThreadID',
  'Security_UserID',
  'Correlation',
  'Correlation_ActivityID',
  'ActivityID',
  'RelatedActivityID',
  'Message',
  'Version',
  'SourceModuleName',
  'SourceModuleType',
  'tags',
  '@version',
  'host',
  'port',
  'message',
  'type',
  'EventData',
  'timestamp',
  'date',
  'time',
  'source',
  'Source',
]);
const AUDIT_TYPES = /^(?:AUDIT_SUCCESS|AUDIT_FAILURE|INFO|WARNING|ERROR|VERBOSE|CRITICAL|INFORMATION)$/;

function firstOf(record: JsonRecord, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = textAt(record, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function fromFlat(record: JsonRecord): WinEvent | undefined {
  const id = firstOf(record, 'EventID', 'EventId') ?? tagText(record.EventID);
  const provider = firstOf(record, 'Provider_Name', 'ProviderName', 'SourceName', 'Provider');
  const channel = firstOf(record, 'Channel', 'LogName');
  if (id === undefined || (provider === undefined && channel === undefined)) return undefined;
  const type = textAt(record, 'EventType');
  const typed = type !== undefined && AUDIT_TYPES.test(type);
  const data = new Data();
  for (const name of Object.keys(record))
    if (!FLAT_SYSTEM.has(name) && !(typed && name === 'EventType')) data.add(name, record[name]);
  data.section(record.EventData);
  return {
    id,
    channel,
    provider,
    providerGuid: firstOf(record, 'Provider_Guid', 'ProviderGuid', 'ProviderId'),
    computer: firstOf(record, 'Computer', 'Hostname', 'MachineName', 'HostName'),
    recordId: firstOf(record, 'EventRecordID', 'RecordNumber', 'RecordId'),
    time: record.TimeCreated_SystemTime ?? record['@timestamp'] ?? record.EventTime ?? record.TimeCreated,
    level: typed ? type : firstOf(record, 'Level', 'Severity', 'LevelDisplayName'),
    task: textAt(record, 'Task'),
    opcode: firstOf(record, 'OpcodeValue', 'Opcode'),
    keywords: firstOf(record, 'Keywords', 'KeywordsDisplayNames'),
    processId: firstOf(record, 'Execution_ProcessID', 'ExecutionProcessID'),
    threadId: firstOf(record, 'Execution_ThreadID', 'ExecutionThreadID', 'ThreadID'),
    userSid: textAt(record, 'Security_UserID'),
    activityId: firstOf(record, 'Correlation_ActivityID', 'ActivityID'),
    message: firstOf(record, 'Message', 'message'),
    data: data.map,
  };
}

const EVENT_ID = /^\d{1,6}$/;

/** A Windows event in any of the JSON forms; undefined if the record is none. */
export function winEventOfRecord(record: JsonRecord): WinEvent | undefined {
  const event = fromWazuh(record) ?? fromWinlogbeat(record) ?? fromXmlJson(record) ?? fromFlat(record);
  return event && EVENT_ID.test(event.id) ? event : undefined;
}

/** Cheap: whether a record could be one. */
export function looksLikeWinEvent(record: JsonRecord): boolean {
  return (
    record.win !== undefined ||
    record.winlog !== undefined ||
    record.Event !== undefined ||
    record.System !== undefined ||
    record.EventID !== undefined ||
    record.EventId !== undefined ||
    record.event_data !== undefined
  );
}
