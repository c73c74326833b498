import type { LogSource } from '../ast.js';
import { WINDOWS_CATEGORIES } from './windows.js';

type FieldTable = Readonly<Record<string, readonly string[]>>;

/** The Windows event header: Sigma's name → ours. */
const WINDOWS_HEADER: FieldTable = {
  EventID: ['winlog.event_id', 'event.code'],
  Channel: ['winlog.channel'],
  Provider_Name: ['winlog.provider_name'],
  Computer: ['winlog.computer_name', 'host.name'],
  EventRecordID: ['winlog.record_id'],
  Level: ['winlog.level'],
  Task: ['winlog.task'],
  Opcode: ['winlog.opcode'],
  Keywords: ['winlog.keywords'],
  Execution_ProcessID: ['winlog.process.pid'],
  Execution_ThreadID: ['winlog.process.thread.id'],
  Security_UserID: ['winlog.user.identifier'],
};

/** Names of process events: Sigma taxonomy appendix → ECS. */
const PROCESS: FieldTable = {
  Image: ['process.executable'],
  CommandLine: ['process.command_line'],
  CurrentDirectory: ['process.working_directory'],
  ProcessId: ['process.pid'],
  ProcessGuid: ['process.entity_id'],
  OriginalFileName: ['process.pe.original_file_name'],
  ParentImage: ['process.parent.executable'],
  ParentCommandLine: ['process.parent.command_line'],
  ParentProcessId: ['process.parent.pid'],
  ParentProcessGuid: ['process.parent.entity_id'],
  User: ['user.name'],
  LogonId: ['winlog.logon.id'],
};

const FILE: FieldTable = { TargetFilename: ['file.path'], SourceFilename: ['file.path'] };
const NETWORK: FieldTable = {
  DestinationIp: ['destination.ip'],
  DestinationPort: ['destination.port'],
  DestinationHostname: ['destination.domain'],
  SourceIp: ['source.ip'],
  SourcePort: ['source.port'],
  SourceHostname: ['source.domain'],
  Protocol: ['network.transport'],
};

const FIREWALL: FieldTable = {
  src_ip: ['source.ip'],
  src_port: ['source.port'],
  src_host: ['source.domain'],
  dst_ip: ['destination.ip'],
  dst_port: ['destination.port'],
  dst_host: ['destination.domain'],
  username: ['user.name'],
  action: ['event.action'],
  blocked: ['event.action'],
  protocol: ['network.transport'],
  'c-ip': ['source.ip'],
};

const DNS: FieldTable = {
  query: ['dns.question.name'],
  record_type: ['dns.question.type'],
  answer: ['dns.answers.data', 'dns.resolved_ip'],
  response: ['dns.response_code'],
  parent_domain: ['dns.question.registered_domain'],
  QueryName: ['dns.question.name'],
  QueryResults: ['dns.resolved_ip'],
  src_ip: ['source.ip'],
  dst_ip: ['destination.ip'],
};

/** W3C extended log names, which Sigma's `webserver` and `proxy` use. */
const WEB: FieldTable = {
  'c-ip': ['source.ip', 'client.ip'],
  'c-uri': ['url.original', 'url.full'],
  'c-uri-query': ['url.query'],
  'c-uri-stem': ['url.path'],
  'c-uri-extension': ['url.extension'],
  'c-useragent': ['user_agent.original'],
  'cs-bytes': ['http.request.bytes', 'http.request.body.bytes'],
  'cs-cookie': ['http.request.headers.cookie'],
  'cs-host': ['url.domain', 'destination.domain'],
  'cs-method': ['http.request.method'],
  'cs-referer': ['http.request.referrer'],
  'cs-referrer': ['http.request.referrer'],
  'cs-uri': ['url.original', 'url.full'],
  'cs-uri-query': ['url.query'],
  'cs-uri-stem': ['url.path'],
  'cs-user-agent': ['user_agent.original'],
  'cs-username': ['user.name'],
  'cs-version': ['http.version'],
  dst_ip: ['destination.ip'],
  'r-dns': ['url.domain', 'destination.domain'],
  's-ip': ['destination.ip', 'server.ip'],
  's-port': ['destination.port'],
  'sc-bytes': ['http.response.bytes', 'http.response.body.bytes'],
  'sc-status': ['http.response.status_code'],
  src_ip: ['source.ip'],
};

const CATEGORY_FIELDS: Readonly<Record<string, readonly FieldTable[]>> = {
  process_creation: [PROCESS],
  process_termination: [PROCESS],
  process_access: [PROCESS],
  network_connection: [PROCESS, NETWORK],
  file_event: [PROCESS, FILE],
  file_access: [PROCESS, FILE],
  file_change: [PROCESS, FILE],
  file_delete: [PROCESS, FILE],
  file_rename: [PROCESS, FILE],
  image_load: [PROCESS, { ImageLoaded: ['dll.path', 'file.path'] }],
  driver_load: [{ ImageLoaded: ['file.path'] }],
  registry_add: [PROCESS],
  registry_delete: [PROCESS],
  registry_event: [PROCESS],
  registry_set: [PROCESS],
  dns_query: [PROCESS, DNS],
  dns: [DNS],
  firewall: [FIREWALL],
  webserver: [WEB],
  proxy: [WEB],
  antivirus: [FILE, { Signature: ['rule.name', 'threat.indicator.name'], Filename: ['file.path'] }],
};

