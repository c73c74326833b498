import { parse } from '../service-cases.js';

const PROVIDER = 'Microsoft-Windows-Security-Auditing';

const security = (EventID: number, data: Record<string, string>, more: Record<string, unknown> = {}) =>
  parse({
    EventID,
    Channel: 'Security',
    Provider_Name: PROVIDER,
    Computer: 'dc1',
    Keywords: '0x8020000000000000',
    ...data,
    ...more,
  });

test.each<[number, Record<string, string>, Record<string, unknown>]>([
  [
    4624,
    { TargetUserName: 'bob', LogonType: '10', IpAddress: '2001:DB8::7', IpPort: '0' },
    {
      'event.action': 'logged-in',
      'event.outcome': 'success',
      'source.ip': '2001:db8::7',
      'source.port': undefined,
      'winlog.logon.type': 'RemoteInteractive',
    },
  ],
  [
    4624,
    { TargetUserName: 'SYSTEM', LogonType: '5', IpAddress: '-', IpPort: '-' },
    { 'source.ip': undefined, 'user.name': 'SYSTEM' },
  ],
  [4634, { TargetUserName: 'bob', LogonType: '3' }, { 'event.action': 'logged-out', 'event.type': 'end' }],
  [
    4648,
    { SubjectUserName: 'bob', TargetUserName: 'admin', IpAddress: '192.0.2.1' },
    { 'user.name': 'bob', 'user.effective.name': 'admin', 'event.action': 'logged-in-explicit' },
  ],
  [
    4672,
    { SubjectUserName: 'admin' },
    { 'user.name': 'admin', 'event.category': 'iam', 'event.action': 'logged-in-special' },
  ],
  [
    4720,
    { SubjectUserName: 'admin', TargetUserName: 'new' },
    {
      'user.name': 'admin',
      'user.target.name': 'new',
      'event.action': 'added-user-account',
      'event.severity': 'medium',
    },
  ],
  [
    4732,
    { SubjectUserName: 'admin', TargetUserName: 'Administrators', MemberSid: 'S-1-5-21-1' },
    { 'group.name': 'Administrators', 'event.action': 'added-member-to-group' },
  ],
  [
    4740,
    { TargetUserName: 'bob', SubjectUserName: 'DC1$' },
    { 'user.name': 'bob', 'event.action': 'locked-out-user-account', 'event.severity': 'medium' },
  ],
  [
    4688,
    {
      SubjectUserName: 'bob',
      NewProcessName: 'C:\\Windows\\cmd.exe',
      NewProcessId: '0x1a',
      ProcessId: '0x10',
      CommandLine: 'cmd /c x',
      ParentProcessName: 'C:\\Windows\\explorer.exe',
    },
    {
      'process.name': 'cmd.exe',
      'process.pid': 26,
      'process.parent.pid': 16,
      'process.command_line': 'cmd /c x',
      'process.parent.name': 'explorer.exe',
      'user.name': 'bob',
    },
  ],
  [
    1102,
    { SubjectUserName: 'bob' },
    { 'event.action': 'audit-log-cleared', 'user.name': 'bob', 'event.severity': 'medium' },
  ],
  [
    4768,
    { TargetUserName: 'bob', Status: '0x6', IpAddress: '::ffff:192.0.2.1', IpPort: '500' },
    {
      'event.action': 'kerberos-authentication-ticket-requested',
      'source.ip': '192.0.2.1',
      'event.reason': 'client not found in Kerberos database',
    },
  ],
  [
    4771,
    { TargetUserName: 'bob', Status: '0x18', IpAddress: '::ffff:192.0.2.1' },
    { 'event.outcome': 'failure', 'event.action': 'kerberos-preauth-failed', 'source.ip': '192.0.2.1' },
  ],
  [
    5156,
    {
      SourceAddress: '192.0.2.1',
      SourcePort: '5',
      DestAddress: '192.0.2.2',
      DestPort: '80',
      Protocol: '6',
      Direction: '%%14593',
      Application: '\\device\\x\\a.exe',
      ProcessID: '3',
    },
    {
      'source.ip': '192.0.2.1',
      'destination.port': 80,
      'network.transport': 'tcp',
      'network.direction': 'egress',
      'process.name': 'a.exe',
      'process.pid': 3,
    },
  ],
])('Security %i', (id, data, expected) => {
  const event = security(id, data);
  for (const [name, value] of Object.entries(expected))
    expect({ name, value: event[name] }).toEqual({ name, value });
  for (const [name, value] of Object.entries(data)) expect(event[`winlog.event_data.${name}`]).toBe(value);
});

