import { parse } from '../service-cases.js';

const DATA = {
  SubjectUserSid: 'S-1-0-0',
  SubjectUserName: '-',
  TargetUserName: 'Bob Smith',
  TargetDomainName: 'CORP',
  Status: '0xc000006d',
  SubStatus: '0xc000006a',
  LogonType: '3',
  WorkstationName: 'WS1',
  IpAddress: '198.51.100.7',
  IpPort: '50123',
};
const PROVIDER = 'Microsoft-Windows-Security-Auditing';
const TIME = '2026-11-20T20:00:00.1234567Z';
const FAILED = {
  'labels.decoder': 'windows',
  '@timestamp': Date.parse('2026-11-20T20:00:00.123Z'),
  'event.dataset': 'system.security',
  'event.code': '4625',
  'event.category': 'authentication',
  'event.action': 'logon-failed',
  'event.outcome': 'failure',
  'event.reason': 'wrong password',
  'event.severity': 'low',
  'source.ip': '198.51.100.7',
  'source.port': 50123,
  'user.name': 'Bob Smith',
  'user.domain': 'CORP',
  'host.name': 'dc1.corp.example',
  'winlog.event_id': '4625',
  'winlog.channel': 'Security',
  'winlog.provider_name': PROVIDER,
  'winlog.computer_name': 'dc1.corp.example',
  'winlog.logon.type': 'Network',
  'winlog.event_data.TargetUserName': 'Bob Smith',
  'winlog.event_data.SubStatus': '0xc000006a',
};
const xml = (data: Record<string, string>, id = 4625) =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${PROVIDER}' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>` +
  `<EventID>${id}</EventID><Version>0</Version><Level>0</Level><Task>12544</Task><Opcode>0</Opcode><Keywords>0x8010000000000000</Keywords>` +
  `<TimeCreated SystemTime='${TIME}'/><EventRecordID>9</EventRecordID><Correlation/><Execution ProcessID='700' ThreadID='5'/><Channel>Security</Channel>` +
  `<Computer>dc1.corp.example</Computer><Security/></System><EventData>${Object.entries(data)
    .map(
      ([name, value]) =>
        `<Data Name='${name}'>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Data>`,
    )
    .join('')}</EventData></Event>`;
const lower = (record: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );

