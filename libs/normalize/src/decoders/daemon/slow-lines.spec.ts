import { parseFrame } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const parse = (frame: Buffer) =>
  parseFrame(frame, { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });
const TIME = 'Nov 20 20:00:00 h ';
const fill = (start: string, part: string, end = '', length = 4000) =>
  start + part.repeat(Math.ceil((length - start.length) / part.length)) + end;

/** Lines that made a pattern slow once, or could: its own words again and again, as long as a message may be. */
describe('words of the grammar, repeated, take a few milliseconds', () => {
  test.each([
    ['exim', fill(`${TIME}exim[7]: H=(x) [192.0.2.1]:1`, ' I=[192.0.2.1]:1')],
    ['exim options', fill(`${TIME}exim[7]: H=(x) [192.0.2.1]:1`, ' Ci=1')],
    ['exim’s own file', fill('2026-11-20 19:59:00 login authenticator failed for (x) [192.0.2.1]', ' X=1')],
    ['MailScanner', fill(`${TIME}MailScanner[7]: Message 4X from 192.0.2.1 (a@b) to c`, ' is spam')],
    [
      'perdition',
      fill(
        `${TIME}perdition[7]: Auth: 192.0.2.1:1->192.0.2.2:9 `,
        'authentication_id="" server="" status="failed: ',
      ),
    ],
    [
      'postfix',
      fill(
        `${TIME}postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: `,
        ' from=<a> to=<b> proto=ESMTP',
      ),
    ],
    ['sendmail', fill(`${TIME}sm-mta[7]: AUTH failure (x): `, ', user=a, relay=[192.0.2.1]')],
    [
      'dovecot',
      fill(
        `${TIME}dovecot: imap-login: Disconnected (auth failed, 1 attempts): `,
        'user=<a>, rip=192.0.2.1, ',
      ),
    ],
    ['dovecot auth', fill(`${TIME}dovecot: auth: pam(`, 'a,192.0.2.1): ')],
    ['proftpd', fill(`${TIME}proftpd[7]: h (a[192.0.2.1]): USER `, 'x: no such user found from ')],
    [
      'mysqld',
      fill("2026-11-20 19:59:00 7 [Warning] Access denied for user '", "a'@'b' (using password: YES)"),
    ],
    [
      'mysqld aborted',
      fill("2026-11-20 19:59:00 7 [Warning] Aborted connection 7 to db: '", "x' user: 'y' host: 'z' ("),
    ],
    ['postgresql', fill('2026-11-20 19:59:00 UTC [7] ', 'client=192.0.2.1 FATAL:  ')],
    [
      'asterisk',
      fill(
        "[2026-11-20 19:59:00] NOTICE[7] chan_sip.c: Registration from '",
        "x' failed for '192.0.2.1:1' - y",
      ),
    ],
    [
      'asterisk events',
      fill(
        '[2026-11-20 19:59:00] SECURITY[7] res_security_log.c: SecurityEvent="InvalidAccountID",',
        'RemoteAddress="IPV4/UDP/192.0.2.1/1",',
      ),
    ],
    ['openvpn', fill('2026-11-20 19:59:00 ', '192.0.2.1:1 TLS Error: x from [AF_INET]')],
    [
      'dante',
      fill(
        `${TIME}danted[7]: info: block(1): tcp/accept ]: 192.0.2.1.1 x: `,
        'authentication failed for user "',
      ),
    ],
    [
      'samba',
      fill(
        `${TIME}smbd[7]: Auth: [SMB2,(null)] user [`,
        'a]\\[b] at [c] status [NT_STATUS_OK] remote host [ipv4:192.0.2.1:1]',
      ),
    ],
    ['audit', fill('type=SYSCALL msg=audit(1795204800.123:7): ', 'a="b" c=d ', '', 60_000)],
    [
      'kerio',
      fill('[20/Nov/2026 19:59:00] SMTP: User ', "x doesn't exist. Attempt from IP address 192.0.2.1"),
    ],
    ['dropbear', fill("Bad password attempt for '", "x' from 192.0.2.1:1 ")],
    ['sympa', fill(`${TIME}wwsympa[7]: info main::x `, '[robot a] [session 0] [client 192.0.2.1] ')],
    ['doas', fill(`${TIME}doas: bob ran command `, 'as a from /b ')],
    ['spaces', fill('', ' ', '', 65_000)],
  ])('%s', (_name, text) => {
    const frame = Buffer.from(text);
    parse(frame);
    let best = Number.POSITIVE_INFINITY;
    for (let batch = 0; batch < 3; batch++) {
      const start = process.cpuUsage();
      for (let run = 0; run < 5; run++) parse(frame);
      best = Math.min(best, process.cpuUsage(start).user / 5_000);
    }
    expect(best).toBeLessThan(5);
  });
});
