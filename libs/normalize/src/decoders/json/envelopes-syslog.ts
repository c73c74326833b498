import type { DecodedFields } from '@parapet/contracts';
import type { DecodeContext } from '../decoder.js';
import type { Wrapped } from './envelopes.js';
import { numberAt, textAt } from './json-record.js';
import type { JsonRecord } from './json-record.js';
import { instant } from './values.js';

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'security',
  'console',
  'solaris-cron',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
];
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const SYNONYMS = new Map([
  ['emergency', 0],
  ['panic', 0],
  ['critical', 2],
  ['error', 3],
  ['warn', 4],
  ['informational', 6],
]);

function code(value: unknown, names: readonly string[], limit: number): number | undefined {
  if (typeof value === 'string' && /[a-z]/i.test(value)) {
    const at = names.indexOf(value.toLowerCase());
    return at === -1 ? (names === SEVERITIES ? SYNONYMS.get(value.toLowerCase()) : undefined) : at;
  }
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= limit
    ? number
    : undefined;
}

const facility = (value: unknown) => code(value, FACILITIES, 23);
const severity = (value: unknown) => code(value, SEVERITIES, 7);

const MOST_BYTES = 65_536;

/** journald gives a message that is no UTF-8 as the list of its bytes. */
function journalText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length > MOST_BYTES) return undefined;
  const bytes = value.filter((byte): byte is number => typeof byte === 'number' && byte >= 0 && byte <= 255);
  return bytes.length === value.length
    ? Buffer.from(bytes).toString('latin1').replaceAll('\0', '\u2400')
    : undefined;
}

const JOURNAL_FIELDS: readonly (readonly [string, string])[] = [
  ['_EXE', 'process.executable'],
  ['_CMDLINE', 'process.command_line'],
  ['_SYSTEMD_UNIT', 'systemd.unit'],
  ['_TRANSPORT', 'systemd.transport'],
  ['_UID', 'process.real_user.id'],
  ['_MACHINE_ID', 'host.id'],
  ['_BOOT_ID', 'host.boot.id'],
  ['CONTAINER_ID_FULL', 'container.id'],
  ['CONTAINER_NAME', 'container.name'],
];

/** journalctl's JSON (systemd.journal-fields(7)), as systemd-journal-upload's users, Fluent Bit and Vector's journald source send it. */
export function journald(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  if (record._TRANSPORT === undefined && record._PID === undefined && record.SYSLOG_IDENTIFIER === undefined)
    return undefined;
  const text = journalText(record.MESSAGE ?? record.message);
  if (text === undefined) return undefined;
  const fields: DecodedFields = {};
  for (const [from, to] of JOURNAL_FIELDS) {
    const value = textAt(record, from);
    if (value !== undefined) fields[to] = value;
  }
  return {
    text,
    header: {
      program: textAt(record, 'SYSLOG_IDENTIFIER') ?? textAt(record, '_COMM'),
      pid: textAt(record, 'SYSLOG_PID') ?? textAt(record, '_PID'),
      host: textAt(record, '_HOSTNAME') ?? textAt(record, 'host'),
      facility: facility(record.SYSLOG_FACILITY),
      severity: severity(record.PRIORITY),
    },
    time: instant(
      record._SOURCE_REALTIME_TIMESTAMP ??
        record.__REALTIME_TIMESTAMP ??
        record['@timestamp'] ??
        record.timestamp ??
        record.date,
      context,
    ),
    fields,
  };
}

/** macOS's unified log (`log stream --style ndjson`). */
export function unifiedLog(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  const text = textAt(record, 'eventMessage');
  const image = textAt(record, 'processImagePath');
  if (text === undefined || image === undefined) return undefined;
  const fields: DecodedFields = { 'process.executable': image };
  for (const name of ['subsystem', 'category', 'eventType']) {
    const value = textAt(record, name);
    if (value !== undefined) fields[`macos.${name}`] = value;
  }
  const type = textAt(record, 'messageType');
  return {
    text,
    header: {
      program: image.slice(image.lastIndexOf('/') + 1),
      pid: textAt(record, 'processID'),
      severity: type === 'Fault' ? 2 : type === 'Error' ? 3 : 6,
    },
    time: instant(record.timestamp, context),
    fields,
  };
}

