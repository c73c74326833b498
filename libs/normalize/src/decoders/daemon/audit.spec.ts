import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const A = '198.51.100.7';
const read = (line: string, sourceType = 'auto') =>
  parseFrame(Buffer.from(line), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType });
const HEAD = 'msg=audit(1795204800.123:4711): ';

describe('audit records', () => {
  test('a failed log-in: PAM’s record is the attempt, the others are witnesses', () => {
    const record = (type: string, op: string) =>
      read(
        `type=${type} ${HEAD}pid=77 uid=0 auid=4294967295 ses=4294967295 subj=x msg='op=${op} acct="bob" exe="/usr/sbin/sshd" hostname=${A} addr=${A} terminal=ssh res=failed'`,
      );
    expect(record('USER_AUTH', 'PAM:authentication')).toMatchObject({
      'event.module': 'auditd',
      'event.dataset': 'auditd.log',
      'event.category': 'authentication',
      'event.outcome': 'failure',
      'event.action': 'user_auth',
      'user.name': 'bob',
      'user.id': '0',
      'source.ip': A,
      'process.pid': 77,
      'process.name': 'sshd',
      'auditd.log.sequence': 4711,
      '@timestamp': 1795204800123,
    });
    expect(record('USER_AUTH', 'password')['event.action']).toBe('login_witness');
    expect(record('USER_LOGIN', 'login')).toMatchObject({
      'event.action': 'login_witness',
      'event.outcome': 'failure',
    });
  });
  test('names in hexadecimal, and such as only look like it', () => {
    const user = (acct: string) =>
      read(
        `type=USER_AUTH ${HEAD}pid=7 msg='op=PAM:authentication acct=${acct} exe="/usr/sbin/sshd" addr=? res=failed'`,
      )['user.name'];
    const hostile = `x" addr=192.0.2.66 res=success`;
    expect(user(Buffer.from(hostile).toString('hex').toUpperCase())).toBe(hostile);
    expect(user('"CAFE"')).toBe('CAFE');
    expect(user(Buffer.from('(unknown)').toString('hex').toUpperCase())).toBeUndefined();
    expect(
      read(
        `type=USER_AUTH ${HEAD}pid=7 msg='op=PAM:authentication acct=${Buffer.from(hostile).toString('hex').toUpperCase()} addr=${A} res=failed'`,
      ),
    ).toMatchObject({ 'source.ip': A, 'event.outcome': 'failure' });
  });
  test('a program that was run, enriched', () => {
    expect(
      read(
        `type=SYSCALL ${HEAD}arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=77 auid=1000 uid=0 euid=0 tty=pts0 comm="id" exe="/usr/bin/id" key="exec"\x1dARCH=x86_64 SYSCALL=execve AUID="bob" UID="root"`,
      ),
    ).toMatchObject({
      'process.executable': '/usr/bin/id',
      'event.type': 'start',
      'user.name': 'root',
      'user.audit.name': 'bob',
      'event.outcome': 'success',
      'auditd.log.key': 'exec',
    });
    expect(read(`type=EXECVE ${HEAD}argc=3 a0="sh" a1="-c" a2=6563686F2061`)).toMatchObject({
      'process.args': ['sh', '-c', 'echo a'],
      'process.command_line': 'sh -c echo a',
    });
    expect(read(`type=PROCTITLE ${HEAD}proctitle=6964002D75`)['process.command_line']).toBe('id -u');
  });
  test.each([
    [
      `type=AVC ${HEAD}avc:  denied  { read } for  pid=77 comm="httpd" name="x" scontext=a tcontext=b tclass=file permissive=0`,
      'denied',
      'auditd',
    ],
    [
      `Nov 20 20:00:00 h kernel: [7.1] audit: type=1400 audit(1795204800.123:7): apparmor="DENIED" operation="open" profile="/usr/bin/x" name="/etc/shadow" pid=77 comm="x" requested_mask="r"`,
      'denied',
      'apparmor',
    ],
    [
      `Nov 20 20:00:00 h kernel: audit: type=1400 audit(1795204800.123:7): apparmor="ALLOWED" operation="open" profile="x" pid=77 comm="x"`,
      'allowed',
      'apparmor',
    ],
  ])('policies: %s', (line, type, module) => {
    expect(read(line)).toMatchObject({ 'event.type': type, 'event.module': module, 'process.pid': 77 });
  });
  test.each([
    ['ADD_USER', 'iam', 'creation'],
    ['USER_CHAUTHTOK', 'iam', 'change'],
    ['MAC_STATUS', 'configuration', 'change'],
    ['SERVICE_STOP', 'process', 'end'],
    ['ANOM_MK_EXEC', 'intrusion_detection', 'info'],
  ])('%s', (type, category, kind) => {
    expect(read(`node=h type=${type} ${HEAD}pid=7 uid=0 msg='op=x res=success'`)).toMatchObject({
      'event.category': category,
      'event.type': kind,
    });
  });
  test('no record, no fields', () => {
    for (const line of ['type=USER_AUTH msg=audit(x): y', 'type=', `xtype=USER_AUTH ${HEAD}acct="bob"`])
      expect(read(line)['event.module']).not.toBe('auditd');
  });
  test('laurel', () => {
    expect(
      read(
        '{"ID":"1795204800.123:7","SYSCALL":{"syscall":59,"success":"yes","pid":77,"ppid":1,"comm":"id","exe":"/usr/bin/id","uid":0,"UID":"root","AUID":"bob","SYSCALL":"execve","PPID":{"comm":"sh"}},"EXECVE":{"argc":1,"ARGV":["id"]}}',
      ),
    ).toMatchObject({
      'event.dataset': 'auditd.log',
      'process.pid': 77,
      'user.name': 'root',
      'user.audit.name': 'bob',
      'process.command_line': 'id',
      'process.parent.name': 'sh',
      '@timestamp': 1795204800123,
    });
  });
});

test.each([
  ['usb 1-1: New USB device found, idVendor=0930, idProduct=6544, bcdDevice= 1.10', 'device_attached'],
  ['usb 1-1: USB disconnect, device number 2', 'device_removed'],
  ['app[77]: segfault at 0 ip 0000 sp 0000 error 4 in libc.so[7f+1]', 'process_crashed'],
  ['Out of memory: Killed process 77 (app) total-vm:1kB', 'process_crashed'],
])('the kernel: %s', (message, action) => {
  const event = read(`Nov 20 20:00:00 h kernel: [ 7.123456] ${message}`);
  expect(event['event.action']).toBe(action);
  if (action === 'process_crashed') expect(event).toMatchObject({ 'process.name': 'app', 'process.pid': 77 });
});