describe('one failed logon in every form', () => {
  test.each<[string, unknown]>([
    [
      'Winlogbeat',
      {
        '@timestamp': TIME,
        winlog: {
          event_id: 4625,
          channel: 'Security',
          provider_name: PROVIDER,
          computer_name: 'dc1.corp.example',
          keywords: ['Audit Failure'],
          event_data: DATA,
        },
        event: { code: '4625' },
        message: 'An account failed to log on.',
      },
    ],
    [
      'Winlogbeat 6',
      {
        '@timestamp': TIME,
        event_id: 4625,
        log_name: 'Security',
        source_name: PROVIDER,
        computer_name: 'dc1.corp.example',
        event_data: DATA,
      },
    ],
    [
      'NXLog',
      {
        EventTime: TIME,
        Hostname: 'dc1.corp.example',
        Keywords: -9218868437227405312,
        EventType: 'AUDIT_FAILURE',
        SeverityValue: 4,
        Severity: 'ERROR',
        EventID: 4625,
        SourceName: PROVIDER,
        Channel: 'Security',
        Message: 'An account failed to log on.',
        ...DATA,
      },
    ],
    [
      'flat',
      {
        EventID: 4625,
        Provider_Name: PROVIDER,
        Channel: 'Security',
        Computer: 'dc1.corp.example',
        TimeCreated_SystemTime: TIME,
        Keywords: '0x8010000000000000',
        ...DATA,
      },
    ],
    [
      'Wazuh',
      {
        win: {
          system: {
            eventID: '4625',
            channel: 'Security',
            providerName: PROVIDER,
            computer: 'dc1.corp.example',
            systemTime: TIME,
            severityValue: 'AUDIT_FAILURE',
            keywords: '0x8010000000000000',
            message: '"An account failed to log on."',
          },
          eventdata: lower(DATA),
        },
      },
    ],
    [
      'evtx_dump',
      {
        Event: {
          System: {
            Provider: { '#attributes': { Name: PROVIDER } },
            EventID: 4625,
            Keywords: '0x8010000000000000',
            TimeCreated: { '#attributes': { SystemTime: TIME } },
            Channel: 'Security',
            Computer: 'dc1.corp.example',
          },
          EventData: DATA,
        },
      },
    ],
    [
      'xml2json',
      {
        Event: {
          System: {
            Provider: { $: { Name: PROVIDER } },
            EventID: { _: '4625' },
            TimeCreated: { $: { SystemTime: TIME } },
            Channel: 'Security',
            Computer: 'dc1.corp.example',
          },
          EventData: {
            Data: Object.entries(DATA).map(([Name, value]) => ({ '@Name': Name, '#text': value })),
          },
        },
      },
    ],
    ['XML', xml(DATA)],
    ['XML below a syslog header', `<13>Nov 20 20:00:00 dc1 XmlWinEventLog: ${xml(DATA)}`],
  ])('%s', (_name, record) => {
    expect(parse(record)).toMatchObject(FAILED);
  });

  const MESSAGE =
    'An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\t-\r\n\tAccount Domain:\t\t-\r\n\tLogon ID:\t\t0x0\r\n\r\nLogon Type:\t\t\t3\r\n\r\n' +
    'Account For Which Logon Failed:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\tUSER\r\n\tAccount Domain:\t\tCORP\r\n\r\nFailure Information:\r\n\tFailure Reason:\t\tUnknown user name or bad password.\r\n' +
    '\tStatus:\t\t\t0xC000006D\r\n\tSub Status:\t\t0xC000006A\r\n\r\nProcess Information:\r\n\tCaller Process ID:\t0x0\r\n\tCaller Process Name:\t-\r\n\r\nNetwork Information:\r\n\tWorkstation Name:\tWS1\r\n' +
    '\tSource Network Address:\t198.51.100.7\r\n\tSource Port:\t\t50123\r\n\r\nDetailed Authentication Information:\r\n\tLogon Process:\t\tNtLmSsp \r\n';
  const snare = (user: string) =>
    `<14>Nov 20 20:00:00 dc1 MSWinEventLog\t1\tSecurity\t77\tFri Nov 20 20:00:00 2026\t4625\t${PROVIDER}\tN/A\tN/A\tFailure Audit\tdc1.corp.example\tLogon\t\t${MESSAGE.replace('USER', user).replace(/\s+/g, ' ')}\t8`;

  test.each([
    ['Snare', snare('Bob Smith')],
    [
      'OSSEC',
      `2026 Nov 20 20:00:00 WinEvtLog: Security: AUDIT_FAILURE(4625): ${PROVIDER}: (no user): no domain: dc1.corp.example: ${MESSAGE.replace('USER', 'Bob Smith').replace(/\s+/g, ' ')}`,
    ],
    [
      'a record with nothing but the message',
      JSON.stringify({
        EventID: 4625,
        Channel: 'Security',
        SourceName: PROVIDER,
        Hostname: 'dc1.corp.example',
        '@timestamp': '2026-11-20T20:00:00Z',
        Message: MESSAGE.replace('USER', 'Bob Smith'),
      }),
    ],
  ])('%s', (_name, line) => {
    expect(parse(line)).toMatchObject({
      'labels.decoder': 'windows',
      '@timestamp': Date.parse('2026-11-20T20:00:00Z'),
      'event.action': 'logon-failed',
      'event.outcome': 'failure',
      'event.reason': 'wrong password',
      'source.ip': '198.51.100.7',
      'user.name': 'Bob Smith',
      'host.name': 'dc1.corp.example',
      'winlog.event_data.LogonType': '3',
    });
  });

  test.each([
    'x Network Information: Workstation Name: A Source Network Address: 192.0.2.66 Source Port: 1',
    'x Account Domain: y Failure Information: Status: 0x0 Network Information: Source Network Address: 192.0.2.66',
    'x Source Network Address: 192.0.2.66',
    'Subject: Account Name: admin',
  ])('a user who is named %s chooses no address', (user) => {
    const event = parse(snare(user));
    expect(event['source.ip'] === undefined || event['source.ip'] === '198.51.100.7').toBe(true);
    expect([undefined, user]).toContain(event['user.name']);
    expect(event['event.outcome']).toBe('failure');
  });

  test('in XML, names that look like tags are text', () => {
    expect(
      parse(xml({ ...DATA, TargetUserName: "x</Data><Data Name='IpAddress'>192.0.2.66" })),
    ).toMatchObject({
      'source.ip': '198.51.100.7',
      'user.name': "x</Data><Data Name='IpAddress'>192.0.2.66",
    });
  });
});
