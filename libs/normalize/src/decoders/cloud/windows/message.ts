import type { WinEvent } from './win-event.js';

const LONGEST_MESSAGE = 16_384;

/** Security's messages are sections of labels. Those whose account is the event's target share names. */
const SECTIONS = [
  'Subject:',
  'New Logon:',
  'Account For Which Logon Failed:',
  'Account Whose Credentials Were Used:',
  'Target Account:',
  'New Account:',
  'Account That Was Locked Out:',
  'Account Information:',
  'Group:',
  'Member:',
  'Network Information:',
  'Failure Information:',
  'Process Information:',
  'Additional Information:',
  'Detailed Authentication Information:',
  'Logon Information:',
  'Target Server:',
  'Service Information:',
  'Session:',
  'Share Information:',
  'Service:',
  'This event is generated',
  'Access Request Information:',
  'Application Information:',
  'Filter Information:',
  'Target Subject:',
  'Creator Subject:',
] as const;
const SUBJECT: Readonly<Record<string, string>> = {
  'Security ID': 'SubjectUserSid',
  'Account Name': 'SubjectUserName',
  'Account Domain': 'SubjectDomainName',
  'Domain Name': 'SubjectDomainName',
  'Logon ID': 'SubjectLogonId',
};
const TARGET: Readonly<Record<string, string>> = {
  'Security ID': 'TargetUserSid',
  'Account Name': 'TargetUserName',
  'Account Domain': 'TargetDomainName',
  'Logon ID': 'TargetLogonId',
  'Logon GUID': 'LogonGuid',
  'Supplied Realm Name': 'TargetDomainName',
  'User ID': 'TargetSid',
};
const GROUP: Readonly<Record<string, string>> = {
  'Security ID': 'TargetSid',
  'Group Name': 'TargetUserName',
  'Account Name': 'TargetUserName',
  'Group Domain': 'TargetDomainName',
  'Account Domain': 'TargetDomainName',
};
const OTHER: Readonly<Record<string, string>> = {
  'Workstation Name': 'WorkstationName',
  'Source Network Address': 'IpAddress',
  'Client Address': 'IpAddress',
  'Source Address': 'IpAddress',
  'Source Port': 'IpPort',
  'Client Port': 'IpPort',
  'Failure Reason': 'FailureReason',
  Status: 'Status',
  'Sub Status': 'SubStatus',
  'Failure Code': 'Status',
  'Result Code': 'Status',
  'Ticket Options': 'TicketOptions',
  'Pre-Authentication Type': 'PreAuthType',
  'Client Name': 'ClientName',
  'Service Name': 'ServiceName',
  'Service File Name': 'ServiceFileName',
  'New Process ID': 'NewProcessId',
  'New Process Name': 'NewProcessName',
  'Creator Process ID': 'ProcessId',
  'Creator Process Name': 'ParentProcessName',
  'Process Command Line': 'CommandLine',
  'Caller Process ID': 'ProcessId',
  'Caller Process Name': 'ProcessName',
  'Process ID': 'ProcessId',
  'Process Name': 'ProcessName',
  'Logon Process': 'LogonProcessName',
  'Authentication Package': 'AuthenticationPackageName',
  'Package Name (NTLM only)': 'LmPackageName',
  'Transited Services': 'TransmittedServices',
  'Key Length': 'KeyLength',
  'Token Elevation Type': 'TokenElevationType',
  'Mandatory Label': 'MandatoryLabel',
  'Exit Status': 'Status',
};
/** Labels that stand outside of every section. */
const LOOSE: Readonly<Record<string, string>> = {
  'Logon Type': 'LogonType',
  'Logon Account': 'TargetUserName',
  'Source Workstation': 'Workstation',
  'Error Code': 'Status',
};

function namesOf(section: string): Readonly<Record<string, string>> {
  if (section === 'Subject:' || section === 'Creator Subject:') return SUBJECT;
  if (section === 'Group:') return GROUP;
  return /Logon:|Logon Failed|Credentials|Target Account|Target Subject|New Account|Locked Out|Account Information/.test(
    section,
  )
    ? TARGET
    : OTHER;
}

