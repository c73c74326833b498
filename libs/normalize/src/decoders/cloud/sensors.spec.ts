import { ISO, expectCase } from './service-cases.js';
import type { Case } from './service-cases.js';

describe.each<[string, Case[]]>([
  [
    'suricata',
    [
      [
        'an alert',
        {
          timestamp: '2026-11-20T20:00:00.000000+0000',
          flow_id: 1,
          event_type: 'alert',
          src_ip: '198.51.100.7',
          src_port: 5,
          dest_ip: '10.0.0.5',
          dest_port: 80,
          proto: 'TCP',
          alert: { action: 'blocked', signature_id: 7, signature: 'ET X', category: 'C', severity: 1 },
          http: { hostname: 'h', url: '/a?b', http_method: 'GET', status: 404, http_user_agent: 'ua' },
        },
        {
          'event.kind': 'alert',
          'event.severity': 'high',
          'event.type': 'denied',
          'rule.id': '7',
          'rule.name': 'ET X',
          'source.ip': '198.51.100.7',
          'destination.port': 80,
          'network.transport': 'tcp',
          'url.path': '/a',
          'user_agent.original': 'ua',
          'http.response.status_code': 404,
        },
      ],
      [
        'DNS',
        {
          timestamp: ISO,
          flow_id: 1,
          event_type: 'dns',
          src_ip: '192.0.2.1',
          src_port: 1,
          dest_ip: '192.0.2.2',
          dest_port: 53,
          proto: 'UDP',
          dns: { version: 3, type: 'request', queries: [{ rrname: 'x.example', rrtype: 'A' }] },
        },
        { 'dns.question.name': 'x.example', 'event.category': 'network' },
      ],
      [
        'a flow',
        {
          timestamp: ISO,
          flow_id: 1,
          event_type: 'flow',
          src_ip: '192.0.2.1',
          dest_ip: '192.0.2.2',
          proto: 'UDP',
          flow: { bytes_toserver: 7, bytes_toclient: 8 },
        },
        { 'source.bytes': 7, 'destination.bytes': 8, 'event.action': 'connection' },
      ],
      [
        'TLS: the client’s name for the server is no address',
        {
          timestamp: ISO,
          flow_id: 1,
          event_type: 'tls',
          src_ip: '192.0.2.1',
          dest_ip: '192.0.2.2',
          proto: 'TCP',
          tls: { sni: '198.51.100.66' },
        },
        { 'tls.client.server_name': '198.51.100.66', 'source.ip': '192.0.2.1' },
      ],
    ],
  ],
  [
    'zeek',
    [
      [
        'a connection',
        {
          _path: 'conn',
          ts: 1795204800,
          uid: 'C1',
          'id.orig_h': '198.51.100.7',
          'id.orig_p': 5,
          'id.resp_h': '10.0.0.5',
          'id.resp_p': 22,
          proto: 'tcp',
          service: 'ssh',
          conn_state: 'SF',
          orig_bytes: 1,
        },
        {
          'source.ip': '198.51.100.7',
          'destination.port': 22,
          'network.transport': 'tcp',
          'source.bytes': 1,
          'id.resp_p': 22,
        },
      ],
      [
        'SSH is a witness of the server’s own line',
        {
          ts: 1795204800,
          uid: 'C1',
          'id.orig_h': '198.51.100.7',
          'id.orig_p': 5,
          'id.resp_h': '10.0.0.5',
          'id.resp_p': 22,
          auth_success: false,
          auth_attempts: 3,
        },
        { 'event.action': 'login_witness', 'event.outcome': 'failure' },
      ],
      [
        'a notice',
        {
          ts: 1795204800,
          note: 'Scan::Port_Scan',
          msg: 'scanned',
          src: '198.51.100.7',
          dst: '10.0.0.5',
          actions: ['Notice::ACTION_LOG'],
        },
        {
          'event.kind': 'alert',
          'source.ip': '198.51.100.7',
          'rule.name': 'Scan::Port_Scan',
          'event.action': 'port_scan',
        },
      ],
      [
        'HTTP',
        {
          ts: 1795204800,
          uid: 'C',
          id: { orig_h: '192.0.2.1', orig_p: 1, resp_h: '192.0.2.2', resp_p: 80 },
          method: 'GET',
          host: 'h',
          uri: '/x',
          status_code: 200,
          user_agent: 'ua',
        },
        { 'url.path': '/x', 'http.response.status_code': 200, 'source.ip': '192.0.2.1' },
      ],
    ],
  ],
  [
    'falco',
    [
      [
        'an alert',
        {
          output: 'A shell',
          priority: 'Critical',
          rule: 'Terminal shell',
          time: ISO,
          output_fields: { 'user.name': 'root', 'proc.name': 'bash', 'container.id': '<NA>' },
        },
        {
          'event.severity': 'critical',
          'rule.name': 'Terminal shell',
          'user.name': 'root',
          'process.name': 'bash',
          'container.id': undefined,
        },
      ],
    ],
  ],
  [
    'osquery',
    [
      [
        'a result',
        { name: 'pack_x', hostIdentifier: 'h', unixTime: 1795204800, action: 'added', columns: { pid: '1' } },
        { 'host.name': 'h', 'rule.name': 'pack_x', 'columns.pid': '1' },
      ],
    ],
  ],
  [
    'wazuh',
    [
      [
        'an alert on sshd',
        {
          timestamp: '2026-11-20T20:00:00.000+0000',
          rule: {
            level: 5,
            id: '5716',
            description: 'sshd: authentication failed.',
            groups: ['syslog', 'sshd', 'authentication_failed'],
          },
          agent: { id: '001', name: 'web1' },
          manager: { name: 'm' },
          data: { srcip: '198.51.100.7', dstuser: 'bob' },
          full_log: 'x',
          location: '/var/log/auth.log',
        },
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'source.ip': '198.51.100.7',
          'user.name': 'bob',
          'event.severity': 'low',
          'host.name': 'web1',
          'rule.id': '5716',
        },
      ],
      [
        'an alert on a Windows event',
        {
          timestamp: ISO,
          rule: { level: 12, id: '60122', description: 'Logon failure' },
          agent: { name: 'ws1' },
          data: {
            win: {
              system: {
                eventID: '4625',
                channel: 'Security',
                providerName: 'Microsoft-Windows-Security-Auditing',
              },
              eventdata: { targetUserName: 'bob', ipAddress: '198.51.100.7' },
            },
          },
        },
        {
          'event.action': 'logon-failed',
          'user.name': 'bob',
          'source.ip': '198.51.100.7',
          'event.severity': 'high',
        },
      ],
    ],
  ],
  [
    'eset',
    [
      [
        'a refused login of the console',
        {
          event_type: 'Audit_Event',
          ipv4: '10.0.0.9',
          hostname: 'era',
          source_uuid: 'u',
          occured: '20-Nov-2026 20:00:00',
          severity: 'Information',
          action: 'Login attempt',
          detail: "Authenticating native user 'x from 192.0.2.66'.",
          user: 'bob',
          result: 'Failed',
        },
        {
          'event.category': 'authentication',
          'event.outcome': 'failure',
          'user.name': 'bob',
          'source.ip': undefined,
          'host.ip': '10.0.0.9',
          'host.name': 'era',
        },
      ],
    ],
  ],
  [
    'openscap',
    [
      [
        'a rule that failed',
        'Nov 20 20:00:00 h oscap: msg: "xccdf-result", content: "c.xml", title: "Set it", id: "xccdf_r", result: "fail", severity: "high", description: "d"',
        { 'event.outcome': 'failure', 'event.severity': 'high', 'rule.name': 'Set it', 'host.name': 'h' },
      ],
    ],
  ],
])('%s', (decoder, cases) => {
  test.each(cases)('%s', (_name, record, expected) => {
    expectCase(decoder, record, expected);
  });
});
