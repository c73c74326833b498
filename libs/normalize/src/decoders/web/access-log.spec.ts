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

describe('long hostile lines take less than 5 ms', () => {
  const fill = (start: string, part: string) =>
    start + part.repeat(Math.ceil((65_536 - start.length) / part.length)).slice(0, 65_536 - start.length);
  test.each([
    ['request', fill(`Nov 20 19:59:00 h nginx[1]: 192.0.2.1 - - ${AT} "GET /`, '\\"')],
    ['clients', fill(`Nov 20 19:59:00 h nginx[1]: ${NGINX} open() "`, ', client: 192.0.2.1, server: ')],
    [
      'tags',
      fill(
        `Nov 20 19:59:00 h httpd[1]: ${APACHE} [a:error] [pid 1] [client 192.0.2.1:5] ModSecurity: `,
        '[id "1"]',
      ),
    ],
    [
      'names',
      fill(
        `Nov 20 19:59:00 h httpd[1]: ${APACHE} [a:error] [pid 1] [client 192.0.2.1:5] user `,
        ' not found',
      ),
    ],
    ['brackets', fill('192.0.2.1 - ', '[20/Nov/2026:19:59:00 +0000] ').slice(0, 16_000)],
  ])('%s', (_name, line) => {
    parse(line);
    const best = Math.min(
      ...Array.from({ length: 5 }, () => {
        const start = process.hrtime.bigint();
        parse(line);
        return Number(process.hrtime.bigint() - start) / 1e6;
      }),
    );
    expect(best).toBeLessThan(5);
  });
});
