import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const A = '198.51.100.7';
const FAKE = '192.0.2.66';

function read(line: string, sourceType = 'auto') {
  return parseFrame(Buffer.from(line), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType });
}
/** A line of a syslog file. */
function log(tag: string, message: string) {
  return read(`Nov 20 20:00:00 mx1 ${tag}: ${message}`);
}
function who(tag: string, message: string) {
  const event = log(tag, message);
  return [event['event.category'], event['event.outcome'], event['user.name'], event['source.ip']];
}
const none = undefined;

describe('dovecot', () => {
  test.each([
    [
      'imap-login: Disconnected (auth failed, 3 attempts in 9 secs): user=<bob@example.org>, method=PLAIN, rip=2001:db8::7, lip=192.0.2.1, TLS, session=<a+/B>',
      ['authentication', 'failure', 'bob@example.org', '2001:db8::7'],
    ],
    [
      `submission-login: Login: user=<bob>, method=SCRAM-SHA-256, rip=${A}, rport=5555, lip=192.0.2.1, lport=587, mpid=77, TLS, session=<x>`,
      ['authentication', 'success', 'bob', A],
    ],
    [
      `pop3-login: Disconnected: Inactivity (no auth attempts in 180 secs): user=<>, rip=${A}, lip=192.0.2.1, session=<x>`,
      ['network', none, none, A],
    ],
    [
      `imap-login: Disconnected (client didn't finish SASL auth, waited 1 secs): user=<>, method=PLAIN, rip=${A}, lip=192.0.2.1`,
      ['network', none, none, A],
    ],
    [`auth-worker(12): sql(bob,${A},<abc>): Password mismatch`, ['authentication', 'failure', 'bob', A]],
    [
      `auth: ldap(eve,${A}): invalid credentials (given password: hunter2)`,
      ['authentication', 'failure', 'eve', A],
    ],
    ['imap(bob)<77><abc>: Logged out in=12 out=900 deleted=0', ['authentication', none, 'bob', none]],
  ])('%s', (message, expected) => {
    expect(who('dovecot', message)).toEqual(expected);
  });
  test('what was typed for a password goes nowhere but the original', () => {
    const event = log('dovecot', `auth: ldap(eve,${A}): unknown user (given password: hunter2)`);
    const { message: _m, 'event.original': _o, ...fields } = event;
    expect(JSON.stringify(fields)).not.toContain('hunter2');
  });
  test('attempts are counted once: the log-in line counts, what auth says of it is a witness', () => {
    expect(
      log(
        'dovecot',
        `imap-login: Disconnected (auth failed, 4 attempts in 9 secs): user=<a>, rip=${A}, lip=192.0.2.1`,
      ),
    ).toMatchObject({ 'event.action': 'user_login', 'labels.repeat_count': 4 });
    expect(log('dovecot', `auth: pam(a,${A}): unknown user`)['event.action']).toBe('login_witness');
    const pam = `pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=a rhost=${A}`;
    expect(log('auth', pam)).toMatchObject({ 'event.action': 'login_witness', 'source.ip': A });
  });
  test.each([
    `imap-login: Disconnected (auth failed, 1 attempts in 1 secs): user=<a>, method=PLAIN, rip=${FAKE}, lip=1.1.1.1>, method=PLAIN, rip=${A}, lip=192.0.2.1`,
    `auth: pam(a,${FAKE}): unknown user,${A}): unknown user`,
  ])('two readings: no address. %s', (message) => {
    expect(log('dovecot', message)['source.ip']).toBeUndefined();
  });
  test('its own file', () => {
    expect(
      read(
        `2026-11-20 19:59:00 imap-login: Info: Aborted login (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, rip=${A}, lip=192.0.2.1`,
      ),
    ).toMatchObject({ 'source.ip': A, 'user.name': 'bob', '@timestamp': Date.parse('2026-11-20T19:59:00Z') });
  });
});

