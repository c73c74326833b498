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
const NGINX = '2026/11/20 19:59:00 [error] 31#32: *7';
const APACHE = '[Fri Nov 20 19:59:00.123456 2026]';

describe('nginx’s error log', () => {
  const tail =
    'client: 192.0.2.1, server: a.example, request: "GET /x?y HTTP/1.1", host: "b.example", referrer: "https://c.example/"';
  test.each([
    [
      'a missing file',
      `open() "/srv/x" failed (2: No such file or directory), ${tail}`,
      {
        'source.ip': '192.0.2.1',
        'process.pid': 31,
        'url.path': '/x',
        'url.domain': 'b.example',
        'http.request.referrer': 'https://c.example/',
      },
    ],
    [
      'a wrong password',
      `user "bob": password mismatch, ${tail}`,
      {
        'event.category': 'authentication',
        'event.action': 'user_login',
        'event.outcome': 'failure',
        'user.name': 'bob',
      },
    ],
    [
      'an unknown name',
      `user "bob" was not found in "/etc/pw", ${tail}`,
      { 'event.category': 'authentication', 'user.name': 'bob' },
    ],
    [
      'PAM',
      `PAM: user 'bob' - not authenticated: Authentication failure, ${tail}`,
      { 'event.outcome': 'failure', 'user.name': 'bob' },
    ],
    [
      'no credentials yet',
      `no user/password was provided for basic authentication, ${tail}`,
      { 'event.category': 'web' },
    ],
    [
      'a limit',
      `limiting requests, excess: 1.8 by zone "one", ${tail}`,
      { 'event.action': 'web_denied', 'event.outcome': 'failure', 'rule.name': 'one' },
    ],
    ['a rule', `access forbidden by rule, ${tail}`, { 'event.action': 'web_denied' }],
    [
      'TLS',
      'SSL_do_handshake() failed (SSL: error:0A00006C) while SSL handshaking, client: 2001:db8::1, server: 0.0.0.0:443',
      { 'source.ip': '2001:db8::1', 'event.action': 'protocol_failure' },
    ],
    [
      'mail: failed',
      'client login failed: "bad" while in http auth state, client: 192.0.2.1 using starttls, server: 0.0.0.0:587, login: "bob"',
      {
        'event.category': 'authentication',
        'event.outcome': 'failure',
        'user.name': 'bob',
        'source.ip': '192.0.2.1',
      },
    ],
    [
      'mail: done',
      'client logged in, client: 192.0.2.1, server: 0.0.0.0:143, login: "bob", upstream: 10.0.0.1:143',
      { 'event.outcome': 'success', 'user.name': 'bob' },
    ],
    [
      'mail: connected',
      'client 192.0.2.1:5000 connected to 0.0.0.0:25',
      { 'source.ip': '192.0.2.1', 'source.port': 5000 },
    ],
    [
      'ModSecurity',
      `[client 192.0.2.1] ModSecurity: Access denied with code 403 (phase 2). Matched "x" [file "r.conf"] [id "949110"] [msg "Score"] [hostname "h"] [uri "/x"], client: 192.0.2.1, server: a.example, request: "GET /x HTTP/1.1"`,
      {
        'event.category': 'intrusion_detection',
        'event.type': 'denied',
        'rule.id': '949110',
        'rule.name': 'Score',
      },
    ],
  ])('%s', (_name, message, expected) => {
    expectFields(parse(`${NGINX} ${message}`), { 'event.module': 'nginx', ...expected });
  });
  test.each([
    ['a path that names a client', `open() "/srv/, client: 203.0.113.9, server: x" failed (2: x), ${tail}`],
    [
      'a path with quotes',
      `open() "/srv/x" failed (2: x), client: 203.0.113.9, server: a, request: "" failed (2: x), ${tail}`,
    ],
    [
      'a user name with quotes',
      `user "x": password mismatch, client: 203.0.113.9, server: a, request: "": password mismatch, ${tail}`,
    ],
  ])('attack: %s: no address, no user', (_name, message) => {
    const event = parse(`${NGINX} ${message}`);
    expect(event['source.ip']).toBeUndefined();
    expect(event['user.name']).toBeUndefined();
  });
  test('attack: what stands behind nginx’s own words does not count', () => {
    const line = `${NGINX} access forbidden by rule, client: 192.0.2.1, server: a, request: "GET /, client: 203.0.113.9, server: HTTP/1.1", host: "a"`;
    expect(parse(line)['source.ip']).toBe('192.0.2.1');
  });
});

