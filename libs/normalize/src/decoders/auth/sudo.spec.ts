import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const parse = (program: string, message: string) =>
  parseFrame(Buffer.from(`<85>Nov 20 20:00:00 web1 ${program}: ${message}`), {
    receivedAt: RECEIVED,
    timeZone: 'UTC',
    sourceType: 'auto',
  });

describe('sudo', () => {
  test('a command that ran', () => {
    expect(
      parse(
        'sudo',
        '   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/tail -n 5 /var/log/x',
      ),
    ).toMatchObject({
      'user.name': 'alice',
      'user.effective.name': 'root',
      'process.command_line': '/usr/bin/tail -n 5 /var/log/x',
      'process.working_directory': '/home/alice',
      'event.action': 'sudo_command',
      'event.outcome': 'success',
      'system.auth.sudo.tty': 'pts/0',
    });
  });
  test('wrong passwords are failures of authentication, counted', () => {
    expect(
      parse(
        'sudo',
        'alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
      ),
    ).toMatchObject({
      'event.category': 'authentication',
      'event.outcome': 'failure',
      'labels.repeat_count': 3,
      'user.name': 'alice',
      'event.severity': 'low',
    });
  });
  test('who may not is refused', () => {
    expect(
      parse('sudo', 'alice : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls'),
    ).toMatchObject({
      'event.action': 'sudo_command',
      'event.outcome': 'failure',
      'event.reason': 'user NOT in sudoers',
      'event.severity': 'medium',
    });
  });
  test('a directory that is named like sudo’s own fields leaves them out', () => {
    const event = parse(
      'sudo',
      'alice : TTY=pts/0 ; PWD=/tmp/a ; USER=root ; COMMAND=/bin/x ; USER=bob ; COMMAND=/bin/y',
    );
    expect(event).toMatchObject({ 'user.name': 'alice', 'labels.ambiguous': true });
    expect([event['user.effective.name'], event['process.command_line']]).toEqual([undefined, undefined]);
  });
  test('PAM’s lines of sudo', () => {
    expect(
      parse(
        'sudo',
        'pam_unix(sudo:auth): authentication failure; logname=al uid=1 euid=0 tty=/dev/pts/1 ruser=al rhost=  user=al',
      ),
    ).toMatchObject({
      'event.action': 'pam_authentication',
      'event.outcome': 'failure',
      'user.name': 'al',
      'process.name': 'sudo',
    });
  });
});

test.each([
  ['FAILED SU (to root) alice on pts/0', 'failure'],
  ['(to root) alice on pts/0', 'success'],
  ['+ pts/0 alice:root', 'success'],
  ['- pts/0 alice:root', 'failure'],
  ['BAD SU alice to root on /dev/ttyp0', 'failure'],
])('su: %s', (message, outcome) => {
  expect(parse('su[5]', message)).toMatchObject({
    'event.action': 'su_login',
    'event.outcome': outcome,
    'user.name': 'alice',
    'user.effective.name': 'root',
  });
});