describe('postfix', () => {
  test.each([
    [
      `warning: mail.example.org[${A}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6`,
      ['authentication', 'failure', none, A],
    ],
    [
      `warning: unknown[2001:db8::7]: SASL PLAIN authentication failed: authentication failure, sasl_username=bob@example.org`,
      ['authentication', 'failure', 'bob@example.org', '2001:db8::7'],
    ],
    [
      `4Xyz12abC: client=host.example.org[${A}], sasl_method=PLAIN, sasl_username=bob@example.org`,
      ['authentication', 'success', 'bob@example.org', A],
    ],
    [
      `NOQUEUE: reject: RCPT from unknown[${A}]: 554 5.7.1 <x@y.example>: Relay access denied; from=<a@b.example> to=<x@y.example> proto=ESMTP helo=<h>`,
      ['email', 'failure', none, A],
    ],
    [
      `4Xyz12abC: milter-reject: END-OF-MESSAGE from unknown[${A}]: 5.7.1 Spam; from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<h>`,
      ['email', 'failure', none, A],
    ],
    [`lost connection after AUTH from unknown[${A}]`, ['network', 'failure', none, A]],
    [`too many errors after AUTH from unknown[${A}]`, ['network', 'failure', none, A]],
    [`connect from host.example.org[${A}]`, ['network', none, none, A]],
    [
      `disconnect from host.example.org[${A}] ehlo=1 auth=0/1 quit=1 commands=2/3`,
      ['network', none, none, A],
    ],
    [`SSL_accept error from unknown[${A}]: -1`, ['network', 'failure', none, A]],
    [
      '4Xyz12abC: to=<a@b.example>, relay=mx.b.example[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)',
      ['email', none, none, none],
    ],
  ])('%s', (message, expected) => {
    expect(who('postfix/submission/smtpd[77]', message)).toEqual(expected);
    expect(who('postfix-out/smtpd[77]', message)).toEqual(expected);
  });
  test.each([
    [`PREGREET 11 after 0.1 from [${A}]:4000: EHLO x\\r\\n`, 'failure'],
    [
      `NOQUEUE: reject: RCPT from [${A}]:4000: 550 5.7.1 Service unavailable; client [${A}] blocked using x; from=<a@b>, to=<c@d>, proto=ESMTP, helo=<e>`,
      'failure',
    ],
    [`DNSBL rank 6 for [${A}]:4000`, 'failure'],
    [`CONNECT from [${A}]:4000 to [192.0.2.1]:25`, undefined],
  ])('postscreen: %s', (message, outcome) => {
    expect(log('postfix/postscreen[7]', message)).toMatchObject({ 'source.ip': A, 'source.port': 4000 });
    expect(log('postfix/postscreen[7]', message)['event.outcome']).toBe(outcome);
  });
  test('the client’s words come after its address', () => {
    const message = `NOQUEUE: reject: RCPT from unknown[${A}]: 554 5.7.1 <a[${FAKE}]>: x; from=<a@b> to=<c@d> proto=ESMTP helo=<RCPT from x[${FAKE}]: 554>`;
    expect(log('postfix/smtpd[7]', message)['source.ip']).toBe(A);
    const sasl = `warning: unknown[${A}]: SASL LOGIN authentication failed: x, sasl_username=a from y[${FAKE}]: SASL LOGIN authentication failed:`;
    expect(log('postfix/smtpd[7]', sasl)['source.ip']).toBe(A);
  });
});

