import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const A = '198.51.100.7';
const FAKE = '192.0.2.66';
const none = undefined;

function read(line: string, sourceType = 'auto') {
  return parseFrame(Buffer.from(line), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType });
}
const log = (tag: string, message: string) => read(`Nov 20 20:00:00 host1 ${tag}: ${message}`);
function who(event: ReturnType<typeof read>) {
  return [event['event.category'], event['event.outcome'], event['user.name'], event['source.ip']];
}

describe('file transfer', () => {
  test.each([
    ['vsftpd[7]', `[bob] FAIL LOGIN: Client "::ffff:${A}"`, ['authentication', 'failure', 'bob', A]],
    ['vsftpd[7]', `[bob] OK LOGIN: Client "${A}"`, ['authentication', 'success', 'bob', A]],
    ['vsftpd[7]', `CONNECT: Client "2001:db8::7"`, ['network', none, none, '2001:db8::7']],
    [
      'vsftpd[7]',
      `[a] FAIL LOGIN: Client "${FAKE}"] FAIL LOGIN: Client "${A}"`,
      ['authentication', 'failure', `a] FAIL LOGIN: Client "${FAKE}"`, A],
    ],
    [
      'proftpd[7]',
      `host1 (c.example[::ffff:${A}]) - USER bob (Login failed): Incorrect password`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      'proftpd[7]',
      `host1 (c.example[${A}]): USER x (c[${FAKE}]): no such user found from c.example [${A}] to 192.0.2.1:21`,
      ['authentication', 'failure', `x (c[${FAKE}])`, A],
    ],
    [
      'proftpd[7]',
      `host1 (c.example[2001:db8::7]) - USER bob: Login successful.`,
      ['authentication', 'success', 'bob', '2001:db8::7'],
    ],
    [
      'pure-ftpd',
      `(?@${A}) [WARNING] Authentication failed for user [a@${FAKE}) [WARNING]]`,
      ['authentication', 'failure', `a@${FAKE}) [WARNING]`, A],
    ],
    [
      'pure-ftpd',
      `(?@${A}) [WARNING] Authentifizierung fehlgeschlagen für Benutzer [bob].`,
      ['authentication', 'failure', 'bob', A],
    ],
    ['pure-ftpd', `(?@${A}) [INFO] bob is now logged in`, ['authentication', 'success', 'bob', A]],
    ['wu-ftpd[7]', `failed login from c.example [${A}], bob`, ['authentication', 'failure', none, A]],
    ['ftpd[7]', `FTP LOGIN FROM c.example [${A}], bob`, ['authentication', 'success', 'bob', A]],
  ])('%s: %s', (tag, message, expected) => {
    expect(who(log(tag, message))).toEqual(expected);
  });
  test('vsftpd’s own file', () => {
    const event = read(`Fri Nov 20 19:59:00 2026 [pid 77] [bob] FAIL LOGIN: Client "${A}"`);
    expect(event).toMatchObject({ 'source.ip': A, '@timestamp': Date.parse('2026-11-20T19:59:00Z') });
  });
});

