import { parseFrame } from '../../parse.js';

const parse = (raw: string) =>
  parseFrame(Buffer.from(raw), {
    receivedAt: Date.parse('2026-11-20T20:00:00Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });
/** The named fields and nothing else; `undefined` means absent. */
function expectFields(event: Record<string, unknown>, expected: Record<string, unknown>): void {
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, event[name]]))).toEqual(expected);
}
const LB = 'Nov 20 19:59:00 lb haproxy[1]: 192.0.2.9:5000 [20/Nov/2026:19:59:00.125]';

describe('HAProxy', () => {
  test.each([
    [
      'http',
      `${LB} fe~ be/s1 0/0/1/2/+3 200 +12 - - ---- 1/1/0/0/0 0/0 {a.example|curl} "GET /x?y HTTP/1.1"`,
      {
        'http.response.status_code': 200,
        'url.path': '/x',
        'source.port': 5000,
        'haproxy.frontend_name': 'fe',
      },
    ],
    [
      'bad request',
      `${LB} fe fe/<NOSRV> -1/-1/-1/-1/0 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"`,
      { 'http.response.status_code': 400, 'url.original': undefined },
    ],
    [
      'tcp',
      `${LB} fe be/s1 1/0/5 1234 -- 1/1/0/0/0 0/0`,
      { 'event.category': 'network', 'network.transport': 'tcp', 'event.outcome': 'success' },
    ],
    [
      'error',
      `${LB} fe/bind: SSL handshake failure`,
      { 'event.action': 'protocol_failure', 'source.ip': '192.0.2.9' },
    ],
    [
      'connect',
      'Nov 20 19:59:00 lb haproxy[1]: Connect from 192.0.2.9:5000 to 198.51.100.1:443 (fe/HTTP)',
      { 'source.ip': '192.0.2.9', 'destination.port': 443 },
    ],
    [
      'IPv6',
      LB.replace('192.0.2.9', '2001:db8::9') + ' fe/bind: Timeout during SSL handshake',
      { 'source.ip': '2001:db8::9', 'source.port': 5000 },
    ],
  ])('%s', (_name, line, expected) => {
    expectFields(parse(line), { 'event.module': 'haproxy', ...expected });
  });
});

test('Squid', () => {
  expectFields(
    parse(
      '1795204799.123     45 192.0.2.3 TCP_DENIED/407 512 CONNECT a.example:443 bob HIER_NONE/- text/html',
    ),
    {
      '@timestamp': 1795204799123,
      'source.ip': '192.0.2.3',
      'user.name': 'bob',
      'url.domain': 'a.example',
      'event.action': 'web_denied',
      'event.outcome': 'failure',
    },
  );
});

test.each([
  [
    'nginx’s variables as JSON',
    '{"remote_addr":"192.0.2.1","remote_user":"bob","request":"GET /x?y HTTP/1.1","status":"404","http_user_agent":"UA","time_local":"20/Nov/2026:19:59:00 +0000"}',
    {
      'event.dataset': 'nginx.access',
      'source.ip': '192.0.2.1',
      'user.name': 'bob',
      'http.response.status_code': 404,
      '@timestamp': Date.parse('2026-11-20T19:59:00Z'),
    },
  ],
  [
    'mod_evasive',
    'Nov 20 19:59:00 h mod_evasive[5]: Blacklisting address 192.0.2.1: possible DoS attack.',
    { 'source.ip': '192.0.2.1', 'event.outcome': 'failure' },
  ],
  [
    'lighttpd’s access log',
    'Nov 20 19:59:00 h lighttpd[1]: 192.0.2.1 a.example - [20/Nov/2026:19:59:00 +0000] "GET / HTTP/1.1" 200 5',
    { 'event.dataset': 'lighttpd.access', 'source.ip': '192.0.2.1' },
  ],
  [
    'AWS WAF',
    '{"timestamp":1795204740000,"webaclId":"arn","action":"BLOCK","terminatingRuleId":"r1","httpRequest":{"clientIp":"192.0.2.1","uri":"/x","args":"a=b","httpMethod":"GET"}}',
    { 'source.ip': '192.0.2.1', 'event.action': 'web_denied', '@timestamp': 1795204740000 },
  ],
])('%s', (_name, line, expected) => {
  expectFields(parse(line), expected);
});

