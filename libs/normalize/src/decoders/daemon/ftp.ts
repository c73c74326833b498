import type { EventFields } from '../decoder.js';
import { asctimeInstant, isoInstant } from '../event-time.js';
import { EVENT_ACTION } from '@parapet/contracts';
import {
  CONNECTED,
  DISCONNECTED,
  LOGGED_OUT,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  LOGIN_WITNESS,
  REFUSED,
} from '../meanings.js';
import { form } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

const FILE: Meaning = { category: 'file', type: 'access', action: EVENT_ACTION.connection };

/** vsftpd's own log and syslog (logging.c). The client's address is in quotes behind all but its text. */
export const vsftpd = serviceDecoder({
  name: 'vsftpd',
  programs: ['vsftpd'],
  forms: [
    form(LOGIN_FAILED, '^\\[<user>\\] FAIL LOGIN: Client "<ip>"(?:, "(?<reason>[^"]{1,200})")?$'),
    form(LOGIN_SUCCEEDED, '^\\[<user>\\] OK LOGIN: Client "<ip>"(?:, anon password ".{0,300}")?$'),
    form(CONNECTED, '^CONNECT: Client "<ip>"$'),
    form(REFUSED, '^CONNECT: Client "<ip>", "(?<reason>Connection refused: .{1,100})"$'),
    form(
      FILE,
      '^\\[(?<user>[^\\[\\]\\s]{1,256})\\] (?:OK|FAIL) (?:DOWNLOAD|UPLOAD|APPEND|DELETE|MKDIR|RMDIR|RENAME|CHMOD): Client "<ip>"(?:, .{0,2000})?$',
    ),
    form(
      LOGIN_WITNESS,
      '^authentication failure; logname=\\S{0,64} uid=\\d{1,10} euid=\\d{1,10} tty=\\S{0,64} ruser=\\S{0,256} rhost=<ip>(?: +user=<name>)?$',
    ),
  ],
  file: {
    pattern: /^([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) \[pid \d{1,10}\] /,
    time: asctimeInstant,
  },
});

/** "name (client[address])": written by the server before anything that the client says. */
const SESSION = String.raw`(?:[^\s()\[\]]{1,255} )?\((?<host>[^\s()\[\]]{1,255})\[(?:<ip>|[^\[\]\s]{1,64})\]\)(?::| -) `;

/** ProFTPD (mod_auth.c, mod_core.c) in syslog and its own log. */
export const proftpd = serviceDecoder({
  name: 'proftpd',
  programs: ['proftpd'],
  forms: [
    form(LOGIN_FAILED, `^${SESSION}USER <user> \\(Login failed\\): <reason>$`),
    form(LOGIN_FAILED, `^${SESSION}USER <user>: (?<reason>no such user found)(?: from .{0,300})?$`),
    form(LOGIN_FAILED, `^${SESSION}SECURITY VIOLATION: (?<user>[^\\s]{1,64}) login attempted\\.?$`),
    form(LOGIN_SUCCEEDED, `^${SESSION}USER <user>: Login successful\\.?$`),
    form(LOGIN_WITNESS, `^${SESSION}(?<reason>Maximum login attempts \\(\\d{1,6}\\) exceeded).{0,100}$`),
    form(
      REFUSED,
      `^${SESSION}(?<reason>(?:Connection refused|mod_wrap.{0,60}refused|Refused|Maximum .{1,60}exceeded|Limit access denies login).{0,300})$`,
    ),
    form(CONNECTED, `^${SESSION}FTP session opened\\.?$`),
    form(DISCONNECTED, `^${SESSION}FTP session closed\\.?$`),
    form(
      LOGGED_OUT,
      `^${SESSION}(?:FTP|Client|Session|No transfer) .{0,100}(?:timed out|timeout|closed|aborted).{0,100}$`,
    ),
    form(DISCONNECTED, '^(?:[^\\s()\\[\\]]{1,255}: )?Fatal: <reason>$'),
  ],
  file: {
    pattern: /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?:\S{1,255} )?proftpd\[\d{1,10}\]:? /,
    time: isoInstant,
  },
  after: ownName,
});