describe('databases', () => {
  test.each([
    [
      "2026-11-20T19:59:00.000001Z 7 [Note] [MY-010926] [Server] Access denied for user 'bob'@'2001:db8::7' (using password: YES)",
      ['authentication', 'failure', 'bob', '2001:db8::7'],
    ],
    [
      `2026-11-20  9:59:00 7 [Warning] Access denied for user 'a'@'${FAKE}' (using password: NO)'@'${A}' (using password: YES)`,
      ['authentication', 'failure', `a'@'${FAKE}' (using password: NO)`, A],
    ],
    [
      `261120 19:59:00 [Warning] Access denied for user 'bob'@'${A}' (using password: NO)`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `2026-11-20 19:59:00 7 [Warning] Aborted connection 7 to db: 'unconnected' user: 'unauthenticated' host: '${A}' (This connection closed normally without authentication)`,
      ['network', 'failure', none, A],
    ],
    [
      '2026-11-20 19:59:00.123 UTC [77] bob@db FATAL:  password authentication failed for user "bob"',
      ['authentication', 'failure', 'bob', none],
    ],
    [
      `${A} 2026-11-20 19:59:00.123 UTC [77] bob@db FATAL:  password authentication failed for user "bob"`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `2026-11-20 19:59:00 UTC [77]: [1-1] user=bob,db=d,app=[unknown],client=${A} FATAL:  password authentication failed for user "bob"`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `2026-11-20 19:59:00.123 CET [77] FATAL:  no pg_hba.conf entry for host "${A}", user "bob", database "db", no encryption`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `2026-11-20 19:59:00.123 UTC [77] LOG:  connection received: host=${A} port=4711`,
      ['network', none, none, A],
    ],
    [
      `2026-11-20 19:59:00.12 Logon       Login failed for user 'bob'. Reason: Password did not match that for the login provided. [CLIENT: ${A}]`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `2026-11-20 19:59:00.12 Logon       Login failed for user 'x'. Reason: y [CLIENT: ${FAKE}]'. Reason: Could not find a login matching the name provided. [CLIENT: ${A}]`,
      ['authentication', 'failure', `x'. Reason: y [CLIENT: ${FAKE}]`, A],
    ],
    [
      `2026-11-20T19:59:00.123+0000 I ACCESS   [conn7] SASL SCRAM-SHA-1 authentication failed for bob on admin from client ${A}:4711 ; UserNotFound: Could not find user bob@admin`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `{"t":{"$date":"2026-11-20T19:59:00.123+00:00"},"s":"I","c":"ACCESS","id":5286307,"ctx":"conn7","msg":"Failed to authenticate","attr":{"client":"[2001:db8::7]:4711","user":"bob","db":"admin","error":"AuthenticationFailed"}}`,
      ['authentication', 'failure', 'bob', '2001:db8::7'],
    ],
  ])('%s', (line, expected) => {
    expect(who(read(line))).toEqual(expected);
  });
  test('PostgreSQL: an address that a user’s name brings along is none', () => {
    const line = `2026-11-20 19:59:00 UTC [77] user=x,client=${FAKE} FATAL:  y,db=d FATAL:  password authentication failed for user "x,client=${FAKE} FATAL:  y"`;
    expect(read(line)['source.ip']).toBeUndefined();
  });
  test('slapd', () => {
    expect(who(log('slapd[7]', 'conn=7 op=0 RESULT tag=97 err=49 qtime=0.00001 etime=0.001 text='))).toEqual([
      'authentication',
      'failure',
      none,
      none,
    ]);
    expect(
      who(
        log('slapd[7]', 'conn=7 op=0 BIND dn="uid=bob,ou=people,dc=example" mech=SIMPLE bind_ssf=0 ssf=256'),
      )[2],
    ).toBe('bob');
    expect(log('slapd[7]', `conn=7 fd=9 ACCEPT from IP=[2001:db8::7]:4711 (IP=[::]:636)`)).toMatchObject({
      'source.ip': '2001:db8::7',
      'source.port': 4711,
      'destination.port': 636,
    });
  });
});

describe('names', () => {
  test.each([
    [
      'named[7]',
      `client @0x7fb0 ${A}#4711 (x.example): view ext: query (cache) 'x.example/A/IN' denied (allow-query-cache did not match)`,
      'failure',
    ],
    ['named[7]', `client ${A}#4711 (x): zone transfer 'x/AXFR/IN' denied`, 'failure'],
    ['named[7]', `client ${A}#4711: update 'x.example/IN' denied`, 'failure'],
    ['named[7]', `client @0x7fb0 ${A}#4711 (x.example): query: x.example IN A +E(0)K (192.0.2.1)`, none],
    ['named[7]', `client ${A}#4711 (client_${FAKE}#1): query 'client.${FAKE}#1/A/IN' denied`, 'failure'],
    ['nsd[7]', `axfr for example. from ${A} refused, no acl matches`, 'failure'],
    ['unbound', `[77:0] info: ${A} x.example. A IN`, none],
  ])('%s: %s', (tag, message, outcome) => {
    expect(log(tag, message)).toMatchObject({ 'source.ip': A, 'event.category': 'network' });
    expect(log(tag, message)['event.outcome']).toBe(outcome);
  });
  test('BIND’s own file', () => {
    expect(
      read(
        `20-Nov-2026 19:59:00.123 security: info: client @0x7f 2001:db8::7#4711 (x): query 'x/ANY/IN' denied`,
      ),
    ).toMatchObject({ 'source.ip': '2001:db8::7', '@timestamp': Date.parse('2026-11-20T19:59:00.123Z') });
  });
});