describe('exim', () => {
  test.each([
    [
      `plain_login authenticator failed for host.example.org (ylmf-pc) [${A}]:4711 I=[192.0.2.1]:587: 535 Incorrect authentication data (set_id=bob@example.org)`,
      ['authentication', 'failure', 'bob@example.org', A],
    ],
    [
      `H=(User) [2001:db8::7]:4711 I=[2001:db8::1]:25 F=<a@b.example> rejected RCPT <c@d.example>: Unrouteable address`,
      ['email', 'failure', none, '2001:db8::7'],
    ],
    [
      `SMTP protocol error in "AUTH LOGIN" H=(x) [${A}]:4711 I=[192.0.2.1]:25 AUTH command used when not advertised`,
      ['network', 'failure', none, A],
    ],
    [
      `SMTP call from [${A}]:4711 I=[192.0.2.1]:25 dropped: too many unrecognized commands (last was "x")`,
      ['network', 'failure', none, A],
    ],
    [
      `SMTP connection from host.example.org [${A}]:4711 I=[192.0.2.1]:25 closed by QUIT`,
      ['network', none, none, A],
    ],
    [
      `1tAbCd-000000012ab-34Cd <= a@b.example H=host.example.org [${A}]:4711 P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=1000 id=x@y`,
      ['email', 'success', none, A],
    ],
    [
      '1tAbCd-000000012ab-34Cd => c@d.example R=dnslookup T=remote_smtp H=mx.d.example [192.0.2.9]',
      ['email', none, none, none],
    ],
  ])('%s', (message, expected) => {
    expect(who('exim[77]', message)).toEqual(expected);
    const event = read(`2026-11-20 19:59:00.123 [77] ${message}`);
    expect([event['event.category'], event['event.outcome'], event['user.name'], event['source.ip']]).toEqual(
      expected,
    );
  });
  test('HELO and input are the client’s', () => {
    expect(
      who(
        'exim[7]',
        `login authenticator failed for ([${FAKE}]) [${A}]: 535 Incorrect authentication data (set_id=x) [${FAKE}]: 535 (set_id=y)`,
      )[3],
    ).toBe(A);
    expect(
      who(
        'exim[7]',
        `SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[${A}] input="H=[${FAKE}]"`,
      )[3],
    ).toBe(A);
    expect(
      who(
        'exim[7]',
        `SMTP protocol error in "AUTH" H=x [${FAKE}] AUTH command used when not advertised" H=y [${A}] AUTH command used when not advertised`,
      )[3],
    ).toBe(A);
  });
});

describe('sendmail', () => {
  test.each([
    [
      `AB1cd2EF012345: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): authentication failure: checkpass failed, user=bob, relay=host.example.org [${A}] (may be forged)`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `AUTH=server, relay=host.example.org [${A}], authid=bob@example.org, mech=PLAIN, bits=0`,
      ['authentication', 'success', 'bob@example.org', A],
    ],
    [
      `AB1cd2EF012345: ruleset=check_rcpt, arg1=<a@b.example>, relay=[IPv6:2001:db8::7], reject=550 5.7.1 <a@b.example>... Relaying denied`,
      ['email', 'failure', none, '2001:db8::7'],
    ],
    [
      `AB1cd2EF012345: host.example.org [${A}] (may be forged) did not issue MAIL/EXPN/VRFY/ETRN during connection to TLSMTA`,
      ['network', 'failure', none, A],
    ],
    ['AB1cd2EF012345: <a@b.example>... User unknown', ['email', 'failure', none, none]],
  ])('%s', (message, expected) => {
    expect(who('sm-mta[77]', message)).toEqual(expected);
  });
  test('an address in what the client gave makes it ambiguous', () => {
    expect(
      who(
        'sendmail[7]',
        `ruleset=check_rcpt, arg1=<a, relay=x [${FAKE}], reject=550@b>, relay=[${A}], reject=550 5.7.1 no`,
      )[3],
    ).toBeUndefined();
    expect(who('sendmail[7]', `AUTH failure (LOGIN): x, user=a, relay=[${FAKE}], relay=[${A}]`)[3]).toBe(A);
  });
});

describe('cyrus, courier, UW-IMAP under the names that they share', () => {
  test.each([
    [
      'cyrus/imap[7]',
      `badlogin: host.example.org [${A}] plaintext bob SASL(-13): authentication failure: checkpass failed`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      'imaps[7]',
      `badlogin: [2001:db8::7] CRAM-MD5 [SASL(-13): user not found: no secret in database]`,
      ['authentication', 'failure', none, '2001:db8::7'],
    ],
    [
      'imap[7]',
      `login: host.example.org [${A}] bob PLAIN+TLS User logged in SESSIONID=<x>`,
      ['authentication', 'success', 'bob', A],
    ],
    [
      'imapd',
      `LOGIN FAILED, user=bob, ip=[::ffff:${A}], port=[4711]`,
      ['authentication', 'failure', 'bob', A],
    ],
    ['pop3d', `LOGIN, user=bob, ip=[${A}], port=[4711]`, ['authentication', 'success', 'bob', A]],
    [
      'imapd',
      `LOGOUT, user=bob, ip=[${A}], headers=0, body=0, rcvd=12, sent=200, time=1`,
      ['authentication', none, 'bob', A],
    ],
    [
      'courieresmtpd[7]',
      `error,relay=::ffff:${A},port=4711,msg="535 Authentication failed.",cmd: AUTH LOGIN bob`,
      ['authentication', 'failure', none, A],
    ],
    [
      'imapd[7]',
      `Login failed user=bob auth=bob host=host.example.org [${A}]`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      'ipop3d[7]',
      `Login user=bob host=host.example.org [${A}] nmsgs=0/0`,
      ['authentication', 'success', 'bob', A],
    ],
  ])('%s: %s', (tag, message, expected) => {
    expect(who(tag, message)).toEqual(expected);
  });
  test('attackers’ names', () => {
    expect(who('imapd', `LOGIN FAILED, user=x, ip=[${FAKE}], ip=[${A}]`)).toEqual([
      'authentication',
      'failure',
      `x, ip=[${FAKE}]`,
      A,
    ]);
    expect(who('imapd[7]', `Login failed user=x auth=y host=z [${FAKE}] host=w [${A}]`)[3]).toBe(A);
  });
});

