import { atLeast, setDestination } from '../../decoder.js';
import type { EventFields } from '../../decoder.js';
import { nameOf, setDestinationEndpoint, setSourceEndpoint } from '../../json/values.js';
import { baseName, setProcess } from './process.js';
import { datum, firstDatum } from './win-event.js';
import type { WinEvent } from './win-event.js';

type Row = readonly [category: string, type: string, action: string];

/** Sysmon's manual, "Events". */
const EVENTS = new Map<string, Row>([
  ['1', ['process', 'start', 'process-creation']],
  ['2', ['file', 'change', 'file-creation-time-changed']],
  ['3', ['network', 'start', 'network-connection']],
  ['4', ['process', 'change', 'sysmon-state-changed']],
  ['5', ['process', 'end', 'process-terminated']],
  ['6', ['driver', 'start', 'driver-loaded']],
  ['7', ['library', 'start', 'image-loaded']],
  ['8', ['process', 'change', 'create-remote-thread']],
  ['9', ['process', 'access', 'raw-access-read']],
  ['10', ['process', 'access', 'process-accessed']],
  ['11', ['file', 'creation', 'file-created']],
  ['12', ['registry', 'change', 'registry-object-added-or-deleted']],
  ['13', ['registry', 'change', 'registry-value-set']],
  ['14', ['registry', 'change', 'registry-object-renamed']],
  ['15', ['file', 'creation', 'file-stream-created']],
  ['16', ['configuration', 'change', 'sysmon-config-changed']],
  ['17', ['file', 'creation', 'pipe-created']],
  ['18', ['file', 'access', 'pipe-connected']],
  ['19', ['configuration', 'creation', 'wmi-filter']],
  ['20', ['configuration', 'creation', 'wmi-consumer']],
  ['21', ['configuration', 'creation', 'wmi-binding']],
  ['22', ['network', 'protocol', 'dns-query']],
  ['23', ['file', 'deletion', 'file-deleted-archived']],
  ['24', ['process', 'info', 'clipboard-changed']],
  ['25', ['process', 'change', 'process-tampering']],
  ['26', ['file', 'deletion', 'file-deleted']],
  ['27', ['file', 'denied', 'file-block-executable']],
  ['28', ['file', 'denied', 'file-block-shredding']],
  ['29', ['file', 'creation', 'file-executable-detected']],
  ['255', ['process', 'error', 'sysmon-error']],
]);

const HASHES: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha256', 'sha512', 'imphash']);

/** "SHA1=…,MD5=…,SHA256=…,IMPHASH=…" */
function setHashes(fields: EventFields, of: 'process' | 'file' | 'dll', text: string | undefined): void {
  for (const part of (text ?? '').slice(0, 1024).split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals).trim().toLowerCase();
    const value = part
      .slice(equals + 1)
      .trim()
      .toLowerCase();
    if (!HASHES.has(name) || !/^[0-9a-f]{8,128}$/.test(value) || /^0+$/.test(value)) continue;
    fields[name === 'imphash' ? `${of}.pe.imphash` : `${of}.hash.${name}`] = value;
  }
}

function setFile(fields: EventFields, path: string | undefined): void {
  if (path === undefined) return;
  fields['file.path'] = path;
  fields['file.name'] = baseName(path);
  const extension = /\.([A-Za-z0-9]{1,16})$/.exec(path)?.[1];
  if (extension) fields['file.extension'] = extension.toLowerCase();
}

const HIVES = new Map([
  ['HKLM', 'HKLM'],
  ['HKU', 'HKU'],
  ['HKCR', 'HKCR'],
  ['HKCU', 'HKCU'],
]);

function setRegistry(event: WinEvent, fields: EventFields): void {
  const path = datum(event, 'TargetObject');
  if (path === undefined) return;
  fields['registry.path'] = path;
  const slash = path.indexOf('\\');
  const hive = HIVES.get(path.slice(0, slash).toUpperCase());
  if (hive !== undefined) {
    fields['registry.hive'] = hive;
    fields['registry.key'] = path.slice(slash + 1);
  }
  if (event.id === '13') {
    fields['registry.value'] = baseName(path);
    const details = datum(event, 'Details');
    if (details !== undefined) fields['registry.data.strings'] = details;
  }
}