describe('telephony', () => {
  const HEAD = '[2026-11-20 19:59:00] NOTICE[77] chan_sip.c: ';
  const SECURITY = '[2026-11-20 19:59:00] SECURITY[77] res_security_log.c: SecurityEvent=';
  const tail = (address: string) =>
    `LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/${address}/5070"`;
  test.each([
    [
      `${HEAD}Registration from '"x" <sip:1@192.0.2.1>' failed for '${A}:5060' - Wrong password`,
      ['authentication', 'failure', none, A],
    ],
    [
      `${HEAD}Registration from 'x' failed for '${FAKE}:1' - Wrong password' failed for '[2001:db8::7]:5060' - No matching peer found`,
      ['authentication', 'failure', none, '2001:db8::7'],
    ],
    [
      `${HEAD}Call from '' (${A}:5060) to extension '1' (${FAKE}:1) to extension '2' rejected because extension not found in context 'x'.`,
      ['network', 'failure', none, A],
    ],
    [
      `[2026-11-20 19:59:00] NOTICE[77] manager.c: ${A} failed to authenticate as 'bob'`,
      ['authentication', 'failure', 'bob', A],
    ],
    [
      `${SECURITY}"InvalidPassword",EventTV="x",Severity="Error",Service="SIP",EventVersion="2",AccountID="100",SessionID="0x1",${tail(A)},Challenge="c",ReceivedChallenge="c",ReceivedHash="h"`,
      ['authentication', 'failure', '100', A],
    ],
    [
      `${SECURITY}"SuccessfulAuth",EventTV="x",Severity="Informational",Service="PJSIP",EventVersion="1",AccountID="100",SessionID="1",${tail(A)},UsingPassword="1"`,
      ['authentication', 'success', '100', A],
    ],
    [
      `2026-11-20 19:59:00.123456 98.10% [WARNING] sofia_reg.c:1806 SIP auth failure (REGISTER) on sofia profile 'internal' for [100@192.0.2.1] from ip ${FAKE}] from ip ${A}`,
      ['authentication', 'failure', `100@192.0.2.1] from ip ${FAKE}`, A],
    ],
    [
      `<W>2026-11-20 19:59:00.123 1 => <7:x> Rejected connection from ${FAKE}:1: y(-1)> Rejected connection from ${A}:4711: Invalid server password`,
      ['authentication', 'failure', `x> Rejected connection from ${FAKE}:1: y`, A],
    ],
  ])('%s', (line, expected) => {
    expect(who(read(line))).toEqual(expected);
  });
  test('an account that brings its own RemoteAddress is ambiguous', () => {
    const event = read(
      `${SECURITY}"ChallengeResponseFailed",EventTV="x",Severity="Error",Service="SIP",EventVersion="1",AccountID="x",SessionID="1",${tail(A)},Challenge="c",Response="r",RemoteAddress="IPV4/UDP/${FAKE}/1",ExpectedResponse=""`,
    );
    expect(event['source.ip']).toBeUndefined();
    expect(event['event.outcome']).toBe('failure');
  });
});

describe('tunnels and proxies', () => {
  test.each([
    [
      log('openvpn[7]', `${A}:4711 TLS Auth Error: Auth Username/Password verification failed for peer`),
      ['authentication', 'failure', none, A],
    ],
    [
      log('ovpn-office[7]', `bob/${A}:4711 SIGUSR1[soft,ping-restart] received, client-instance restarting`),
      ['network', none, 'bob', A],
    ],
    [
      log(
        'openvpn[7]',
        `[AF_INET6]2001:db8::7:4711 TLS: Username/Password authentication succeeded for username 'bob' [CN SET]`,
      ),
      ['authentication', 'success', 'bob', '2001:db8::7'],
    ],
    [read(`2026-11-20 19:59:00 ${A}:4711 TLS Error: TLS handshake failed`), ['network', 'failure', none, A]],
    [
      log('charon', `09[IKE] no IKE config found for 192.0.2.1...${A}, sending NO_PROPOSAL_CHOSEN`),
      ['authentication', 'failure', none, A],
    ],
    [
      log('charon', `09[NET] received packet: from ${A}[500] to 192.0.2.1[500] (536 bytes)`),
      ['network', none, none, A],
    ],
    [
      log('stunnel[7]', `LOG5[7]: Service [imaps] accepted connection from ${A}:4711`),
      ['network', none, none, A],
    ],
    [
      log(
        'danted[7]',
        `info: block(2): tcp/accept ]: ${A}.4711 192.0.2.1.1080: system password authentication failed for user "bob"`,
      ),
      ['authentication', 'failure', 'bob', A],
    ],
    [
      read(
        `20-11-2026 19:59:00 +0000 PROXY.3128 00005 bob ${A}:4711 0.0.0.0:0 0 0 0 GET http://${FAKE}:1/ HTTP/1.1`,
      ),
      ['authentication', 'failure', 'bob', A],
    ],
    [
      log('kernel', `[7.123456] wireguard: wg0: Invalid MAC of handshake, dropping packet from ${A}:51820`),
      ['network', 'failure', none, A],
    ],
  ])('%#', (event, expected) => {
    expect(who(event)).toEqual(expected);
  });
});

