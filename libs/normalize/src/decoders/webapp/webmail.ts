import { LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form } from '../message-form.js';
import { appLog, opensWithBracket } from './app-log.js';
import { LOGIN_LIMITED } from './meanings.js';

/** A name up to the headers that Roundcube adds in parentheses; those hold what the client sent. */
const BEFORE_HEADERS = '(?<user>(?:(?!\\(X-).){0,512})';

/** Roundcube: program/lib/Roundcube/rcube_imap.php, rcmail_action login; the address stands behind the name. */
export const roundcube = appLog({
  name: 'roundcube',
  types: ['roundcube-auth'],
  programs: ['roundcube'],
  head: /^(?:\[(?<time>\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})? [+-]\d{4})\]:? )?(?:<[0-9a-zA-Z]{1,32}> )?/,
  opens: opensWithBracket,
  forms: [
    form(
      LOGIN_FAILED,
      `^(?:IMAP Error: |IMAP Error in \\S{1,256} \\(\\d{1,6}\\): )?(?:Login failed|FAILED login|Failed login) for ${BEFORE_HEADERS} against \\S{1,255} from <ip>(?:\\(X-.{0,1024}\\))?(?:\\. .{0,2048}| in session \\S{1,64} \\(error: -?\\d{1,4}\\))?$`,
    ),
    form(
      LOGIN_FAILED,
      `^(?:IMAP Error: |IMAP Error in \\S{1,256} \\(\\d{1,6}\\): )?(?:Login failed|FAILED login|Failed login) for ${BEFORE_HEADERS} from <ip>(?:\\(X-.{0,1024}\\))?(?:\\. .{0,2048}| in session \\S{1,64} \\(error: -?\\d{1,4}\\))?$`,
    ),
    form(
      LOGIN_SUCCEEDED,
      `^Successful login for ${BEFORE_HEADERS} \\(ID: \\d{1,10}\\) from <ip>(?:\\(X-.{0,1024}\\))? in session \\S{1,64}$`,
    ),
  ],
});

/** SOGo writes a space between its name and process id. The address may be a list of proxies. */
export const sogo = appLog({
  name: 'sogo',
  types: ['sogo-auth'],
  programs: ['sogod', 'sogo'],
  head: /^(?:(?<time>(?:[A-Z][a-z]{2} {1,2}\d{1,2}|\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d(?:\.\d{1,6})?) )?sogod ?\[(?<pid>\d{1,10})\]: /,
  opens: (line) => line.includes('sogod'),
  own: true,
  forms: [
    form(
      LOGIN_FAILED,
      "^(?:\\[(?:WARN|ERROR)\\] |<0x[0-9a-fx]{1,24}\\[\\w{1,32}\\]> |)SOGoRootPage Login from '<ip>' for user '<user>' might not have worked",
    ),
    form(LOGIN_FAILED, "^SOGoRootPage Login from '[^']{2,256}' for user '<user>' might not have worked"),
    form(LOGIN_SUCCEEDED, "^SOGoRootPage successful login from '<ip>' for user '<user>' - "),
  ],
  chain: /^SOGoRootPage (?:Login|successful login) from '(?<chain>[0-9A-Fa-f:., ]{2,256})' for user /,
});

export const horde = appLog({
  name: 'horde',
  programs: ['HORDE', 'horde'],
  head: /^(?:(?<time>[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d) HORDE:? )?(?:\[[a-z]{4,9}\] )?(?:\[[a-z]{2,16}\] )?/,
  opens: (line) => line.includes(' HORDE'),
  forms: [
    form(
      LOGIN_FAILED,
      '^FAILED LOGIN for <user> \\[<ip>\\](?: \\(forwarded for \\[[^\\]]{0,255}\\]\\))? to .{1,1024}$',
    ),
    form(LOGIN_FAILED, '^FAILED LOGIN for <user> \\(<ip>\\)(?: to .{1,1024})?$'),
    form(
      LOGIN_SUCCEEDED,
      '^Login success for <user> [\\[(]<ip>[\\])](?: \\(forwarded for [^)]{0,255}\\))? to .{1,1024}$',
    ),
  ],
});

/** The squirrel_logger plugin. */
export const squirrelmail = appLog({
  name: 'squirrelmail',
  head: /^(?<time>\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d) /,
  opens: (line) => line.charCodeAt(2) === 47 && line.charCodeAt(5) === 47,
  forms: [
    form(LOGIN_FAILED, '^\\[LOGIN_ERROR\\] <user> \\(\\S{0,255}\\) from <ip>: '),
    form(LOGIN_SUCCEEDED, '^\\[LOGIN\\] <user> \\(\\S{0,255}\\) from <ip>:?'),
  ],
});

/** Mailu's admin container (limiter and authentication). */
export const mailuAdmin = appLog({
  name: 'mailu',
  types: ['mailu-admin'],
  programs: ['mailu', 'mailu-admin'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] [A-Z]{4,8} in [a-z_]{1,32}: /,
  opens: opensWithBracket,
  forms: [
    form(LOGIN_LIMITED, '^Authentication attempt from <ip> has been rate-limited\\.$'),
    form(LOGIN_LIMITED, '^Authentication attempt from <ip> for <user> has been rate-limited\\.$'),
    form(LOGIN_FAILED, '^Login attempt for: <user> from: <ip>/\\S{0,64}: failed: .{0,256}$'),
    form(LOGIN_SUCCEEDED, '^Login attempt for: <user> from: <ip>/\\S{0,64}: success: .{0,256}$'),
  ],
});
