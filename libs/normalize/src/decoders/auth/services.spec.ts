import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const A = '198.51.100.7';
const FAKE = '192.0.2.66';
const none = undefined;
const read = (line: string) =>
  parseFrame(Buffer.from(line), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });
const log = (tag: string, message: string) => read(`Nov 20 20:00:00 host1 ${tag}: ${message}`);
function who(event: ReturnType<typeof read>) {
  return [event['event.category'], event['event.outcome'], event['user.name'], event['source.ip']];
}

test.each([
  ['dropbear[7]', `Bad password attempt for 'bob' from ${A}:4711`, ['authentication', 'failure', 'bob', A]],
  [
    'dropbear[7]',
    `Bad password attempt for 'x' from ${FAKE}:1' from ${A}:4711`,
    ['authentication', 'failure', `x' from ${FAKE}:1`, A],
  ],
  [
    'dropbear[7]',
    `Login attempt for nonexistent user from 2001:db8::7:4711`,
    ['authentication', 'failure', none, '2001:db8::7'],
  ],
  [
    'dropbear[7]',
    `Password auth succeeded for 'bob' from ${A}:4711`,
    ['authentication', 'success', 'bob', A],
  ],
  [
    'dropbear[7]',
    `Pubkey auth succeeded for 'bob' with ssh-ed25519 key SHA256:abc from ${A}:4711`,
    ['authentication', 'success', 'bob', A],
  ],
  ['dropbear[7]', `Exit before auth from <${A}:4711>: Timeout before auth`, ['network', 'failure', none, A]],
  ['dropbear[7]', `Exit (bob) from <${A}:4711>: Disconnect received`, ['network', none, 'bob', A]],
  [
    'login',
    `FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', Authentication failure`,
    ['authentication', 'failure', 'bob', none],
  ],
  [
    'login[7]',
    `FAILED LOGIN 2 FROM ${A} FOR bob, Authentication failure`,
    ['authentication', 'failure', 'bob', A],
  ],
  ['login', `ROOT LOGIN ON tty1`, ['authentication', 'success', 'root', none]],
  ['doas', 'failed auth for bob', ['authentication', 'failure', 'bob', none]],
  ['doas', 'command not permitted for bob: id', ['process', 'failure', 'bob', none]],
  [
    'CRON[7]',
    '(root) CMD (   cd / && run-parts --report /etc/cron.hourly)',
    ['process', 'success', 'root', none],
  ],
  ['crontab[7]', '(bob) REPLACE (bob)', ['configuration', 'success', 'bob', none]],
  ['systemd-logind[7]', 'New session 3 of user bob.', ['session', 'success', 'bob', none]],
  [
    'systemd-logind[7]',
    "New session 'c2' of user 'gdm' with class 'greeter' and type 'x11'.",
    ['session', 'success', 'gdm', none],
  ],
  ['systemd-logind[7]', 'Removed session 3.', ['session', 'success', none, none]],
  ['xinetd[7]', `FAIL: telnet per_source_limit from=::ffff:${A}`, ['network', 'failure', none, A]],
  ['xinetd[7]', `START: ftp pid=77 from=${A}`, ['network', none, none, A]],
  ['rshd[7]', `Connection from ${A} on illegal port`, ['network', 'failure', none, A]],
  ['endlessh', `ACCEPT host=${A} port=4711 fd=4 n=1/4096`, ['network', none, none, A]],
  [
    'screensharingd[7]',
    `Authentication: FAILED :: User Name: x :: Viewer Address: ${FAKE} :: Type: DH :: Viewer Address: ${A} :: Type: DH`,
    ['authentication', 'failure', `x :: Viewer Address: ${FAKE} :: Type: DH`, A],
  ],
  [
    'sshd[7]',
    `Failed password for user bob from ${A} port 4711 ssh2`,
    ['authentication', 'failure', none, A],
  ],
  [
    'sshd[7]',
    `kernel:[  7.123456]: Failed password for bob from ${A} port 4711 ssh2`,
    ['authentication', 'failure', 'bob', A],
  ],
  [
    'sshd[7]',
    'Authentication refused: bad ownership or modes for directory /home/bob',
    ['authentication', 'failure', none, none],
  ],
  [
    'sshd[7]',
    `SSH: Server;Ltype: Version;Remote: ${A}-4711;Protocol: 2.0;Client: x Remote: ${FAKE}-1`,
    ['network', 'unknown', none, A],
  ],
])('%s: %s', (tag, message, expected) => {
  expect(who(log(tag, message))).toEqual(expected);
});