test('NTLM’s check is the witness of a logon, not a second attempt', () => {
  const event = security(
    4776,
    { TargetUserName: 'bob', Workstation: 'WS1', Status: '0xc000006a' },
    { Keywords: '0x8010000000000000' },
  );
  expect(event).toMatchObject({
    'event.action': 'credential-validated',
    'event.outcome': 'failure',
    'user.name': 'bob',
  });
});

const sysmon = (EventID: number, data: Record<string, string>) =>
  parse({
    EventID,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    SourceName: 'Microsoft-Windows-Sysmon',
    Hostname: 'ws1',
    ...data,
  });

test.each<[number, Record<string, string>, Record<string, unknown>]>([
  [
    1,
    {
      Image: 'C:\\a\\b.exe',
      ProcessId: '7',
      CommandLine: 'b.exe x',
      User: 'CORP\\bob',
      ParentImage: 'C:\\p.exe',
      ParentProcessId: '6',
      Hashes: 'SHA1=9FEF303BEDF8430403915951564E0D9888F6F365,IMPHASH=BB3AC2C21E02C68ABCAD237DC3FA6D00',
    },
    {
      'process.name': 'b.exe',
      'process.pid': 7,
      'user.name': 'bob',
      'user.domain': 'CORP',
      'process.parent.name': 'p.exe',
      'process.hash.sha1': '9fef303bedf8430403915951564e0d9888f6f365',
      'event.category': 'process',
      'event.type': 'start',
    },
  ],
  [
    3,
    {
      Image: 'C:\\a.exe',
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIp: '192.0.2.1',
      SourcePort: '5',
      DestinationIp: '192.0.2.2',
      DestinationPort: '443',
      DestinationHostname: 'x.example',
    },
    {
      'source.ip': '192.0.2.1',
      'destination.ip': '192.0.2.2',
      'destination.domain': 'x.example',
      'network.direction': 'egress',
      'network.transport': 'tcp',
    },
  ],
  [
    10,
    { SourceImage: 'C:\\m.exe', SourceProcessId: '3', TargetImage: 'C:\\lsass.exe' },
    { 'process.name': 'm.exe', 'process.pid': 3, 'event.action': 'process-accessed' },
  ],
  [
    11,
    { Image: 'C:\\a.exe', TargetFilename: 'C:\\t\\x.PS1' },
    { 'file.path': 'C:\\t\\x.PS1', 'file.name': 'x.PS1', 'file.extension': 'ps1' },
  ],
  [
    12,
    { EventType: 'CreateKey', TargetObject: 'HKLM\\SOFTWARE\\A', Image: 'C:\\a.exe' },
    { 'registry.hive': 'HKLM', 'registry.key': 'SOFTWARE\\A', 'winlog.event_data.EventType': 'CreateKey' },
  ],
  [
    13,
    { EventType: 'SetValue', TargetObject: 'HKU\\S-1\\Run\\x', Details: 'C:\\x.exe', Image: 'C:\\a.exe' },
    { 'registry.value': 'x', 'registry.data.strings': 'C:\\x.exe' },
  ],
  [
    22,
    {
      QueryName: 'evil.example',
      QueryStatus: '0',
      QueryResults: 'type:  5 a.example;::ffff:192.0.2.9;',
      Image: 'C:\\a.exe',
    },
    { 'dns.question.name': 'evil.example', 'dns.resolved_ip': ['192.0.2.9'], 'event.category': 'network' },
  ],
])('Sysmon %i', (id, data, expected) => {
  const event = sysmon(id, data);
  expect(event['event.dataset']).toBe('windows.sysmon_operational');
  for (const [name, value] of Object.entries(expected))
    expect({ name, value: event[name] }).toEqual({ name, value });
  for (const [name, value] of Object.entries(data)) expect(event[`winlog.event_data.${name}`]).toBe(value);
});

