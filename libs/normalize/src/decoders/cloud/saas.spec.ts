import { ISO, TIME, expectCase } from './service-cases.js';
import type { Case } from './service-cases.js';

describe.each<[string, Case[]]>([
  [
    'gcp',
    [
      [
        'an audit record',
        {
          logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
          resource: { type: 'x', labels: { project_id: 'p' } },
          timestamp: ISO,
          severity: 'ERROR',
          protoPayload: {
            methodName: 'google.iam.admin.v1.CreateServiceAccountKey',
            serviceName: 'iam.googleapis.com',
            status: { code: 7, message: 'PERMISSION_DENIED' },
            authenticationInfo: { principalEmail: 'bob@corp.example' },
            requestMetadata: { callerIp: '2001:db8::7' },
          },
        },
        {
          'event.outcome': 'failure',
          'event.category': 'iam',
          'event.type': 'creation',
          'user.name': 'bob@corp.example',
          'source.ip': '2001:db8::7',
          'event.severity': 'high',
          'event.reason': 'PERMISSION_DENIED',
        },
      ],
      [
        'Google’s own address',
        {
          logName: 'x',
          resource: {},
          timestamp: ISO,
          protoPayload: { methodName: 'x.list', requestMetadata: { callerIp: 'private' } },
        },
        { 'source.ip': undefined, 'event.type': 'access' },
      ],
    ],
  ],
  [
    'google_workspace',
    [
      [
        'a refused login',
        {
          kind: 'admin#reports#activity',
          id: { time: ISO, applicationName: 'login' },
          actor: { email: 'bob@corp.example' },
          ipAddress: '198.51.100.7',
          events: [{ type: 'login', name: 'login_failure' }],
        },
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'user.name': 'bob@corp.example',
          'source.ip': '198.51.100.7',
        },
      ],
    ],
  ],
  [
    'okta',
    [
      [
        'a refused session',
        {
          eventType: 'user.session.start',
          published: ISO,
          actor: { alternateId: 'bob@corp.example', displayName: 'Bob' },
          outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
          client: { ipAddress: '198.51.100.7', userAgent: { rawUserAgent: 'ua' } },
          displayMessage: 'User login to Okta',
        },
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'event.action': 'user_login',
          'user.name': 'bob@corp.example',
          'source.ip': '198.51.100.7',
          message: 'User login to Okta',
        },
      ],
      [
        'its factor is a witness',
        {
          eventType: 'user.authentication.auth_via_mfa',
          published: ISO,
          actor: {},
          outcome: { result: 'FAILURE' },
        },
        { 'event.action': 'login_witness', 'user.name': undefined },
      ],
    ],
  ],
  [
    'github',
    [
      [
        'a new member',
        {
          action: 'org.add_member',
          actor: 'bob',
          user: 'eve',
          org: 'o',
          created_at: TIME,
          actor_ip: '198.51.100.7',
        },
        {
          'event.action': 'org.add_member',
          'event.category': 'iam',
          'user.name': 'bob',
          'user.target.name': 'eve',
          'source.ip': '198.51.100.7',
        },
      ],
      [
        'Enterprise Server’s refused login',
        { action: 'user.failed_login', actor: 'bob', created_at: TIME, actor_ip: '198.51.100.7' },
        { 'event.category': 'authentication', 'event.outcome': 'failure' },
      ],
    ],
  ],
  [
    'ocsf',
    [
      [
        'a refused log-in',
        {
          metadata: { product: {} },
          class_uid: 3002,
          activity_id: 1,
          status_id: 2,
          time: TIME,
          severity_id: 2,
          user: { name: 'bob' },
          actor: { user: { name: 'svc' } },
          src_endpoint: { ip: '198.51.100.7', port: 5 },
        },
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'user.name': 'bob',
          'source.ip': '198.51.100.7',
          'event.action': 'user_login',
        },
      ],
      [
        'a finding',
        { metadata: {}, class_uid: 2004, time: TIME, severity_id: 5, finding_info: { title: 'T' } },
        { 'event.kind': 'alert', 'event.severity': 'critical', 'rule.name': 'T' },
      ],
    ],
  ],
  [
    'kubernetes_audit',
    [
      [
        'a forbidden change',
        {
          kind: 'Event',
          apiVersion: 'audit.k8s.io/v1',
          stage: 'ResponseComplete',
          stageTimestamp: ISO,
          verb: 'delete',
          user: { username: 'system:anonymous' },
          sourceIPs: ['203.0.113.66', '198.51.100.7'],
          requestURI: '/api/v1/secrets',
          responseStatus: { code: 403 },
          objectRef: { resource: 'secrets', namespace: 'n' },
        },
        {
          'event.outcome': 'failure',
          'event.type': 'deletion',
          'user.name': 'system:anonymous',
          'source.ip': '198.51.100.7',
          'objectRef.resource': 'secrets',
        },
      ],
    ],
  ],
  [
    'docker_events',
    [
      [
        'a command in a container',
        {
          Type: 'container',
          Action: 'exec_start: /bin/sh -c id',
          Actor: { ID: 'c1', Attributes: { name: 'web', image: 'nginx' } },
          time: 1795204800,
        },
        { 'container.name': 'web', 'process.command_line': '/bin/sh -c id', 'event.category': 'process' },
      ],
    ],
  ],
])('%s', (decoder, cases) => {
  test.each(cases)('%s', (_name, record, expected) => {
    expectCase(decoder, record, expected);
  });
});