test('doas names whose rights a command had', () => {
  expect(log('doas', 'bob ran command /bin/ksh -l as root from /home/bob')).toMatchObject({
    'user.name': 'bob',
    'user.effective.name': 'root',
    'process.command_line': '/bin/ksh -l',
    'process.working_directory': '/home/bob',
  });
  expect(log('doas', 'bob ran command as www: id')).toMatchObject({
    'user.name': 'bob',
    'user.effective.name': 'www',
    'process.command_line': 'id',
  });
});

describe('accounts', () => {
  test.each([
    [
      'useradd[7]',
      'new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/bash, from=/dev/pts/0',
      'user_added',
      'eve',
      none,
    ],
    ['useradd[7]', "add 'eve' to group 'sudo'", 'group_changed', 'eve', 'sudo'],
    ['groupadd[7]', 'new group: name=staff, GID=1002', 'group_added', none, 'staff'],
    ['userdel[7]', "delete user 'eve'", 'user_deleted', 'eve', none],
    ['usermod[7]', "change user 'eve' shell from '/bin/sh' to '/bin/bash'", 'user_changed', 'eve', none],
    ['passwd[7]', "password for 'eve' changed by 'root'", 'password_changed', 'eve', none],
    ['gpasswd[7]', 'user eve added by root to group sudo', 'group_changed', 'eve', 'sudo'],
  ])('%s: %s', (tag, message, action, user, group) => {
    expect(log(tag, message)).toMatchObject({ 'event.category': 'iam', 'event.action': action });
    expect(log(tag, message)['user.target.name']).toBe(user);
    expect(log(tag, message)['group.name']).toBe(group);
  });
});

describe('files of their own and records', () => {
  test('xrdp', () => {
    expect(
      who(read(`[20261120-19:59:00] [INFO ] AUTHFAIL: user=x ip=${FAKE} time=1 ip=${A} time=1795204740`)),
    ).toEqual(['authentication', 'failure', `x ip=${FAKE} time=1`, A]);
  });
  test('Cowrie', () => {
    expect(
      read(
        `{"eventid":"cowrie.login.failed","username":"root","password":"x","src_ip":"${A}","session":"a1","timestamp":"2026-11-20T19:59:00.123456Z","message":"login attempt [root/x] failed"}`,
      ),
    ).toMatchObject({
      'event.action': 'user_login',
      'event.outcome': 'failure',
      'user.name': 'root',
      'source.ip': A,
    });
    expect(
      who(
        log(
          'cowrie[7]',
          `2026-11-20T19:59:00+0000 [cowrie.ssh.factory.CowrieSSHFactory] New connection: ${A}:4711 (192.0.2.1:2222) [session: a1]`,
        ),
      ),
    ).toEqual(['network', none, none, A]);
  });
  test('dropbear without a header', () => {
    expect(who(read(`Bad PAM password attempt for 'bob' from ${A}:4711`))).toEqual([
      'authentication',
      'failure',
      'bob',
      A,
    ]);
  });
  test('macOS', () => {
    expect(
      read(
        '2026-11-20 19:59:00.123456-0800  mac tccd[7]: [com.apple.TCC:access] Update Access Record: kTCCServiceCamera for com.example.app to Denied at 1',
      ),
    ).toMatchObject({ 'event.action': 'policy_denied', 'event.outcome': 'failure' });
  });
});