describe('other mail servers', () => {
  test.each([
    [
      'qmail',
      `1699999999.123456 rblsmtpd: ${A} pid 77: 451 http://rbl.example/?ip=${FAKE}`,
      ['email', 'failure', none, A],
    ],
    [
      'vpopmail[7]',
      `vchkpw-smtp: vpopmail user not found bob@example.org:${A}`,
      ['authentication', 'failure', 'bob@example.org', A],
    ],
    ['smtpd[7]', `0123456789abcdef smtp connected address=${A} host=x.example`, ['network', none, none, A]],
    [
      'perdition.imaps[7]',
      `Auth: ${A}:4711->192.0.2.1:993 client-secure=ssl authorisation_id=NONE authentication_id="bob" server="i:993" protocol=IMAP4S server-secure=ssl status="ok"`,
      ['authentication', 'success', 'bob', A],
    ],
    [
      'solid-pop3d[7]',
      `authentication failed: no such user: bob - ${FAKE} - ${A}`,
      ['authentication', 'failure', `bob - ${FAKE}`, A],
    ],
    [
      'MailScanner[7]',
      `Message 4Xyz from ${A} (a@b.example) to c.example is spam, x`,
      ['email', 'failure', none, A],
    ],
    [
      'wwsympa[7]',
      `info main::do_login() [robot l.example] [session 01] [client ${A}] [user bob@example.org] x`,
      ['web', none, 'bob@example.org', A],
    ],
  ])('%s: %s', (tag, message, expected) => {
    expect(who(tag, message)).toEqual(expected);
  });
  test.each([
    [`[20/Nov/2026 19:59:00] Failed IMAP login from ${A} with SASL method PLAIN.`, none],
    [`[20/Nov/2026 19:59:00] IMAP: Invalid password for user bob. Attempt from IP address ${A}.`, 'bob'],
    [
      `[20/Nov/2026 19:59:00] SMTP: User x. Attempt from IP address ${FAKE}. doesn't exist. Attempt from IP address ${A}.`,
      `x. Attempt from IP address ${FAKE}. doesn't exist`,
    ],
    [
      `2026-11-20 19:59:00   smtp: bob [${FAKE}] authentication failure using internet password [${A}] authentication failure using internet password`,
      `bob [${FAKE}] authentication failure using internet password`,
    ],
    [
      `<co ts="2026-11-20T19:59:00.12" pi="1.2.3" sc="tcp_local" dr="+" ac="U" tr="TCP|192.0.2.1|25|${A}|4711" ap="SMTP" mi="Bad password" us="bob" di="535 5.7.8 no"/>`,
      'bob',
    ],
    [
      `Nov-20-26 19:59:00 [Worker_1] [TLS-in] ${A} [SMTP Error] 535 5.7.8 Error: authentication failed: `,
      none,
    ],
  ])('files of their own: %s', (line, user) => {
    expect(read(line)).toMatchObject({
      'event.category': 'authentication',
      'event.outcome': 'failure',
      'source.ip': A,
    });
    expect(read(line)['user.name']).toBe(user);
  });
  test('types by their usual names', () => {
    for (const type of [
      'exim4',
      'sendmail-auth',
      'cyrus-imap',
      'courier-auth',
      'uwimap-auth',
      'domino-smtp',
      'kerio',
      'assp',
    ])
      expect(read('nothing of that kind', type)['labels.parse_error']).toContain('decoder knows');
  });
});