test('Sysmon’s text: a command line that holds labels names no user', () => {
  const line = (command: string) =>
    `2026 Nov 20 20:00:00 WinEvtLog: Microsoft-Windows-Sysmon/Operational: INFORMATION(1): Microsoft-Windows-Sysmon: SYSTEM: NT AUTHORITY: ws1: Process Create:  UtcTime: 2026-11-20 20:00:00.000  ProcessId: 7  Image: C:\\a.exe  CommandLine: ${command}  User: CORP\\bob  ParentImage: C:\\p.exe`;
  expect(parse(line('a.exe x'))).toMatchObject({
    'user.name': 'bob',
    'process.name': 'a.exe',
    'process.command_line': 'a.exe x',
    'host.name': 'ws1',
  });
  const forged = parse(line('a.exe  User: CORP\\admin  ParentImage: C:\\fake.exe'));
  expect(forged['user.name']).toBeUndefined();
  expect(forged['process.parent.name']).toBeUndefined();
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  [
    'a script block',
    {
      EventID: 4104,
      Channel: 'Microsoft-Windows-PowerShell/Operational',
      Provider_Name: 'Microsoft-Windows-PowerShell',
      ScriptBlockText: 'Get-Clipboard',
      Path: 'C:\\x.ps1',
    },
    {
      'powershell.file.script_block_text': 'Get-Clipboard',
      'file.path': 'C:\\x.ps1',
      'event.dataset': 'windows.powershell_operational',
    },
  ],
  [
    'a new service',
    {
      EventID: 7045,
      Channel: 'System',
      Provider_Name: 'Service Control Manager',
      ServiceName: 'x',
      ImagePath: 'C:\\x.exe',
    },
    { 'service.name': 'x', 'event.action': 'service-installed', 'event.severity': 'medium' },
  ],
  [
    'malware',
    {
      EventID: 1116,
      Channel: 'Microsoft-Windows-Windows Defender/Operational',
      Provider_Name: 'Microsoft-Windows-Windows Defender',
      'Threat Name': 'EICAR',
      Path: 'file:_C:\\e.com',
      'Detection User': 'CORP\\bob',
    },
    { 'event.category': 'malware', 'event.severity': 'high', 'user.name': 'bob', 'file.path': 'C:\\e.com' },
  ],
  [
    'RDP’s session',
    {
      EventID: 21,
      Channel: 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
      Provider_Name: 'Microsoft-Windows-TerminalServices-LocalSessionManager',
      UserData: 'x',
      User: 'CORP\\bob',
      Address: 'LOCAL',
    },
    { 'user.name': 'bob', 'source.ip': undefined },
  ],
  [
    'SQL Server',
    {
      EventID: 18456,
      Channel: 'Application',
      Provider_Name: 'MSSQLSERVER',
      EventData: { Data: ['sa', ' Reason: Password did not match.', ' [CLIENT: 192.0.2.1]'] },
    },
    { 'user.name': 'sa', 'source.ip': '192.0.2.1', 'event.outcome': 'failure' },
  ],
])('%s', (_name, record, expected) => {
  const event = parse(record);
  for (const [name, value] of Object.entries(expected))
    expect({ name, value: event[name] }).toEqual({ name, value });
});

test('a record with an EventID of something else is none', () => {
  expect(parse({ EventID: 'abc', Channel: 'x' })['labels.decoder']).toBe('json');
  expect(parse({ EventID: 4625 })['labels.decoder']).toBe('json');
});