function setConnection(event: WinEvent, fields: EventFields): void {
  setSourceEndpoint(fields, datum(event, 'SourceIp'), datum(event, 'SourcePort'));
  setDestinationEndpoint(fields, datum(event, 'DestinationIp'), datum(event, 'DestinationPort'));
  const name = nameOf(datum(event, 'DestinationHostname'));
  if (name !== undefined && fields['destination.ip'] === undefined) setDestination(fields, name);
  else if (name !== undefined) fields['destination.domain'] = name;
  const protocol = datum(event, 'Protocol');
  if (protocol !== undefined) fields['network.transport'] = protocol.toLowerCase();
  fields['network.direction'] = datum(event, 'Initiated') === 'true' ? 'egress' : 'ingress';
}

/** "type:  5 alias.example;192.0.2.1;::ffff:192.0.2.2;" */
function setDns(event: WinEvent, fields: EventFields): void {
  const name = datum(event, 'QueryName');
  if (name !== undefined) fields['dns.question.name'] = name;
  const status = datum(event, 'QueryStatus');
  if (status !== undefined) fields['event.outcome'] = status === '0' ? 'success' : 'failure';
  const answers = (datum(event, 'QueryResults') ?? '')
    .split(';')
    .slice(0, 50)
    .map((answer) => answer.trim());
  const addresses = answers
    .map((answer) => answer.replace(/^::ffff:(?=\d)/i, ''))
    .filter((answer) => /^[0-9a-f:.]{3,45}$/i.test(answer) && /[.:]/.test(answer));
  if (addresses.length > 0) fields['dns.resolved_ip'] = addresses;
}

function setAccount(fields: EventFields, account: string | undefined): void {
  const whole = nameOf(account);
  if (whole === undefined) return;
  const slash = whole.indexOf('\\');
  const name = nameOf(whole.slice(slash + 1));
  if (name !== undefined) fields['user.name'] = name;
  if (slash > 0) fields['user.domain'] = whole.slice(0, slash);
}

/** Microsoft-Windows-Sysmon/Operational. */
export function decodeSysmon(event: WinEvent, fields: EventFields): void {
  const row = EVENTS.get(event.id);
  if (row) {
    fields['event.category'] = row[0];
    fields['event.type'] = row[1];
    fields['event.action'] = row[2];
  }
  // Of accesses and remote threads the actor is the source.
  const image = firstDatum(event, 'Image', 'SourceImage');
  setProcess(fields, {
    executable: image,
    pid: firstDatum(event, 'ProcessId', 'SourceProcessId'),
    commandLine: datum(event, 'CommandLine'),
    parent: datum(event, 'ParentImage'),
    parentPid: datum(event, 'ParentProcessId'),
    parentCommandLine: datum(event, 'ParentCommandLine'),
  });
  const guid = firstDatum(event, 'ProcessGuid', 'SourceProcessGUID', 'SourceProcessGuid');
  if (guid !== undefined) fields['process.entity_id'] = guid;
  const directory = datum(event, 'CurrentDirectory');
  if (directory !== undefined) fields['process.working_directory'] = directory;
  const originalName = nameOf(datum(event, 'OriginalFileName'));
  if (originalName !== undefined && event.id === '1') fields['process.pe.original_file_name'] = originalName;
  setAccount(fields, firstDatum(event, 'User', 'SourceUser'));
  const rule = nameOf(datum(event, 'RuleName'));
  if (rule !== undefined) fields['rule.name'] = rule;

  if (event.id === '1' || event.id === '25') setHashes(fields, 'process', datum(event, 'Hashes'));
  else if (event.id === '7') {
    setHashes(fields, 'dll', datum(event, 'Hashes'));
    const loaded = datum(event, 'ImageLoaded');
    if (loaded !== undefined) {
      fields['dll.path'] = loaded;
      fields['dll.name'] = baseName(loaded);
    }
  } else setHashes(fields, 'file', firstDatum(event, 'Hashes', 'Hash'));
  if (event.id === '3') setConnection(event, fields);
  else if (event.id === '22') setDns(event, fields);
  else if (row?.[0] === 'registry') setRegistry(event, fields);
  else if (row?.[0] === 'file') setFile(fields, firstDatum(event, 'TargetFilename', 'PipeName'));
  else if (event.id === '6') setFile(fields, datum(event, 'ImageLoaded'));
  if (event.id === '25' || event.id === '8') atLeast(fields, 'low');
}
