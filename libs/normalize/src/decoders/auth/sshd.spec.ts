import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const A = '198.51.100.7';

function sshd(message: string, program = 'sshd') {
  const line = `<38>Nov 20 20:00:00 web1 ${program}[4711]: ${message}`;
  return parseFrame(Buffer.from(line), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });
}
/** The fields that detectors group by. */
function who(message: string) {
  const event = sshd(message);
  return [
    event['event.action'],
    event['event.outcome'],
    event['user.name'],
    event['source.ip'],
    event['source.port'],
  ];
}

describe('logins', () => {
  test.each([
    [`Failed password for root from ${A} port 22 ssh2`, ['ssh_login', 'failure', 'root', A, 22]],
    [
      `Failed password for invalid user admin from ${A} port 22 ssh2`,
      ['ssh_login', 'failure', 'admin', A, 22],
    ],
    [
      `Failed password for illegal user admin from ::ffff:${A} port 22 ssh2`,
      ['ssh_login', 'failure', 'admin', A, 22],
    ],
    [
      `Failed keyboard-interactive/pam for bob from 2001:DB8::7 port 9 ssh2 [preauth]`,
      ['ssh_login', 'failure', 'bob', '2001:db8::7', 9],
    ],
    [
      `Failed publickey for bob from ${A} port 22 ssh2: ED25519 SHA256:AbC/+9=`,
      ['ssh_login', 'failure', 'bob', A, 22],
    ],
    [
      `Failed hostbased for bob from ${A} port 22 ssh2: RSA SHA256:abc, client user "x", client host "y"`,
      ['ssh_login', 'failure', 'bob', A, 22],
    ],
    [`Failed none for root from ${A} port 22 ssh2`, ['ssh_none_probe', 'failure', 'root', A, 22]],
    [
      `Failed keyboard-interactive for <invalid username> from ${A} port 22 ssh2`,
      ['ssh_login', 'failure', undefined, A, 22],
    ],
    [`Accepted password for bob from ${A} port 22 ssh2`, ['ssh_login', 'success', 'bob', A, 22]],
    [
      `Accepted publickey for bob from ${A} port 22 ssh2: RSA-CERT SHA256:a ID bob@x (serial 0) CA RSA SHA256:b`,
      ['ssh_login', 'success', 'bob', A, 22],
    ],
    [
      `Partial publickey for bob from ${A} port 22 ssh2: RSA SHA256:a`,
      ['ssh_login_step', 'unknown', 'bob', A, 22],
    ],
    [
      `Postponed publickey for bob from ${A} port 22 ssh2 [preauth]`,
      ['ssh_login_step', 'unknown', 'bob', A, 22],
    ],
    [`Invalid user admin from ${A} port 22`, ['ssh_invalid_user', 'failure', 'admin', A, 22]],
    [`Invalid user admin from ${A}`, ['ssh_invalid_user', 'failure', 'admin', A, undefined]],
    [`Invalid user  from ${A} port 22`, ['ssh_invalid_user', 'failure', undefined, A, 22]],
    [
      `error: PAM: Authentication failure for bob from ${A}`,
      ['ssh_pam_failure', 'failure', 'bob', A, undefined],
    ],
    [
      `error: PAM: User not known to the underlying authentication module for illegal user bob from ${A}`,
      ['ssh_pam_failure', 'failure', 'bob', A, undefined],
    ],
    [
      `error: PAM: Authentication failure for bob from ${A} via 192.0.2.1`,
      ['ssh_pam_failure', 'failure', 'bob', A, undefined],
    ],
    [
      `error: maximum authentication attempts exceeded for invalid user bob from ${A} port 22 ssh2 [preauth]`,
      ['ssh_max_attempts', 'failure', 'bob', A, 22],
    ],
    [
      `User root from ${A} not allowed because not listed in AllowUsers`,
      ['ssh_user_refused', 'failure', 'root', A, undefined],
    ],
    [`ROOT LOGIN REFUSED FROM ${A} port 22 [preauth]`, ['ssh_user_refused', 'failure', 'root', A, 22]],
    [
      `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${A}  user=root`,
      ['pam_authentication', 'failure', 'root', A, undefined],
    ],
    [
      `pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)`,
      ['session_opened', 'success', 'bob', undefined, undefined],
    ],
  ])('%s', (message, expected) => {
    expect(who(message)).toEqual(expected);
  });

  test('folded repeats carry how many they stand for', () => {
    const event = sshd(`message repeated 4 times: [ Failed password for root from ${A} port 22 ssh2]`);
    expect(event).toMatchObject({
      'event.action': 'ssh_login',
      'labels.repeat_count': 4,
      'source.ip': A,
      'source.port': 22,
      'user.name': 'root',
    });
  });
  test('OpenSSH 9.8 logs as sshd-session', () => {
    expect(sshd(`Failed password for root from ${A} port 22 ssh2`, 'sshd-session')).toMatchObject({
      'event.action': 'ssh_login',
      'process.name': 'sshd-session',
    });
  });
  test('a host name for an address is no source.ip', () => {
    const event = sshd('User root from shell.example.com not allowed because listed in DenyUsers');
    expect(event).toMatchObject({
      'source.domain': 'shell.example.com',
      'source.address': 'shell.example.com',
      'user.name': 'root',
    });
    expect(event['source.ip']).toBeUndefined();
  });
});