describe('records', () => {
  const record = (value: unknown) => parse(JSON.stringify(value));
  test('Caddy: the client that a trusted proxy names', () => {
    expectFields(
      record({
        level: 'info',
        ts: 1795204799.5,
        logger: 'http.log.access.log0',
        msg: 'handled request',
        request: {
          remote_ip: '10.0.0.1',
          remote_port: '1',
          client_ip: '192.0.2.1',
          proto: 'HTTP/2.0',
          method: 'GET',
          host: 'a.example',
          uri: '/x?y',
          headers: { 'User-Agent': ['curl'] },
        },
        user_id: 'bob',
        status: 401,
        size: 3,
      }),
      {
        'source.ip': '192.0.2.1',
        'source.port': undefined,
        'user.name': 'bob',
        'event.outcome': 'failure',
        'user_agent.original': 'curl',
        'url.query': 'y',
      },
    );
  });
  test('Traefik: the last of a list is what its trusted peer says', () => {
    const base = {
      ClientAddr: '10.0.0.9:5',
      ClientPort: '5',
      RequestMethod: 'GET',
      RequestPath: '/',
      DownstreamStatus: 200,
      StartUTC: '2026-11-20T19:59:00Z',
      ClientUsername: '-',
    };
    expectFields(record({ ...base, ClientHost: '6.6.6.6,192.0.2.1' }), {
      'source.ip': '192.0.2.1',
      'source.port': undefined,
      'user.name': undefined,
    });
    expect(record({ ...base, ClientAddr: '192.0.2.1:5', ClientHost: '192.0.2.1' })['source.port']).toBe(5);
  });
  test('Envoy', () => {
    expectFields(
      record({
        ':authority': 'a.example',
        downstream_remote_address: '[2001:db8::1]:43000',
        method: 'GET',
        response_code: 301,
        'x-envoy-origin-path': '/x',
        upstream_cluster: null,
        'user-agent': 'curl',
      }),
      { 'source.ip': '2001:db8::1', 'source.port': 43000, 'url.path': '/x' },
    );
    const text = '[2026-11-20T19:59:00.000Z] "GET /x HTTP/2" 200 - 0 512 30 15';
    expectFields(parse(`${text} "192.0.2.1" "curl" "id" "a.example" "tcp://10.0.0.1:80"`), {
      'source.ip': '192.0.2.1',
      'user_agent.original': 'curl',
      'http.version': '2',
    });
    // A header that holds quotes moves all behind it: then none is taken.
    expect(
      parse(`${text} "203.0.113.9" "x" "192.0.2.1" "curl" "id" "a.example" "-"`)['source.ip'],
    ).toBeUndefined();
    expectFields(
      parse(
        '[2026-11-20T19:59:00.000Z] "GET /x HTTP/1.1" 503 UF via_upstream - "reset" 0 91 3 - "-" "curl" "id" "a.example" "10.0.0.1:80" c 10.0.0.2:5 10.0.0.3:80 192.0.2.5:4444 - default',
      ),
      { 'source.ip': '192.0.2.5', 'source.port': 4444 },
    );
  });
  test('Fastly behind a relay’s header', () => {
    expectFields(
      parse(
        `2026-11-20T19:59:46+00:00 cache1  ${JSON.stringify({ timestamp: '2026-11-20T19:59:45+0000', client_ip: '192.0.2.1', url: '/x', request_method: 'GET', response_status: 404, fastly_server: 'a' })}`,
      ),
      { 'source.ip': '192.0.2.1', 'host.name': 'cache1', 'http.response.status_code': 404 },
    );
  });
  test('Cloudflare', () => {
    expectFields(
      record({
        ClientIP: '2001:db8::1',
        ClientRequestHost: 'a.example',
        ClientRequestMethod: 'GET',
        ClientRequestURI: '/x',
        EdgeResponseStatus: 200,
        EdgeStartTimestamp: '2026-11-20T19:59:00Z',
        RayID: 'r',
      }),
      { 'event.dataset': 'cloudflare_logpush.http_request', 'source.ip': '2001:db8::1' },
    );
    expectFields(
      record({
        ClientIP: '192.0.2.1',
        ClientRequestMethod: 'GET',
        ClientRequestPath: '/x',
        ClientRequestQuery: '?a',
        RayID: 'r',
        Action: 'block',
      }),
      { 'event.type': 'denied', 'url.query': 'a' },
    );
  });
  test('open-appsec: an identifier that is no address leaves the peer', () => {
    const event = (httpSourceId: string) => ({
      eventTime: '2026-11-20T19:59:00',
      eventName: 'Web Request',
      eventSeverity: 'Critical',
      eventSource: { issuingEngineVersion: '1' },
      eventData: {
        sourceIP: '192.0.2.2',
        sourcePort: 5,
        httpSourceId,
        securityAction: 'Prevent',
        waapIncidentType: 'SQL Injection',
      },
    });
    expectFields(record(event('192.0.2.1')), {
      'source.ip': '192.0.2.1',
      'event.type': 'denied',
      'event.severity': 'high',
    });
    expect(record(event('cookie'))['source.ip']).toBe('192.0.2.2');
  });
  test('ModSecurity’s audit log', () => {
    expectFields(
      record({
        transaction: {
          client_ip: '192.0.2.1',
          client_port: 5,
          time_stamp: 'Fri Nov 20 19:59:00 2026',
          host_ip: '10.0.0.1',
          host_port: 80,
          request: { method: 'GET', uri: '/?a', headers: { Host: 'a.example' } },
          response: { http_code: 403 },
          messages: [{ message: 'XSS', details: { ruleId: '941100' } }],
        },
      }),
      { 'source.ip': '192.0.2.1', 'rule.id': '941100', 'event.type': 'denied' },
    );
    expectFields(
      record({
        transaction: { remote_address: '192.0.2.1', remote_port: 5, time: '20/Nov/2026:19:59:00 +0000' },
        request: { request_line: 'GET / HTTP/1.1', headers: {} },
        response: { status: 200 },
        audit_data: { messages: [] },
      }),
      { 'source.ip': '192.0.2.1', 'event.action': 'web_request' },
    );
  });
});