const PROGRAM_NAMES = [
  'appname',
  'app-name',
  'app_name',
  'programname',
  'program',
  'ident',
  'PROGRAM',
  'APP-NAME',
  'syslogtag',
  'tag',
];
const HOST_NAMES = ['hostname', 'host', 'HOST', 'HOSTNAME', 'fromhost'];
const PID_NAMES = ['procid', 'pid', 'PID', 'PROCID', 'proc_id'];
const TEXT_NAMES = ['message', 'msg', 'MESSAGE', 'MSG'];
const TIME_NAMES = [
  'timestamp',
  'timereported',
  'time',
  '@timestamp',
  'timegenerated',
  'ISODATE',
  'DATE',
  'date',
];
/** Beside the names above; a record with another name is an application's own. */
const MORE_NAMES = new Set([
  'facility',
  'severity',
  'FACILITY',
  'PRIORITY',
  'LEVEL',
  'pri',
  'priority',
  'syslogfacility',
  'syslogseverity',
  'syslogfacility-text',
  'syslogseverity-text',
  'syslogpriority',
  'level',
  'version',
  'protocol-version',
  'msgid',
  'MSGID',
  'structured-data',
  'structured_data',
  'extradata',
  'source_ip',
  'source_type',
  'fromhost-ip',
  'inputname',
  'rawmsg',
  'uuid',
  'SOURCEIP',
  'LEGACY_MSGHDR',
  'SOURCE',
  'SEQNUM',
  'path',
  'file',
  'exampleSDID@32473',
  'type',
  '@version',
  'facility_label',
  'severity_label',
  'logsource',
]);
const KNOWN_NAMES = new Set([
  ...PROGRAM_NAMES,
  ...HOST_NAMES,
  ...PID_NAMES,
  ...TEXT_NAMES,
  ...TIME_NAMES,
  ...MORE_NAMES,
]);

function first(record: JsonRecord, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = textAt(record, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** "sshd[12]:" → program and process id. */
const TAG = /^([^[\s:]{1,64})(?:\[(\d{1,10})\])?:?$/;

/**
 * A syslog message that a relay took apart: Vector's syslog source, rsyslog's JSON templates, syslog-ng's format-json, Fluent Bit's and
 * Fluentd's syslog input, Logstash's. Known by a program's name, a host and a message, and by no name that none of them writes.
 */
export function syslogRecord(record: JsonRecord, context: DecodeContext): Wrapped | undefined {
  const text = first(record, TEXT_NAMES);
  const tag = TAG.exec(first(record, PROGRAM_NAMES) ?? '');
  if (text === undefined || !tag || first(record, HOST_NAMES) === undefined) return undefined;
  if (!Object.keys(record).every((name) => KNOWN_NAMES.has(name))) return undefined;
  // A relay's record says at least one thing that only syslog has.
  const syslogOnly =
    first(record, PID_NAMES) !== undefined ||
    tag[2] !== undefined ||
    [
      'facility',
      'FACILITY',
      'pri',
      'priority',
      'syslogfacility',
      'syslogtag',
      'ident',
      'msgid',
      'PRIORITY',
    ].some((name) => record[name] !== undefined);
  if (!syslogOnly) return undefined;
  const priority = numberAt(record, 'pri') ?? numberAt(record, 'priority');
  const whole =
    priority !== undefined && Number.isInteger(priority) && priority >= 0 && priority <= 191
      ? priority
      : undefined;
  const fields: DecodedFields = {};
  const relay = textAt(record, 'source_ip') ?? textAt(record, 'fromhost-ip') ?? textAt(record, 'SOURCEIP');
  if (relay !== undefined) fields['log.source.address'] = relay;
  return {
    text: text.trimStart(),
    header: {
      program: tag[1],
      pid: first(record, PID_NAMES) ?? tag[2] ?? TAG.exec(textAt(record, 'syslogtag') ?? '')?.[2],
      host: first(record, HOST_NAMES),
      msgid: textAt(record, 'msgid') ?? textAt(record, 'MSGID'),
      facility:
        facility(record.facility ?? record.FACILITY ?? record.syslogfacility) ??
        (whole === undefined ? undefined : whole >> 3),
      severity:
        severity(
          record.severity ?? record.PRIORITY ?? record.LEVEL ?? record.syslogseverity ?? record.level,
        ) ?? (whole === undefined ? undefined : whole & 7),
    },
    time: TIME_NAMES.map((name) => instant(record[name], context)).find((time) => time !== undefined),
    fields,
  };
}
