import { ISO, expectCase, parse } from './service-cases.js';
import type { Case } from './service-cases.js';

const trail = (more: Record<string, unknown>) => ({
  eventVersion: '1.08',
  userIdentity: { type: 'IAMUser', userName: 'bob', accountId: '123456789012' },
  eventTime: ISO,
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  sourceIPAddress: '198.51.100.7',
  userAgent: 'x',
  ...more,
});
describe.each<[string, Case[]]>([
  [
    'aws_cloudtrail',
    [
      [
        'a refused console login',
        trail({ responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' }),
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'event.action': 'ConsoleLogin',
          'user.name': 'bob',
          'source.ip': '198.51.100.7',
          'event.reason': 'Failed authentication',
          'userIdentity.type': 'IAMUser',
        },
      ],
      [
        'a mistyped user is hidden',
        trail({
          userIdentity: { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
          responseElements: { ConsoleLogin: 'Failure' },
        }),
        { 'user.name': undefined },
      ],
      [
        'root',
        trail({ userIdentity: { type: 'Root' }, responseElements: { ConsoleLogin: 'Success' } }),
        { 'user.name': 'root', 'event.outcome': 'success' },
      ],
      [
        'a denied call by a service',
        trail({
          eventSource: 'iam.amazonaws.com',
          eventName: 'CreateUser',
          errorCode: 'AccessDenied',
          sourceIPAddress: 'cloudformation.amazonaws.com',
          readOnly: false,
        }),
        {
          'event.category': 'iam',
          'event.outcome': 'failure',
          'event.severity': 'low',
          'source.ip': undefined,
          'source.domain': 'cloudformation.amazonaws.com',
        },
      ],
      [
        'a file of one record',
        { Records: [trail({ eventName: 'GetObject', eventSource: 's3.amazonaws.com', readOnly: true })] },
        { 'event.action': 'GetObject', 'event.category': 'api' },
      ],
      [
        'EventBridge',
        {
          version: '0',
          'detail-type': 'AWS API Call via CloudTrail',
          source: 'aws.iam',
          time: ISO,
          account: '123456789012',
          detail: trail({}),
        },
        { 'cloud.account.id': '123456789012' },
      ],
    ],
  ],
  [
    'aws_guardduty',
    [
      [
        'an attacker from outside',
        {
          schemaVersion: '2.0',
          accountId: '1',
          type: 'UnauthorizedAccess:EC2/SSHBruteForce',
          severity: 8,
          title: 'SSH brute force',
          updatedAt: ISO,
          id: 'f1',
          resource: {},
          service: {
            action: {
              actionType: 'NETWORK_CONNECTION',
              networkConnectionAction: {
                connectionDirection: 'INBOUND',
                remoteIpDetails: { ipAddressV4: '198.51.100.7' },
                localPortDetails: { port: 22 },
              },
            },
          },
        },
        {
          'event.kind': 'alert',
          'event.severity': 'high',
          'source.ip': '198.51.100.7',
          'destination.port': 22,
          'rule.name': 'UnauthorizedAccess:EC2/SSHBruteForce',
          message: 'SSH brute force',
        },
      ],
      [
        'a host that calls out',
        {
          accountId: '1',
          type: 'Backdoor:EC2/C&CActivity.B',
          severity: 5,
          createdAt: ISO,
          service: {
            action: {
              networkConnectionAction: {
                connectionDirection: 'OUTBOUND',
                remoteIpDetails: { ipAddressV4: '198.51.100.7' },
                remotePortDetails: { port: 443 },
              },
            },
          },
        },
        {
          'destination.ip': '198.51.100.7',
          'destination.port': 443,
          'source.ip': undefined,
          'event.severity': 'medium',
        },
      ],
    ],
  ],
  [
    'aws_securityhub',
    [
      [
        'a failed control',
        {
          ProductArn: 'arn',
          Title: 'T',
          GeneratorId: 'g',
          Severity: { Label: 'HIGH' },
          Compliance: { Status: 'FAILED' },
          UpdatedAt: ISO,
        },
        { 'event.kind': 'alert', 'event.severity': 'high', 'event.outcome': 'failure', 'rule.name': 'T' },
      ],
    ],
  ],
  [
    'aws_vpcflow',
    [
      [
        'a rejected packet',
        '2 123456789012 eni-0123456789abcdef0 198.51.100.7 10.0.0.5 40000 22 6 1 40 1795204790 1795204800 REJECT OK',
        {
          'source.ip': '198.51.100.7',
          'source.port': 40000,
          'destination.port': 22,
          'network.transport': 'tcp',
          'event.type': 'denied',
          'event.action': 'drop',
        },
      ],
      [
        'no data',
        '2 123456789012 eni-0123456789abcdef0 - - - - - - - 1795204790 1795204800 - NODATA',
        { 'source.ip': undefined, 'event.outcome': 'unknown' },
      ],
    ],
  ],
])('%s', (decoder, cases) => {
  test.each(cases)('%s', (_name, record, expected) => {
    expectCase(decoder, record, expected);
  });
});

test('values that look like addresses in attackers’ text stay what they are', () => {
  const event = parse(
    trail({
      userAgent: 'x", "sourceIPAddress": "192.0.2.66',
      userIdentity: { type: 'IAMUser', userName: 'a","sourceIPAddress":"192.0.2.66' },
    }),
  );
  expect(event).toMatchObject({
    'source.ip': '198.51.100.7',
    'user.name': 'a","sourceIPAddress":"192.0.2.66',
  });
});
