import { parseFrame } from '../../parse.js';
import { parseLogfmt } from './logfmt.js';

const parse = (raw: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(raw), {
    receivedAt: Date.parse('2026-11-20T20:00:00Z'),
    timeZone: 'UTC',
    sourceType,
  });
const DAY = '2026-11-20';
const T = `${DAY} 19:59:00`;
const IP = '192.0.2.1';

describe('failed log-ins: decoder, line, user', () => {
  test.each<[string, string, string | undefined]>([
    [
      'vaultwarden',
      `[${T}.123+0100][vaultwarden::api::identity][ERROR] Username or password is incorrect. Try again. IP: ${IP}. Username: bob@a.example.`,
      'bob@a.example',
    ],
    ['vaultwarden', `[${T}.123][vaultwarden::api::admin][ERROR] Invalid admin token. IP: ${IP}`, undefined],
    [
      'vaultwarden',
      `[${T}.123][vaultwarden::api::core::two_factor::authenticator][ERROR] Invalid TOTP code! Server time: ${T} UTC IP: ${IP}`,
      undefined,
    ],
    ['bitwarden', `${T}.123 +00:00 [WRN] Failed login attempt, 2FA invalid. ${IP}`, undefined],
    [
      'roundcube',
      `[20-Nov-2026 19:59:00 +0000]: <a1b2> IMAP Error: Login failed for bob against h from ${IP}. AUTHENTICATE PLAIN: no`,
      'bob',
    ],
    [
      'roundcube',
      `Nov 20 19:59:00 m roundcube[1]: Failed login for bob from ${IP} in session abc (error: 0)`,
      'bob',
    ],
    [
      'sogo',
      `Nov 20 19:59:00 sogod [26]: SOGoRootPage Login from '${IP}' for user 'bob' might not have worked - password policy: 65535`,
      'bob',
    ],
    [
      'sogo',
      `Nov 20 19:59:00 sogod [26]: SOGoRootPage Login from '${IP}, 10.0.0.1' for user 'bob' might not have worked`,
      'bob',
    ],
    [
      'horde',
      `Nov 20 19:59:00 HORDE [error] [imp] FAILED LOGIN for bob [${IP}] to {m.example:993} [pid 1 on line 2 of "x"]`,
      'bob',
    ],
    [
      'squirrelmail',
      `20/11/2026 19:59:00 [LOGIN_ERROR] bob (a.example) from ${IP}: Unknown user or password incorrect.`,
      'bob',
    ],
    ['phpmyadmin', `Nov 20 19:59:00 h phpMyAdmin[1]: user denied: bob (mysql-denied) from ${IP}`, 'bob'],
    [
      'drupal',
      `Nov 20 19:59:00 h a.example: https://a.example|1795291140|user|${IP}|https://a.example/user|https://a.example/|0||Login attempt failed for bob.`,
      'bob',
    ],
    ['froxlor', `Nov 20 19:59:00 h Froxlor: [Login Action ${IP}] Unknown user 'bob' tried to login.`, 'bob'],
    [
      'froxlor',
      `${DAY}T19:59:00+00:00 h froxlor[1]: froxlor.WARNING: Unknown user tried to login. {"source":"login","action":"50","user":"${IP}"} []`,
      undefined,
    ],
    ['groupoffice', `[${T}]LOGIN FAILED for user: "bob" from IP: ${IP}`, 'bob'],
    [
      'tine20',
      `78017 00cff -- none -- - ${DAY}T19:59:00+00:00 WARN (4): Tinebase_Controller::login::106 Login with username bob from ${IP} failed (-1)!`,
      'bob',
    ],
    [
      'firefly_iii',
      `[${T}] local.WARNING: AUDIT: Login failed. Attempt for user "bob" failed. (${IP} -> POST:https://f.example/login)`,
      'bob',
    ],
    [
      'firefly_iii',
      `[${T}] local.INFO: AUDIT: MFA failure count is set to 1. (${IP} (bob) -> POST:https://f.example/two-factor/submit)`,
      'bob',
    ],
    [
      'wordpress',
      `Nov 20 19:59:00 h wordpress(a.example)[1]: Authentication attempt for unknown user bob from ${IP}`,
      'bob',
    ],
    ['magento', `[${T}] crowdsec-events.INFO:  {"type":"ADMIN_LOGIN_FAILED","ip":"${IP}"} []`, undefined],
    [
      'jellyfin',
      `[${T}.729 +01:00] [INF] [79] Jellyfin.Server.Implementations.Users.UserManager: Authentication request for "bob" has been denied (IP: "${IP}").`,
      'bob',
    ],
    [
      'emby',
      `${T}.729 Error UserManager: AUTH-ERROR: ${IP} - Invalid username or password entered.`,
      undefined,
    ],
    ['servarr', `${T}.9|Warn|Auth|Auth-Failure ip ${IP} username 'bob'`, 'bob'],
    ['servarr', `Nov 20 19:59:00 h Sonarr[1]: [Warn] Auth: Auth-Failure ip ${IP} username 'bob'`, 'bob'],
    [
      'overseerr',
      `${DAY}T19:59:00.030Z [warn][API]: Failed sign-in attempt using invalid Overseerr password {"ip":"::ffff:${IP}","email":"bob"}`,
      'bob',
    ],
    ['calibre_web', `[${T},562]  WARN {cps.web:1475} Login failed for user "bob" IP-address: ${IP}`, 'bob'],
    [
      'qbittorrent',
      `(W) ${DAY}T19:59:00 - WebAPI login failure. Reason: invalid credentials, attempt count: 1, IP: ${IP}, username: bob`,
      'bob',
    ],
    [
      'sabnzbd',
      `${T},797::WARNING::[interface:657] Unsuccessful login attempt from ${IP} [Mozilla]`,
      undefined,
    ],
    [
      'home_assistant',
      `${T}.123 WARNING (MainThread) [homeassistant.components.http.ban] Login attempt or request with invalid authentication from r.example (${IP}). Requested URL: '/x'. (UA)`,
      undefined,
    ],
    [
      'proxmox',
      `Nov 20 19:59:00 h pvedaemon[1]: authentication failure; rhost=::ffff:${IP} user=bob@pam msg=no such user ('bob@pam')`,
      'bob@pam',
    ],
    [
      'proxmox',
      `${DAY}T19:59:00+01:00: authentication failure; rhost=[::ffff:${IP}]:47414 user=bob@pbs msg=x`,
      'bob@pbs',
    ],
    [
      'webmin',
      `1795291140.2161960.0 [20/Nov/2026 19:59:00] bob - ${IP} global miniserv.pl "failed" "-" "wrongpass"`,
      'bob',
    ],
    ['webmin', `Nov 20 19:59:00 h webmin[1]: Non-existent login as bob from ${IP} `, 'bob'],
    ['hestiacp', `${T} bob ${IP} failed to login`, 'bob'],
    [
      'cpanel',
      `[${T} +0000] info [cpaneld] ${IP} - bob "POST /login/?x HTTP/1.1" FAILED LOGIN cpaneld: invalid cpanel user`,
      'bob',
    ],
    [
      'monit',
      `[CET Nov 20 19:59:00] error    : HttpRequest: access denied -- client [${IP}]: wrong password for user 'bob'`,
      'bob',
    ],
    ['znc', `[${T}] [bob] failed to login from ${IP}:65001`, 'bob'],
    [
      'softether',
      `${T}.781 Connection "CID-72": User authentication failed. The user name that has been provided was "bob", from ${IP}.`,
      'bob',
    ],
    [
      'technitium',
      `[${T} UTC] [${IP}:50051] DnsServerCore.DnsWebServiceException: Invalid username or password for user: bob`,
      'bob',
    ],
    [
      'adguardhome',
      `2026/11/20 19:59:00.233208 [error] POST a.example /control/login: from ip ${IP}: invalid username or password`,
      undefined,
    ],
    [
      'meshcentral',
      `Nov 20 19:59:00 meshcentral https[1]: Failed password for bob from ${IP} port 57951`,
      'bob',
    ],
    [
      'paperless_ngx',
      `[${T},123] [INFO] [paperless.auth] Login failed for user \`bob\` from private IP \`${IP}\`.`,
      'bob',
    ],
    [
      'guacamole',
      `19:59:00.907 [http-nio-8080-exec-1] WARN  o.a.g.r.auth.AuthenticationService - Authentication attempt from ${IP} for user "bob" failed.`,
      'bob',
    ],
    ['guacamole', `WARNING: Authentication attempt from [${IP}, 10.0.0.1] for user "bob" failed.`, 'bob'],
    [
      'keycloak',
      `${T},357 WARN  [org.keycloak.events] (executor-thread-1) type="LOGIN_ERROR", realmId="m", userId="null", ipAddress="${IP}", error="user_not_found", username="bob"`,
      'bob',
    ],
    [
      'keycloak',
      `${T},357 WARN  [org.key.events] (executor-thread-1) type=LOGIN_ERROR, realmId=m, userId=null, ipAddress=${IP}, error=x, username=bob, authSessionTabId=y`,
      'bob',
    ],
    ['lemonldap_ng', `Nov 20 19:59:00 h LLNG[1]: [warn] Bad password for bob (${IP})`, 'bob'],
    [
      'apereo_cas',
      `${T},116 INFO [org.apereo.inspektr.audit.support.Slf4jLoggingAuditTrailManager] - Fri Nov 20 19:59:00 UTC 2026|CAS|Supplied credentials: [x]|AUTHENTICATION_FAILED|bob|${IP}|10.0.0.1`,
      'bob',
    ],
    [
      'grafana',
      `logger=context userId=0 orgId=0 uname= t=${DAY}T19:59:00Z level=error msg="Invalid username or password" error="user not found" remote_addr=${IP} traceID=`,
      undefined,
    ],
    [
      'miniflux',
      `miniflux  | time=${DAY}T19:59:00Z level=WARN msg="Incorrect username or password" authentication_failed=true client_ip=${IP} user_agent="UA" username=bob error="x"`,
      'bob',
    ],
    [
      'authelia',
      `time="${DAY}T19:59:00Z" level=error msg="Unsuccessful 1FA authentication attempt by user 'bob'" error="x" method=POST path=/api/firstfactor remote_ip=${IP}`,
      'bob',
    ],
    ['gitlab_application', `${DAY}T19:59:00.667Z: Failed Login: username=bob ip=${IP}`, 'bob'],
    [
      'gitea',
      `2026/11/20 19:59:00 ...ers/web/auth.go:90:SignIn() [I] Failed authentication attempt for bob from ${IP}:5555: user does not exist [uid: 0, name: bob]`,
      'bob',
    ],
    [
      'gotify',
      `[GIN] 2026/11/20 - 19:59:00 | 401 |     505.317µs |       ${IP} | POST     "/client"`,
      undefined,
    ],
    ['uvicorn', `INFO: ${IP}:52782 - "POST /login HTTP/1.1" 401 Unauthorized`, undefined],
    [
      'thehive',
      `[info] o.t.s.AccessLogFilter [1e60|2989] ${IP} POST /api/v1/login took 8ms and returned 401 65 bytes`,
      undefined,
    ],
    [
      'joplin',
      `${T}: [error] App: 403: POST /api/sessions: ${IP}: Invalid username or password: {"email":"bob"}`,
      'bob',
    ],
    ['joplin', `11:47:34 1|app  | ${T}: App: ${IP}: 38 B: POST /login (403) (1ms)`, undefined],
    [
      'odoo',
      `${T},644 1 INFO db odoo.addons.base.models.res_users: Login failed for db:db login:bob from ${IP}`,
      'bob',
    ],
    [
      'exchange',
      `${DAY}T19:59:00.530Z,000000000000000E,2,10.0.0.1:143,${IP}:35070,bob,168,31,31,authenticate,PLAIN,"R=x;Msg=""AuthFailed:LogonDenied""",`,
      'bob',
    ],
    [
      'nextcloud',
      `{"reqId":"U","level":2,"time":"${DAY}T19:59:00+00:00","remoteAddr":"${IP}","user":"--","message":"Login failed: bob (Remote IP: ${IP})"}`,
      'bob',
    ],
    [
      'gitlab',
      `{"method":"POST","path":"/users/sign_in","controller":"SessionsController","action":"create","status":0,"time":"${DAY}T19:59:00Z","params":[{"key":"user","value":{"login":"bob"}}],"remote_ip":"${IP}"}`,
      'bob',
    ],
    [
      'authentik',
      `{"action":"login_failed","client_ip":"${IP}","context":{"username":"bob"},"event":"Created Event","logger":"authentik.events.models","user":{"username":"AnonymousUser"}}`,
      'bob',
    ],
    [
      'ntfy',
      `{"time":"${DAY}T19:59:00Z","http_status":401,"visitor_id":"ip:${IP}","visitor_ip":"${IP}"}`,
      undefined,
    ],
    [
      'opensearch_dashboards',
      `{"type":"response","@timestamp":"${DAY}T19:59:00Z","method":"post","statusCode":401,"req":{"url":"/auth/login?x=","remoteAddress":"${IP}"}}`,
      undefined,
    ],
    [
      'mattermost',
      `{"timestamp":"${DAY}T19:59:00Z","caller":"web/x","path":"/api/v4/users/login","ip_addr":"${IP}","http_code":401}`,
      undefined,
    ],
  ])('%s: %s', (decoder, line, user) => {
    const event = parse(line);
    expect(event).toMatchObject({
      'labels.decoder': decoder,
      'event.category': 'authentication',
      'event.outcome': 'failure',
      'event.action': 'user_login',
      'source.ip': IP,
    });
    expect(event['user.name']).toBe(user);
    expect(['low', 'medium', 'high', 'critical']).toContain(event['event.severity']);
  });
});