describe('AWS, IIS, BIG-IP, lighttpd', () => {
  test.each([
    [
      `${'a'.repeat(64)} bucket [20/Nov/2026:19:59:00 +0000] 192.0.2.3 arn:aws:iam::123456789012:user/bob 3E57 REST.GET.OBJECT k "GET /k HTTP/1.1" 403 AccessDenied 113 - 7 - "-" "cli" -`,
      {
        'event.dataset': 'aws.s3access',
        'source.ip': '192.0.2.3',
        'user.name': 'bob',
        'event.code': 'AccessDenied',
      },
    ],
    [
      'https 2026-11-20T19:59:00.123456Z app/lb/1 192.0.2.10:5000 - -1 -1 -1 503 - 34 366 "GET https://a.example:443/x HTTP/1.1" "curl" - -',
      {
        'event.dataset': 'aws.elb_logs',
        'source.ip': '192.0.2.10',
        'url.path': '/x',
        'user_agent.original': 'curl',
      },
    ],
    [
      '2026-11-20 19:59:00 10.0.0.1 POST /owa - 443 CORP\\bob 192.0.2.8 Mozilla/5.0+(X) https://m.example/ 401 1 1326 15',
      {
        'event.dataset': 'iis.access',
        'source.ip': '192.0.2.8',
        'user.name': 'CORP\\bob',
        'user_agent.original': 'Mozilla/5.0 (X)',
        'http.response.status_code': 401,
      },
    ],
    [
      '2026-11-20 19:59:00 W3SVC1 WEB01 10.0.0.1 GET /x a=b 80 - 192.0.2.8 HTTP/1.1 curl - - a.example 200 0 0 5 6 7',
      { 'host.name': 'WEB01', 'url.query': 'a=b', 'http.version': '1.1' },
    ],
    [
      'Nov 20 19:59:00 f5 notice httpd[7]: 01070417:5: AUDIT - user bob - RAW: httpd(pam_audit): user=bob(bob) partition=[All] level=Administrator tty=/dev/null host=192.0.2.1 attempts=1 start="Fri Nov 20 19:59:00 2026".',
      {
        'event.module': 'f5_bigip',
        'event.outcome': 'success',
        'user.name': 'bob',
        'source.ip': '192.0.2.1',
      },
    ],
    [
      "2026-11-20 19:59:00: (mod_auth.c.828) password doesn't match for /x username: bob IP: 203.0.113.9 IP: 192.0.2.2",
      { 'event.category': 'authentication', 'source.ip': '192.0.2.2', 'user.name': 'bob IP: 203.0.113.9' },
    ],
  ])('%s', (line, expected) => {
    expectFields(parse(line), expected);
  });
});
