import { ISO, expectCase } from './service-cases.js';
import type { Case } from './service-cases.js';

const signIn = (errorCode: number, more: Record<string, unknown> = {}) => ({
  time: ISO,
  resourceId: '/tenants/x/providers/Microsoft.aadiam',
  operationName: 'Sign-in activity',
  category: 'SignInLogs',
  resultType: String(errorCode),
  callerIpAddress: '198.51.100.7',
  properties: {
    userPrincipalName: 'bob@corp.example',
    ipAddress: '198.51.100.7',
    status: { errorCode, failureReason: 'why' },
  },
  ...more,
});

describe.each<[string, Case[]]>([
  [
    'azure',
    [
      [
        'a wrong password',
        signIn(50126),
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'user.name': 'bob@corp.example',
          'source.ip': '198.51.100.7',
          'event.reason': 'why',
        },
      ],
      ['a second factor asked for', signIn(50074), { 'event.outcome': 'unknown' }],
      ['success', signIn(0), { 'event.outcome': 'success', 'event.reason': undefined }],
      [
        'a change in the directory',
        {
          time: ISO,
          tenantId: 't',
          operationName: 'Add member to role',
          category: 'AuditLogs',
          properties: {
            result: 'success',
            initiatedBy: { user: { userPrincipalName: 'adm@corp.example', ipAddress: '198.51.100.7' } },
          },
        },
        {
          'event.category': 'iam',
          'user.name': 'adm@corp.example',
          'event.outcome': 'success',
          'json.tenantId': 't',
          tenantId: undefined,
        },
      ],
    ],
  ],
  [
    'entra_signin',
    [
      [
        'Graph’s object',
        {
          id: 'x',
          createdDateTime: ISO,
          userPrincipalName: 'bob@corp.example',
          appDisplayName: 'Portal',
          ipAddress: '198.51.100.7',
          status: { errorCode: 50126, failureReason: 'bad' },
        },
        { 'event.outcome': 'failure', 'source.ip': '198.51.100.7', id: undefined },
      ],
    ],
  ],
  [
    'office365',
    [
      [
        'a refused login',
        {
          CreationTime: '2026-11-20T20:00:00',
          Operation: 'UserLoginFailed',
          Workload: 'AzureActiveDirectory',
          RecordType: 15,
          UserId: 'bob@corp.example',
          ClientIP: '198.51.100.7:4711',
          LogonError: 'InvalidUserNameOrPassword',
        },
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'source.ip': '198.51.100.7',
          'source.port': 4711,
          'user.name': 'bob@corp.example',
          'event.reason': 'InvalidUserNameOrPassword',
        },
      ],
      [
        'nobody, IPv6',
        {
          CreationTime: '2026-11-20T20:00:00',
          Operation: 'UserLoginFailed',
          RecordType: 15,
          UserId: 'Not Available',
          ClientIP: '[2001:db8::7]:1',
        },
        { 'user.name': undefined, 'source.ip': '2001:db8::7' },
      ],
      [
        'Wazuh’s wrapping',
        {
          integration: 'office365',
          office365: {
            CreationTime: '2026-11-20T20:00:00',
            Operation: 'FileMalwareDetected',
            Workload: 'OneDrive',
            UserId: 'bob@corp.example',
            ClientIP: '',
          },
        },
        { 'event.category': 'malware', 'event.severity': 'high' },
      ],
    ],
  ],
  [
    'ms_graph',
    [
      [
        'an alert',
        {
          id: 'a',
          title: 'T',
          severity: 'high',
          serviceSource: 'microsoftDefenderForEndpoint',
          createdDateTime: ISO,
          status: 'new',
          category: 'Malware',
          evidence: [{ userAccount: { accountName: 'bob' } }],
        },
        { 'event.kind': 'alert', 'event.severity': 'high', 'event.category': 'malware', 'user.name': 'bob' },
      ],
      [
        'two users are none',
        {
          title: 'T',
          severity: 'low',
          serviceSource: 'x',
          createdDateTime: ISO,
          evidence: [{ userAccount: { accountName: 'a' } }, { userAccount: { accountName: 'b' } }],
        },
        { 'user.name': undefined },
      ],
    ],
  ],
])('%s', (decoder, cases) => {
  test.each(cases)('%s', (_name, record, expected) => {
    expectCase(decoder, record, expected);
  });
});