describe('Apache’s error log', () => {
  test.each([
    [
      '2.4',
      `${APACHE} [auth_basic:error] [pid 3:tid 4] [client 192.0.2.1:5000] AH01617: user bob: authentication failure for "/x": Password Mismatch`,
      {
        'event.category': 'authentication',
        'user.name': 'bob',
        'source.port': 5000,
        'event.code': 'AH01617',
        'process.pid': 3,
      },
    ],
    [
      '2.4, IPv6 as "%s:%d"',
      `${APACHE} [core:error] [pid 3:tid 4] [client 2001:db8::5:4242] AH00128: File does not exist: /x`,
      { 'source.ip': '2001:db8::5', 'source.port': 4242 },
    ],
    [
      '2.4, IPv6 in brackets',
      `${APACHE} [core:error] [pid 3] [client [2001:db8::5]:4242] AH00128: File does not exist: /x`,
      { 'source.ip': '2001:db8::5', 'source.port': 4242 },
    ],
    [
      '2.2',
      '[Fri Nov 20 19:59:00 2026] [error] [client 2001:db8::5] user bob not found: /x',
      {
        'source.ip': '2001:db8::5',
        'source.port': undefined,
        'user.name': 'bob',
        'event.outcome': 'failure',
      },
    ],
    ['no time', '[error] [client 192.0.2.1] File does not exist: /x', { 'source.ip': '192.0.2.1' }],
    [
      'an error of the system',
      `${APACHE} [core:error] [pid 1] (13)Permission denied: [client 192.0.2.4:80] AH00035: access to /x denied`,
      { 'source.ip': '192.0.2.4' },
    ],
    [
      'denied',
      `${APACHE} [authz_core:error] [pid 3] [client 192.0.2.1:5] AH01630: client denied by server configuration: /x, referer: http://r/`,
      { 'event.action': 'web_denied', 'http.request.referrer': 'http://r/' },
    ],
    [
      'digest',
      `${APACHE} [auth_digest:error] [pid 3] [client 192.0.2.1:5] AH01792: user bob: password mismatch: /x`,
      { 'event.category': 'authentication', 'user.name': 'bob' },
    ],
    [
      'ZoneMinder',
      `${APACHE} [php7:notice] [pid 3] [client 192.0.2.1:5] ERR [Login denied for user "bob"], referer: https://zm/`,
      { 'event.category': 'authentication', 'user.name': 'bob' },
    ],
    [
      'ModSecurity 2',
      `${APACHE} [:error] [pid 3] [client 192.0.2.1] ModSecurity: Warning. Pattern match "x" at ARGS:a. [file "f"] [id "950119"] [msg "RFI"] [hostname "h"] [uri "/x"]`,
      { 'event.category': 'intrusion_detection', 'rule.id': '950119', 'source.ip': '192.0.2.1' },
    ],
    [
      'by syslog',
      `Nov 20 19:59:00 srv httpd/backend1[3]: [authz_core:error] [pid 3] [client 192.0.2.1:5] AH01630: client denied by server configuration: /x`,
      { 'source.ip': '192.0.2.1', 'host.name': 'srv' },
    ],
  ])('%s', (_name, line, expected) => {
    expectFields(parse(line), { 'event.module': 'apache', ...expected });
  });
  test('attack: a user name that names a client', () => {
    const line = `${APACHE} [auth_basic:error] [pid 3] [client 192.0.2.1:5] AH01618: user a] [client 203.0.113.9] b not found: /x`;
    expectFields(parse(line), { 'source.ip': '192.0.2.1', 'user.name': 'a] [client 203.0.113.9] b' });
  });
});