test.each<[string, string]>([
  [
    'sogo',
    `Nov 20 19:59:00 h sogod[1]: SOGoRootPage successful login from '${IP}' for user 'bob' - expire = -1`,
  ],
  ['proxmox', `Nov 20 19:59:00 h pvedaemon[1]: <root@pam> successful auth for user 'bob'`],
  ['proxmox', `${DAY}T19:59:00+01:00: successful auth for user 'bob'`],
  ['grafana', `logger=http.server t=${DAY}T19:59:00Z level=info msg="Successful Login" User=bob`],
  [
    'nextcloud',
    `{"reqId":"X","level":1,"time":"October 14, 2026 09:06:07","remoteAddr":"${IP}","user":"bob","message":"Login successful: \\"bob\\""}`,
  ],
  ['webmin', `Nov 20 19:59:00 h webmin[1]: Successful login as bob from ${IP}`],
  [
    'wazuh_api',
    `2026/11/20 19:59:00 INFO: bob ${IP} "POST /security/user/authenticate" with parameters {} and body {} done in 0.309s: 200`,
  ],
])('a log-in that worked: %s %s', (decoder, line) => {
  expect(parse(line)).toMatchObject({
    'labels.decoder': decoder,
    'event.category': 'authentication',
    'event.outcome': 'success',
    'user.name': 'bob',
  });
});