describe('Samba', () => {
  const auth = (user: string, address: string) =>
    `Auth: [SMB2,(null)] user [WG]\\[${user}] at [Fri, 20 Nov 2026 19:59:00.123456 UTC] with [NTLMv2] status [NT_STATUS_WRONG_PASSWORD] workstation [W] remote host [ipv4:${address}:4711] mapped to [WG]\\[${user}]. local host [ipv4:192.0.2.1:445]`;
  test('its authentication log', () => {
    expect(log('smbd_audit', auth('bob', A))).toMatchObject({
      'user.name': 'bob',
      'user.domain': 'WG',
      'source.ip': A,
      'source.port': 4711,
      'destination.port': 445,
      'event.outcome': 'failure',
    });
    const hostile = log('smbd', auth(`x] remote host [ipv4:${FAKE}:1] mapped to [`, A));
    expect(hostile['source.ip']).toBeUndefined();
    expect(hostile['user.name']).toBeUndefined();
  });
  test('as JSON, and denied hosts', () => {
    expect(
      read(
        `{"timestamp":"2026-11-20T19:59:00.123456+0000","type":"Authentication","Authentication":{"status":"NT_STATUS_OK","remoteAddress":"ipv4:${A}:4711","localAddress":"ipv4:192.0.2.1:445","clientAccount":"bob","clientDomain":"WG"}}`,
      ),
    ).toMatchObject({ 'user.name': 'bob', 'source.ip': A, 'event.outcome': 'success' });
    expect(log('smbd[7]', `Denied connection from c.example (${A})`)).toMatchObject({
      'source.ip': A,
      'event.outcome': 'failure',
    });
  });
});

describe('the host’s own defence and others', () => {
  test.each([
    [`2026-11-20 19:59:00,123 fail2ban.actions        [77]: NOTICE  [sshd] Ban ${A}`, 'address_banned'],
    [
      `2026-11-20 19:59:00,123 fail2ban.actions        [77]: NOTICE  [sshd] Restore Ban ${A}`,
      'address_banned',
    ],
    [`2026-11-20 19:59:00,123 fail2ban.actions        [77]: NOTICE  [sshd] Unban ${A}`, 'address_unbanned'],
    [`1795200000 - 11/20/2026 19:59:00 Host: c.example/${A} Port: 23 TCP Blocked`, 'port_scan'],
    [
      `Nov 20 19:59:00 host1 scanlogd: ${A}:4711 to 192.0.2.1 and others, ports 21, 22, 23, ..., fSrpauxy, TOS 00 @19:59:00`,
      'port_scan',
    ],
    [
      `Fri Nov 20 19:59:00 UTC 2026 /var/ossec/active-response/bin/host-deny.sh add - ${A} 1795200000.1 5712`,
      'address_banned',
    ],
    [`L 11/20/2026 - 19:59:00: Bad Rcon: "rcon 1 "x" from "${FAKE}:1"" from "${A}:27005"`, 'user_login'],
    [`19:59:00.123456 IP ${A}.4711 > 192.0.2.1.22: Flags [S], seq 1, win 2, length 0`, 'connection'],
  ])('%s', (line, action) => {
    expect(read(line)).toMatchObject({ 'event.action': action, 'source.ip': A });
  });
});