const ARGUMENTS: FieldTable = Object.fromEntries(
  Array.from({ length: 16 }, (_, index) => [`a${index}`, [`process.args[${index}]`]]),
);

const AUDITD: FieldTable = {
  ...ARGUMENTS,
  type: ['auditd.log.record_type'],
  exe: ['process.executable'],
  comm: ['process.name'],
  pid: ['process.pid'],
  ppid: ['process.parent.pid'],
  uid: ['user.id'],
  auid: ['user.audit.id'],
  name: ['file.path'],
};

const CLOUDTRAIL: FieldTable = {
  eventName: ['event.action'],
  eventSource: ['event.provider'],
  sourceIPAddress: ['source.ip', 'source.address'],
  userAgent: ['user_agent.original'],
  awsRegion: ['cloud.region'],
};

const ZEEK: FieldTable = {
  'id.orig_h': ['source.ip'],
  'id.orig_p': ['source.port'],
  'id.resp_h': ['destination.ip'],
  'id.resp_p': ['destination.port'],
  qtype_name: ['dns.question.type'],
};

const CISCO: FieldTable = { src_ip: ['source.ip'], dst_ip: ['destination.ip'], user: ['user.name'] };

const SERVICE_FIELDS: Readonly<Record<string, readonly FieldTable[]>> = {
  auditd: [AUDITD],
  cloudtrail: [CLOUDTRAIL],
};

const PRODUCT_FIELDS: Readonly<Record<string, readonly FieldTable[]>> = {
  cisco: [FIREWALL, CISCO],
  fortigate: [FIREWALL],
  zeek: [ZEEK, WEB, DNS],
};

/** Names below which decoders keep a vendor's record, or the part of it whose own names mean something else in ECS. */
const KEPT_UNDER: Readonly<Record<string, readonly string[]>> = {
  aws: ['aws', 'aws.cloudtrail'],
  azure: ['azure', 'azure.auditlogs', 'azure.signinlogs', 'azure.activitylogs'],
  fortigate: ['fortinet_fortigate', 'fortinet.firewall'],
  gcp: ['gcp', 'gcp.audit', 'google_workspace'],
  github: ['github'],
  kubernetes: ['kubernetes'],
  m365: ['o365', 'o365.audit', 'm365_defender'],
  okta: ['okta'],
  suricata: ['suricata.eve'],
  zeek: ['zeek'],
};

/**
 * `name[2]` is the third element of a list. The names under which an event may carry a rule's field, best first: its own, the source's, then ECS. The first that the event
 * has is taken.
 */
export function fieldNames(field: string, source: LogSource): readonly string[] {
  const names = new Set([field]);
  const category = source.category ?? '';
  if (mayBeWindows(source)) {
    for (const alias of windowsAliases(field, category)) {
      names.add(alias);
      names.add(`winlog.event_data.${alias}`);
      names.add(`winlog.user_data.${alias}`);
    }
    for (const name of lookup(WINDOWS_HEADER, field)) names.add(name);
  }
  for (const table of rowOf(CATEGORY_FIELDS, category))
    for (const name of lookup(table, field)) names.add(name);
  for (const table of [...rowOf(SERVICE_FIELDS, source.service), ...rowOf(PRODUCT_FIELDS, source.product)])
    for (const name of lookup(table, field)) names.add(name);
  for (const prefix of source.service === 'auditd' ? ['auditd.log'] : rowOf(KEPT_UNDER, source.product))
    names.add(`${prefix}.${field}`);
  return [...names];
}

function rowOf<T>(table: Readonly<Record<string, readonly T[]>>, key: string | undefined): readonly T[] {
  return key !== undefined && Object.hasOwn(table, key) ? (table[key] ?? []) : [];
}

function lookup(table: FieldTable, field: string): readonly string[] {
  return Object.hasOwn(table, field) ? (table[field] ?? []) : [];
}

function mayBeWindows({ product, category }: LogSource): boolean {
  return (
    product === 'windows' ||
    (product === undefined && category !== undefined && Object.hasOwn(WINDOWS_CATEGORIES, category))
  );
}

/** The field and, for a category that several sources feed, its names there (Image is NewProcessName in Security 4688). */
function windowsAliases(field: string, category: string): string[] {
  const sources = rowOf(WINDOWS_CATEGORIES, category);
  return [
    field,
    ...sources.flatMap(({ fields }) => (fields && Object.hasOwn(fields, field) ? [fields[field] ?? ''] : [])),
  ];
}
