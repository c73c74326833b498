import { parseFrame } from '../../parse.js';
import { clientOfChain, splitPeer } from './client.js';
import { quotedStrings } from './quoted.js';

const parse = (raw: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(raw), {
    receivedAt: Date.parse('2026-11-20T20:00:00Z'),
    timeZone: 'UTC',
    sourceType,
  });
/** The named fields and nothing else; `undefined` means absent. */
function expectFields(event: Record<string, unknown>, expected: Record<string, unknown>): void {
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, event[name]]))).toEqual(expected);
}
const AT = '[20/Nov/2026:19:59:00 +0000]';
const NGINX = '2026/11/20 19:59:00 [error] 31#32: *7';
const APACHE = '[Fri Nov 20 19:59:00.123456 2026]';

describe('access logs', () => {
  test('combined: every field', () => {
    expectFields(
      parse(`192.0.2.1 - bob ${AT} "GET /a/b?c=d HTTP/1.1" 404 12 "https://a.example/" "curl/8"`),
      {
        '@timestamp': Date.parse('2026-11-20T19:59:00Z'),
        'event.category': 'web',
        'event.action': 'web_request',
        'event.outcome': 'failure',
        'event.dataset': 'web.access',
        'source.ip': '192.0.2.1',
        'user.name': 'bob',
        'http.request.method': 'GET',
        'http.version': '1.1',
        'http.response.status_code': 404,
        'http.response.body.bytes': 12,
        'http.request.referrer': 'https://a.example/',
        'url.original': '/a/b?c=d',
        'url.path': '/a/b',
        'url.query': 'c=d',
        'user_agent.original': 'curl/8',
      },
    );
  });
  test.each([
    [
      'common',
      `2001:db8::1 - - ${AT} "GET / HTTP/2.0" 200 5`,
      { 'source.ip': '2001:db8::1', 'event.outcome': 'success' },
    ],
    [
      'dashes are no values',
      `192.0.2.1 - - ${AT} "-" 408 - "-" "-"`,
      { 'user.name': undefined, 'user_agent.original': undefined, 'url.original': undefined },
    ],
    [
      'empty request',
      `192.0.2.1 - - ${AT} "" 400 0 "-" "-"`,
      { 'http.response.status_code': 400, 'url.original': undefined },
    ],
    [
      'TLS to a plain port',
      `192.0.2.1 - - ${AT} "\\x16\\x03\\x01\\x00" 400 150 "-" "-"`,
      { 'url.original': '\\x16\\x03\\x01\\x00', 'http.request.method': undefined },
    ],
    [
      'virtual host',
      `www.example.org:443 192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5`,
      { 'source.ip': '192.0.2.1', 'url.domain': 'www.example.org', 'url.port': 443 },
    ],
    [
      'request id of BunkerWeb',
      `a.example 192.0.2.1 - 95386da81aa13b6ab3ce9c989e1e470e bob ${AT} "GET / HTTP/1.1" 403 5 "-" "x"`,
      { 'source.ip': '192.0.2.1', 'user.name': 'bob', 'event.severity': 'low' },
    ],
    [
      'host behind the time',
      `192.0.2.1 - - ${AT} a.example "GET / HTTP/1.1" 200 5`,
      { 'source.ip': '192.0.2.1', 'url.domain': 'a.example' },
    ],
    [
      'client by name',
      `c.example.net - - ${AT} "GET / HTTP/1.1" 200 5`,
      { 'source.ip': undefined, 'source.domain': 'c.example.net' },
    ],
    [
      'list of proxies',
      `203.0.113.5, 10.0.0.1 - - ${AT} "GET / HTTP/1.1" 200 5`,
      { 'source.ip': '203.0.113.5' },
    ],
    [
      'Traefik',
      `192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5 "-" "x" 7 "r@docker -> s@docker" "http://10.0.0.2:80" 3ms`,
      { 'event.dataset': 'traefik.access' },
    ],
    [
      'cPanel',
      '192.0.2.1 - root [11/20/2026:19:59:00 -0000] "GET / HTTP/1.1" 200 0 "-" "x" "s" "-" 2087',
      { 'event.dataset': 'cpanel.access', '@timestamp': Date.parse('2026-11-20T19:59:00Z') },
    ],
    [
      'openHAB',
      '192.0.2.1 -  -  [20/nov./2026:19:59:00 +0000] "GET /x HTTP/1.1" 401 5 ',
      { 'source.ip': '192.0.2.1', '@timestamp': Date.parse('2026-11-20T19:59:00Z') },
    ],
    [
      'SOGo',
      '192.0.2.1 - - [20/Nov/2026:19:59:00 GMT] "POST /SOGo/connect HTTP/1.1" 403 34/37 0.007 - - 32K',
      { 'http.response.body.bytes': 34, '@timestamp': Date.parse('2026-11-20T19:59:00Z') },
    ],
    [
      'proxy request',
      `192.0.2.1 - - ${AT} "GET http://u@a.example:81/x HTTP/1.1" 200 5`,
      { 'url.domain': 'a.example', 'url.port': 81, 'url.path': '/x' },
    ],
    [
      'cut line',
      `192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X11`,
      { 'user_agent.original': 'Mozilla/5.0 (X11' },
    ],
    [
      'below a tag',
      `Nov 20 19:59:00 web1 nginx: 192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5`,
      { 'event.dataset': 'nginx.access', 'host.name': 'web1' },
    ],
    [
      'below a stranger’s tag',
      `Nov 20 19:59:00 web1 app-1: 192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5`,
      { 'source.ip': '192.0.2.1' },
    ],
  ])('%s', (_name, line, expected) => {
    expectFields(parse(line), expected);
  });
  test.each([
    [
      'a name that looks like a line',
      `192.0.2.1 - x - - ${AT} ${AT} "GET / HTTP/1.1" 200 5`,
      { 'source.ip': '192.0.2.1' },
    ],
    [
      'a name that looks like host and client',
      `192.0.2.1 - 203.0.113.9 - - ${AT} "GET / HTTP/1.1" 200 5`,
      { 'source.ip': '192.0.2.1' },
    ],
    [
      'an escaped quote in the request',
      `192.0.2.1 - - ${AT} "GET /\\" 200 5 \\"x HTTP/1.1" 403 5`,
      { 'http.response.status_code': 403 },
    ],
    [
      'an escaped quote in the agent',
      `192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5 "-" "a\\" \\"b"`,
      { 'user_agent.original': 'a\\" \\"b' },
    ],
    [
      'two addresses: either may be the client',
      `192.0.2.1 203.0.113.9 - - ${AT} "GET / HTTP/1.1" 200 5`,
      { 'source.ip': undefined, 'http.response.status_code': 200 },
    ],
  ])('attack: %s', (_name, line, expected) => {
    expectFields(parse(line), expected);
  });
  test.each([
    `INFO db worker: 192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5`,
    `Nov 20 19:59:00 h said - - ${AT} "GET / HTTP/1.1" 200 5`,
    `192.0.2.1 - - ${AT} "GET / HTTP/1.1" nothing`,
  ])('not an access log: %s', (line) => {
    expect(parse(line)['event.action']).toBeUndefined();
  });
  test('by its type', () => {
    const line = `192.0.2.1 - - ${AT} "GET / HTTP/1.1" 200 5`;
    expect(parse(line, 'apache2')['event.dataset']).toBe('apache.access');
    expect(parse(line, 'nginx')['event.dataset']).toBe('nginx.access');
    expect(parse('hello', 'nginx')['labels.parse_error']).toBeDefined();
  });
  test('the managers of nginx', () => {
    expectFields(
      parse(
        `${AT} HIT 200, 200 404 - GET https a.example "/x" [Client 192.0.2.1] [Length 5] [Gzip -] [Sent-to b] "UA" "-"`,
      ),
      {
        'source.ip': '192.0.2.1',
        'http.response.status_code': 404,
        'url.domain': 'a.example',
        'user_agent.original': 'UA',
      },
    );
    expect(
      parse(
        `${AT} 403 - GET https a.example "/\\" [Client 203.0.113.9] [Length 1] [Gzip -]" [Client 2001:db8::1] [Length 5] [Gzip -] "UA" "-"`,
      )['source.ip'],
    ).toBe('2001:db8::1');
    expectFields(parse(`${AT} a.example 192.0.2.1 0.227 "GET /x HTTP/2.0" 207 125 440 - UA with spaces`), {
      'source.ip': '192.0.2.1',
      'user_agent.original': 'UA with spaces',
    });
  });
});

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

test('parts', () => {
  expect(splitPeer('[2001:db8::1]:443')).toEqual({ address: '2001:db8::1', port: '443' });
  expect(splitPeer('2001:db8::1')).toEqual({ address: '2001:db8::1' });
  expect(splitPeer('2001:db8::1:443', true)).toEqual({ address: '2001:db8::1', port: '443' });
  expect(clientOfChain('6.6.6.6, 203.0.113.9, 10.0.0.1')).toBe('203.0.113.9');
  expect(clientOfChain('192.168.1.2, 10.0.0.1')).toBe('192.168.1.2');
  expect(clientOfChain('x, 10.0.0.1')).toBeUndefined();
  expect(clientOfChain(Array.from({ length: 40 }, () => '192.0.2.1').join(','))).toBeUndefined();
  expect(quotedStrings('"a" b "c\\"d" "e', 0, 9)).toEqual(['a', 'c\\"d', 'e']);
});