describe('connections', () => {
  test.each([
    [
      `Connection closed by authenticating user root ${A} port 22 [preauth]`,
      ['ssh_connection', 'unknown', 'root', A, 22],
    ],
    [
      `Connection closed by invalid user a b ${A} port 22 [preauth]`,
      ['ssh_connection', 'unknown', 'a b', A, 22],
    ],
    [`Connection reset by ${A} port 22`, ['ssh_connection', 'unknown', undefined, A, 22]],
    ['Connection reset by peer', ['ssh_connection', 'unknown', undefined, undefined, undefined]],
    [`Disconnected from user bob ${A} port 22`, ['ssh_connection', 'unknown', 'bob', A, 22]],
    [
      `Received disconnect from ${A} port 22:11: Bye from 192.0.2.1 [preauth]`,
      ['ssh_connection', 'unknown', undefined, A, 22],
    ],
    [
      `Received disconnect from 2001:db8::7: 11: Bye`,
      ['ssh_connection', 'unknown', undefined, '2001:db8::7', undefined],
    ],
    [
      `Disconnecting authenticating user root ${A} port 22: Too many authentication failures [preauth]`,
      ['ssh_connection', 'unknown', 'root', A, 22],
    ],
    [
      `Did not receive identification string from ${A} port 22`,
      ['ssh_protocol_failure', 'failure', undefined, A, 22],
    ],
    [
      `Bad protocol version identification 'x from 192.0.2.1 port 1' from ${A} port 22`,
      ['ssh_protocol_failure', 'failure', undefined, A, 22],
    ],
    [
      `fatal: Unable to negotiate with ${A} port 22: no matching cipher found. Their offer: x from 192.0.2.1 port 1`,
      ['ssh_protocol_failure', 'failure', undefined, A, 22],
    ],
    [
      `banner exchange: Connection from ${A} port 22: invalid format`,
      ['ssh_protocol_failure', 'failure', undefined, A, 22],
    ],
    [
      `fatal: Timeout before authentication for ${A} port 22`,
      ['ssh_protocol_failure', 'failure', undefined, A, 22],
    ],
    [
      `Timeout before authentication for connection from ${A} to 192.0.2.1, pid = 5`,
      ['ssh_protocol_failure', 'failure', undefined, A, undefined],
    ],
    [
      `drop connection #12 from [${A}]:22 on [192.0.2.1]:22 past MaxStartups`,
      ['ssh_connection', 'failure', undefined, A, 22],
    ],
    [
      'error: kex_exchange_identification: Connection closed by remote host',
      ['ssh_protocol_failure', 'failure', undefined, undefined, undefined],
    ],
  ])('%s', (message, expected) => {
    expect(who(message)).toEqual(expected);
  });
  test('both ends of a connection', () => {
    expect(sshd(`Connection from ${A} port 40000 on 192.0.2.1 port 22 rdomain ""`)).toMatchObject({
      'source.ip': A,
      'source.port': 40000,
      'destination.ip': '192.0.2.1',
      'destination.port': 22,
      'event.category': 'network',
    });
  });
});

describe('user names are the attacker’s words', () => {
  const F = '192.0.2.66';
  test.each([
    [`Failed password for invalid user root from ${F} from ${A} port 22 ssh2`, `root from ${F}`],
    [
      `Failed password for invalid user root from ${F} port 22 ssh2 from ${A} port 22 ssh2`,
      `root from ${F} port 22 ssh2`,
    ],
    [
      `Failed password for invalid user a from ${F} port 1 ssh2: RSA SHA256:x from ${A} port 22 ssh2`,
      `a from ${F} port 1 ssh2: RSA SHA256:x`,
    ],
    [
      `Failed publickey for invalid user a from ${F} port 1 ssh2: RSA SHA256:x from ${A} port 22 ssh2: RSA SHA256:y`,
      `a from ${F} port 1 ssh2: RSA SHA256:x`,
    ],
    [`Failed password for invalid user invalid user x from ${A} port 22 ssh2`, 'invalid user x'],
    [`Invalid user a from ${F} port 1 from ${A} port 22`, `a from ${F} port 1`],
    [
      `error: PAM: Authentication failure for illegal user a from ${F} via ${F} from ${A}`,
      `a from ${F} via ${F}`,
    ],
    [`Connection closed by invalid user a ${F} port 1 ${A} port 22 [preauth]`, `a ${F} port 1`],
  ])('%s', (message, user) => {
    expect(sshd(message)).toMatchObject({ 'source.ip': A, 'user.name': user });
  });

  test.each([
    `Failed publickey for a from ${A} port 22 ssh2: RSA-CERT SHA256:a ID x from ${F} port 1 ssh2: RSA-CERT SHA256:a ID y (serial 0) CA RSA SHA256:b`,
    `Disconnecting invalid user a ${F} port 1: x ${A} port 22: Change of username or service not allowed: (a,x) -> (b,x) [preauth]`,
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser=x rhost=${F} rhost=${A}  user=root`,
    `Failed password for invalid user x from ${A} port 22 ssh2 and more`,
    `Failed password for x from not.an.address port 22 ssh2`,
    `Failed password for x from 300.1.1.1 port 22 ssh2`,
    `Accepted password for x from ${A} port 22 ssh2: RSA SHA256:x`,
  ])('two readings, or none: neither address nor user. %s', (message) => {
    const event = sshd(message);
    expect([event['source.ip'], event['user.name']]).toEqual([undefined, undefined]);
  });

  test('another program that quotes sshd is not sshd', () => {
    const event = sshd(`Failed password for root from ${A} port 22 ssh2`, 'webapp');
    expect([event['source.ip'], event['event.category']]).toEqual([undefined, undefined]);
  });
});