describe('attack: what a client writes is not the address', () => {
  const EVIL = '203.0.113.9';
  test.each([
    `[${T}.123][vaultwarden::api::identity][ERROR] Username or password is incorrect. Try again. IP: ${IP}. Username: x. IP: ${EVIL}. Username: y.`,
    `[20-Nov-2026 19:59:00 +0000]: IMAP Error: Login failed for a from ${EVIL}. x from ${IP}. AUTHENTICATE PLAIN: no`,
    `[20-Nov-2026 19:59:00 +0000]: Login failed for a from ${IP}(X-Forwarded-For: 1) from ${EVIL}. y). AUTHENTICATE PLAIN: no`,
    `Nov 20 19:59:00 HORDE [error] [imp] FAILED LOGIN for a [${EVIL}] to x [${IP}] to Horde`,
    `20/11/2026 19:59:00 [LOGIN_ERROR] a (b) from ${EVIL}: x (a.example) from ${IP}: Unknown user.`,
    `Nov 20 19:59:00 h a.example: https://a.example|1795291140|user|${IP}|https://a.example/|x|user|${EVIL}|y|0||Login attempt failed for bob.`,
    `[${T}] local.WARNING: AUDIT: Login failed. Attempt for user "a" failed. (${EVIL} -> POST:x) b" failed. (${IP} -> POST:https://f.example/login)`,
    `[${T},562]  WARN {cps.web:1475} Login failed for user "a" IP-address: ${EVIL}" IP-address: ${IP}`,
    `${T}.9|Warn|Auth|Auth-Failure ip ${IP} username 'a' ip ${EVIL} username 'b'`,
    `(W) ${DAY}T19:59:00 - WebAPI login failure. Reason: x, attempt count: 1, IP: ${IP}, username: a, IP: ${EVIL}, username: b`,
    `${T},644 1 INFO db odoo.addons.base.models.res_users: Login failed for db:db login:a from ${EVIL} from ${IP}`,
    `Nov 20 19:59:00 h LLNG[1]: [warn] Bad password for a (${EVIL}) (${IP})`,
    `{"reqId":"U","time":"${DAY}T19:59:00+00:00","remoteAddr":"${IP}","message":"Login failed: a (Remote IP: ${EVIL}) (Remote IP: ${IP})"}`,
    `t=${DAY}T19:59:00Z lvl=eror msg="Invalid username or password" logger=context error="x\\" remote_addr=${EVIL}" remote_addr=${IP}`,
    `Nov 20 19:59:00 h suhosin[1]: ALERT - dropped variable 'a (attacker '${EVIL}', file 'x')' (attacker '${IP}', file '/srv/i.php')`,
    `WARNING: Authentication attempt from ${IP} for user "a" failed. Authentication attempt from ${EVIL} for user "b" failed.`,
    `Nov 20 19:59:00 h pvedaemon[1]: authentication failure; rhost=${IP} user=a msg=b rhost=${EVIL} user=root@pam msg=c`,
    `${T},797::WARNING::[interface:657] Unsuccessful login attempt from ${IP} (X-Forwarded-For: ${EVIL}) [Mozilla]`,
    `${T},116 INFO [org.apereo.inspektr.audit.x] - Fri Nov 20 19:59:00 UTC 2026|CAS|x|AUTHENTICATION_FAILED|a|${EVIL}|10.0.0.2|${IP}|10.0.0.1`,
  ])('%s', (line) => {
    expect(parse(line)['source.ip']).toBe(IP);
  });
  test('where two readings fit, neither is taken', () => {
    const line = `${T},357 WARN  [org.keycloak.events] (e) type=LOGIN_ERROR, clientId=x, ipAddress=${EVIL}, userId=null, ipAddress=${IP}, username=a`;
    expect(parse(line)['source.ip']).toBeUndefined();
    const adguard = `2026/11/20 19:59:00.2 [error] POST ${EVIL} /control/login: invalid username or password`;
    expect(parse(adguard)).toMatchObject({ 'event.outcome': 'failure' });
    expect(parse(adguard)['source.ip']).toBeUndefined();
  });
});