/** The client's name is in truth its address again where DNS has none. */
function ownName(_message: string, fields: EventFields): void {
  if (fields['source.ip'] !== undefined) return;
  if (fields['source.domain'] !== undefined) fields['source.address'] = fields['source.domain'];
}

/** "(user@client) [LEVEL] text": pure-ftpd names the client by DNS unless it is told not to (-H). */
const PURE = String.raw`\([^\s()]{1,256}@<peer>\) \[(?:INFO|NOTICE|WARNING|ERROR|DEBUG)\] `;

export const pureftpd = serviceDecoder({
  name: 'pure-ftpd',
  types: ['pureftpd'],
  programs: ['pure-ftpd', 'pure-ftpd-wrapper'],
  forms: [
    form(LOGIN_FAILED, `^${PURE}Authentication failed for user \\[<user>\\]$`, true),
    // The same in the language that it was built for; no other warning names somebody in brackets.
    form(
      LOGIN_FAILED,
      `^${PURE.replace('(?:INFO|NOTICE|WARNING|ERROR|DEBUG)', 'WARNING')}[^[\\]]{0,80}\\[<user>\\][^[\\]]{0,80}$`,
      true,
    ),
    form(LOGIN_SUCCEEDED, `^${PURE}<user> is now logged in$`, true),
    form(CONNECTED, `^${PURE}New connection from \\S{1,255}$`, true),
    form(LOGGED_OUT, `^${PURE}(?:Logout|Timeout).{0,200}$`, true),
    form(REFUSED, `^${PURE}(?<reason>(?:Too many|Sorry|Unable|Can't|Rejecting).{0,300})$`, true),
    form(FILE, `^${PURE}.{0,2000}(?:downloaded|uploaded|Deleted|renamed).{0,300}$`, true),
  ],
  lead: /^(?:pure-ftpd: )?/,
  after(message, fields) {
    const login = /^\((?!\?)([^\s()@]{1,256})@/.exec(message);
    if (login && fields['user.name'] === undefined) fields['user.name'] = login[1];
  },
});

/** wu-ftpd, the BSDs' ftpd and MIT Kerberos' gssftpd, which share their ancestor's words. */
export const ftpd = serviceDecoder({
  name: 'ftpd',
  types: ['wuftpd', 'wu-ftpd', 'gssftpd'],
  programs: ['ftpd', 'wu-ftpd', 'in.ftpd', 'gssftpd', 'tnftpd', 'lukemftpd'],
  forms: [
    form(LOGIN_FAILED, '^failed login from (?<host>\\S{1,255}) \\[<ip>\\](?:, <reason>)?$'),
    form(LOGIN_FAILED, '^failed login from (?<host>\\S{1,255}) \\[<ip>\\], .{0,300}$'),
    form(LOGIN_FAILED, '^(?<reason>repeated login failures) from <ip> \\(<host>\\)$'),
    form(LOGIN_FAILED, '^FTP LOGIN FAILED (?:FROM|from) <peer>(?:, <user>)?$', true),
    form(LOGIN_WITNESS, '^repeated login failures from <peer>$', true),
    form(LOGIN_FAILED, '^FTP LOGIN REFUSED \\(<reason>\\) FROM (?<host>\\S{1,255}) \\[<ip>\\], <user>$'),
    form(
      LOGIN_FAILED,
      '^(?:ANONYMOUS )?FTP LOGIN REFUSED .{0,100}FROM (?<host>\\S{1,255}) \\[<ip>\\],? ?<user>$',
    ),
    form(LOGIN_SUCCEEDED, '^(?:ANONYMOUS )?FTP LOGIN FROM (?<host>\\S{1,255}) \\[<ip>\\], <user>$'),
    form(LOGIN_SUCCEEDED, '^FTP LOGIN FROM <peer> as <user>$', true),
    form(CONNECTED, '^connection from (?<host>\\S{1,255}) (?:\\[|\\()<ip>(?:\\]|\\)).{0,100}$'),
    form(CONNECTED, '^connection from <peer>(?: to .{1,255})?$', true),
    form(LOGGED_OUT, '^FTP session closed$'),
  ],
  lead: /^(?:PAM-[a-z]{1,20}: )?/,
});