/** Where `label` stands as a word of its own; -1 if it does not, or stands twice: an account's name may hold one. */
function only(text: string, label: string): number {
  const needle = ` ${label} `;
  const at = text.indexOf(needle);
  return at === -1 || text.indexOf(needle, at + 1) !== -1 ? -1 : at;
}

function readLabels(text: string, names: Readonly<Record<string, string>>, data: WinEvent['data']): void {
  const places = Object.keys(names)
    .map((label) => ({ label, at: text.indexOf(` ${label}: `), once: only(text, `${label}:`) !== -1 }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  places.forEach(({ label, at, once }, index) => {
    const name = names[label];
    // A value that the next label cuts short may be cut by what it holds itself: then that label stands twice.
    const next = places[index + 1];
    if (!once || name === undefined || data.has(name) || (next !== undefined && !next.once)) return;
    const value = text.slice(at + label.length + 3, next?.at).trim();
    if (value !== '' && value.length <= 4096) data.set(name, value);
  });
}

/**
 * Adds the data that an English message of the Security log spells out, for forms that carry nothing but the message. Whatever stands
 * twice is left out, section or label.
 */
export function readSecurityMessage(message: string, data: WinEvent['data']): void {
  const text = ` ${message.slice(0, LONGEST_MESSAGE).replace(/\s+/g, ' ')} `;
  const places = SECTIONS.map((section) => ({
    section,
    at: text.indexOf(` ${section} `),
    once: only(text, section) !== -1,
  }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  readLabels(text.slice(0, places[0]?.at), LOOSE, data);
  places.forEach(({ section, at, once }, index) => {
    const next = places[index + 1];
    if (!once || (next !== undefined && !next.once)) return;
    const body = ` ${text.slice(at + section.length + 1, next?.at)} `;
    readLabels(body, namesOf(section), data);
    readLabels(body, LOOSE, data);
  });
}

const SYSMON_LABELS = [
  'RuleName',
  'UtcTime',
  'ProcessGuid',
  'ProcessId',
  'Image',
  'FileVersion',
  'Description',
  'Product',
  'Company',
  'OriginalFileName',
  'CommandLine',
  'CurrentDirectory',
  'User',
  'LogonGuid',
  'LogonId',
  'TerminalSessionId',
  'IntegrityLevel',
  'HashType',
  'Hash',
  'Hashes',
  'ParentProcessGuid',
  'ParentProcessId',
  'ParentImage',
  'ParentCommandLine',
  'ParentUser',
  'Protocol',
  'Initiated',
  'SourceIsIpv6',
  'SourceIp',
  'SourceHostname',
  'SourcePort',
  'SourcePortName',
  'DestinationIsIpv6',
  'DestinationIp',
  'DestinationHostname',
  'DestinationPort',
  'DestinationPortName',
  'ImageLoaded',
  'Signed',
  'Signature',
  'SignatureStatus',
  'TargetFilename',
  'CreationUtcTime',
  'TargetObject',
  'EventType',
  'Details',
  'QueryName',
  'QueryStatus',
  'QueryResults',
  'SourceImage',
  'TargetImage',
  'GrantedAccess',
  'SourceProcessId',
  'SourceProcessGUID',
  'TargetProcessId',
  'TargetProcessGUID',
  'CallTrace',
  'StartAddress',
  'PipeName',
];
const SYSMON: Readonly<Record<string, string>> = Object.fromEntries(
  SYSMON_LABELS.map((label) => [label, label]),
);

/** The same for Sysmon's "Label: value  Label: value". */
export function readSysmonMessage(message: string, data: WinEvent['data']): void {
  readLabels(` ${message.slice(0, LONGEST_MESSAGE).replace(/\s+/g, ' ')} `, SYSMON, data);
}