test('an attempt counts once: steps and locks are witnesses', () => {
  for (const line of [
    `[${T}] local.INFO: AUDIT: User is trying to login using "bob" (${IP} -> POST:https://f.example/login)`,
    `[${T},112] WARNING in limiter: Authentication attempt from ${IP} has been rate-limited.`,
    `(W) ${DAY}T19:59:00 - WebAPI login failure. Reason: IP has been banned, IP: ${IP}, username: bob`,
  ])
    expect(parse(line)).toMatchObject({ 'event.action': 'login_witness', 'source.ip': IP });
});

test('a type that is asked for, and what it does not know', () => {
  expect(parse(`user denied: bob (mysql-denied) from ${IP}`, 'phpmyadmin')['user.name']).toBe('bob');
  expect(parse(`Auth-Failure ip ${IP} username 'bob'`, 'radarr')['source.ip']).toBe(IP);
  expect(parse(`2026/11/20 19:59:00 /api/login: 403 ${IP} <nil>`, 'filebrowser')['source.ip']).toBe(IP);
  expect(parse('hello', 'vaultwarden')['labels.parse_error']).toBeDefined();
});

test('logfmt', () => {
  expect(parseLogfmt('a=1 b="x \\"y\\"" c= a=2')).toEqual(
    new Map([
      ['a', '1'],
      ['b', 'x "y"'],
      ['c', ''],
    ]),
  );
  expect(parseLogfmt('a=1 prose')).toBeUndefined();
  expect(parseLogfmt('a="open')).toBeUndefined();
  expect(parseLogfmt(Array.from({ length: 100 }, (_, at) => `a${at}=1`).join(' '))).toBeUndefined();
});
