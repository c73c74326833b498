import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { isoInstant } from '../event-time.js';
import {
  BROKE_PROTOCOL,
  CONNECTED,
  DISCONNECTED,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  REFUSED,
  SERVICE_STARTED,
  SERVICE_STOPPED,
} from '../meanings.js';
import { form, mean, setPeer, setUserName } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

const SLOW_PATH: Meaning = { category: 'database', type: 'access', action: EVENT_ACTION.connection };

/** MySQL and MariaDB: "'USER'@'HOST'"; the host is the last quoted word, an address or what skip-name-resolve left of DNS. */
export const mysqld = serviceDecoder({
  name: 'mysqld',
  types: ['mysql', 'mariadb'],
  module: 'mysql',
  dataset: 'mysql.error',
  programs: ['mysqld', 'mariadbd', 'mysql', 'mariadb', 'mysqld_safe'],
  forms: [
    form(LOGIN_FAILED, "^Access denied for user '<user>'@'<peer>' \\(using password: (?:YES|NO)\\)$", true),
    form(LOGIN_FAILED, "^Access denied for user '<user>'@'<peer>'(?: to database '.{0,300}')?$", true),
    form(
      REFUSED,
      "^(?:Host|IP address) '<peer>' (?<reason>(?:is blocked|is not allowed|could not be resolved).{0,300})$",
      true,
    ),
    form(
      BROKE_PROTOCOL,
      "^Aborted connection \\d{1,12} to db: '.{0,300}' user: '(?:unauthenticated|(?<user>.{0,300}))' host: '<peer>' \\(<reason>\\)$",
      true,
    ),
    form(SERVICE_STARTED, '^\\S{1,255}: ready for connections\\..{0,300}$'),
    form(SERVICE_STOPPED, '^\\S{1,255}: (?:Shutdown complete|Normal shutdown).{0,100}$'),
  ],
  // What stands before the message: a thread id, a label, an error's code and subsystem; a time of its own under syslog.
  lead: /^(?:(?:\d{6}|\d{4}-\d\d-\d\d)[ T] ?\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?Z? ?)?(?:\d{1,20} )?(?:\[(?:Warning|Note|ERROR|System)\] )?(?:\[MY-\d{6}\] )?(?:\[[A-Za-z_]{1,30}\] )?(?:mysqld: )?/,
  file: {
    pattern:
      /^((?:\d{6}|\d{4}-\d\d-\d\d)[ T] ?\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?) (?=(?:\d{1,20} )?\[(?:Warning|Note|ERROR|System)\] )/,
    time(text, context) {
      const short = /^(\d\d)(\d\d)(\d\d) +(\d{1,2}):/.exec(text);
      const long = short
        ? `20${short[1]}-${short[2]}-${short[3]} ${(short[4] ?? '').padStart(2, '0')}${text.slice(short[0].length - 1)}`
        : text.replace(/^(\S{10}) {2}(\d):/, '$1 0$2:');
      return isoInstant(long, context);
    },
  },
});

const LEVEL =
  /(?:^|[ \]:>)])(FATAL|ERROR|LOG|WARNING|NOTICE|INFO|PANIC|DETAIL|HINT|STATEMENT|CONTEXT|DEBUG\d?): {1,2}/;
/** "ADDRESS TIME …" and "ADDRESS(PORT) TIME …": %h or %r first in log_line_prefix, before any word of the client. */
const ADDRESS_FIRST =
  /^(?:[a-z0-9_-]{1,40} +\| )?\[?([0-9A-Fa-f:.]{2,45})(?:\((\d{1,5})\))?\]? +\[?\d{4}-\d\d-\d\d /;
/** "client=ADDRESS" or "host=ADDRESS" as the last word of the prefix. */
const ADDRESS_NAMED = /[ ,\[](?:client|host|remote|h)=([0-9A-Fa-f:.]{2,45})(?:\((\d{1,5})\))?[\]) ]{0,3}$/;
const PROCESS = /\[(\d{1,10})(?:-\d{1,10})?\]/;
/** A line of PostgreSQL's own: the time and the process, in the orders that log_line_prefix is given in practice. */
const POSTGRES_LINE =
  /^(?:[0-9A-Fa-f:.]{2,45}(?:\(\d{1,5}\))? )?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? (?:[A-Z]{1,5}|[+-]\d\d)[ :].{0,600}?(?:FATAL|ERROR|LOG|WARNING|NOTICE|PANIC|DETAIL): {1,2}/;

const POSTGRES_FORMS = [
  form(
    LOGIN_FAILED,
    '^(?<reason>[A-Za-z0-9/ -]{2,40} authentication failed) for user "<user>"(?: \\(.{0,100}\\))?$',
  ),
  form(
    LOGIN_FAILED,
    '^(?<reason>no pg_hba\\.conf entry) for (?:replication connection from )?host "<ip>", user "(?<user>[^"]{0,128})"(?:, database "[^"]{0,128}")?(?:, (?:SSL o(?:n|ff)|no encryption|SSL encryption|GSS encryption))?$',
  ),
  form(
    LOGIN_FAILED,
    '^(?<reason>pg_hba\\.conf rejects) (?:replication )?connection for host "<ip>", user "(?<user>[^"]{0,128})"(?:, database "[^"]{0,128}")?(?:, .{1,40})?$',
  ),
  form(LOGIN_FAILED, '^(?<reason>role) "<user>" (?:does not exist|is not permitted to log in)$'),
  form(CONNECTED, '^connection received: host=<ip>(?: port=<port>)?$'),
  form(LOGIN_SUCCEEDED, '^connection authorized: user=(?<user>[^\\s=]{1,128})(?: .{0,600})?$'),
  form(
    DISCONNECTED,
    '^disconnection: session time: [0-9:.]{1,30} user=(?<user>[^\\s=]{1,128}) database=[^\\s=]{1,128} host=<ip>(?: port=<port>)?$',
  ),
  form(
    BROKE_PROTOCOL,
    '^(?:invalid length of startup packet|unsupported frontend protocol .{1,60}|could not accept SSL connection: .{1,200}|incomplete startup packet|received unencrypted data after SSL request)$',
  ),
  form(SERVICE_STARTED, '^database system is ready to accept (?:read-only )?connections$'),
  form(SERVICE_STOPPED, '^database system is shut down$'),
  form(SLOW_PATH, '^(?:statement|execute [^:]{1,64}|duration): .{0,3000}$'),
];

const POSTGRES_MARK = /(?:FATAL|ERROR|LOG|WARNING|NOTICE|PANIC): {2}/;

/** PostgreSQL under any log_line_prefix that names time and level. */
const postgresService = serviceDecoder({
  name: 'postgresql',
  types: ['postgres', 'pgsql', 'supabase-pgsql'],
  programs: ['postgres', 'postgresql'],
  module: 'postgresql',
  dataset: 'postgresql.log',
  forms: POSTGRES_FORMS,
  before(message, fields) {
    const level = LEVEL.exec(message.slice(0, 1024));
    if (!level) return false;
    const prefix = message.slice(0, level.index + 1);
    const text = message.slice(level.index + level[0].length);
    if (!readPostgres(text, fields)) return false;
    const first = ADDRESS_FIRST.exec(prefix);
    // A user may be named "x,client=192.0.2.1 FATAL:  y": then the level is written twice.
    const named = LEVEL.test(text) || prefix.split('=').length > 8 ? null : ADDRESS_NAMED.exec(prefix);
    const address = first ?? (prefix.indexOf('client=') === prefix.lastIndexOf('client=') ? named : null);
    if (address && fields['source.ip'] === undefined) setPeer(fields, address[1] ?? '', address[2]);
    const pid = PROCESS.exec(prefix);
    if (pid) fields['process.pid'] = Number(pid[1]);
    if (level[1] === 'PANIC') atLeast(fields, 'high');
    return true;
  },
});

function readPostgres(text: string, fields: EventFields): boolean {
  const found = POSTGRES_FORMS.find(({ pattern }) => pattern.test(text));
  if (!found) return false;
  mean(fields, found.means);
  const groups = found.pattern.exec(text)?.groups ?? {};
  if (groups['source'] !== undefined) setPeer(fields, groups['source'], groups['port']);
  if (groups['user'] !== undefined) setUserName(fields, groups['user']);
  if (groups['reason'] !== undefined) fields['event.reason'] = groups['reason'];
  return true;
}

export const postgresql: Decoder = {
  ...postgresService,
  wholeLines: true,
  recognise: (_header, line) =>
    line.length <= 8192 && POSTGRES_MARK.test(line.slice(0, 1024)) && POSTGRES_LINE.test(line),
};

/** SQL Server's ERRORLOG: "TIME Logon       Login failed for user 'NAME'. Reason: … [CLIENT: ADDRESS]". */
export const mssql = serviceDecoder({
  name: 'mssql',
  types: ['mssql-auth', 'sqlserver'],
  programs: ['sqlservr', 'mssql'],
  dataset: 'microsoft_sqlserver.log',
  module: 'microsoft_sqlserver',
  forms: [
    form(
      LOGIN_FAILED,
      "^Login failed for user '<user>'\\. Reason: (?<reason>[^\\[\\]]{1,400}) \\[CLIENT: (?:<ip>|<local machine>|<named pipe>)\\]$",
    ),
    form(LOGIN_FAILED, "^Login failed for user '<user>'\\. \\[CLIENT: (?:<ip>|[^\\[\\]]{1,40})\\]$"),
    form(LOGIN_FAILED, "^Login failed for user '<user>'\\..{0,400}\\[CLIENT: (?:<ip>|[^\\[\\]]{1,40})\\]$"),
    form(LOGIN_FAILED, '^Login failed\\. <reason> \\[CLIENT: (?:<ip>|[^\\[\\]]{1,40})\\]$'),
    form(
      LOGIN_SUCCEEDED,
      "^Login succeeded for user '<user>'\\..{0,300}\\[CLIENT: (?:<ip>|[^\\[\\]]{1,40})\\]$",
    ),
    form(
      BROKE_PROTOCOL,
      '^(?<reason>The login packet used to open the connection|Length specified in network packet payload|SSPI handshake failed).{0,400}\\[CLIENT: (?:<ip>|[^\\[\\]]{1,40})\\]\\.?$',
    ),
  ],
  file: {
    pattern: /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,3}) (?:Logon|spid\d{1,6}s?|Server) +/,
    time: isoInstant,
  },
});

/** OpenLDAP's slapd: one line for each operation, the address only in the first of a connection. */
export const slapd = serviceDecoder({
  name: 'slapd',
  types: ['openldap', 'ldap'],
  module: 'openldap',
  programs: ['slapd'],
  forms: [
    form(
      CONNECTED,
      '^ACCEPT from (?:IP=\\[?<ip>\\]?:<port>|PATH=\\S{1,255}) \\((?:IP=\\[?<to>\\]?:<toport>|PATH=\\S{1,255})\\)$',
    ),
    form(DISCONNECTED, '^(?:closed|UNBIND)(?: \\(.{0,200}\\))?$'),
    form(
      LOGIN_FAILED,
      '^RESULT tag=97 (?:oid=\\S{0,64} )?err=(?!0 |14 )(?<code>\\d{1,4}) (?:qtime=\\S{1,20} etime=\\S{1,20} )?text=(?<reason>.{0,300})$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^RESULT tag=97 (?:oid=\\S{0,64} )?err=0 (?:qtime=\\S{1,20} etime=\\S{1,20} )?text=(?<reason>.{0,300})$',
    ),
    form(BROKE_PROTOCOL, '^(?:connection_read|TLS).{0,300}(?:error|failure|negotiation).{0,100}$'),
    form(
      { category: 'authentication', type: 'info', action: EVENT_ACTION.userLogin },
      '^BIND (?:anonymous mech=implicit |dn="(?<dn>[^"]{0,512})" (?:mech=\\S{1,20} )?(?:bind_)?(?:ssf=\\d{1,4} ssf=\\d{1,4}|method=\\d{1,4}|ssf=\\d{1,4})).{0,100}$',
    ),
    form(
      SLOW_PATH,
      '^(?:SRCH|SEARCH|MOD|ADD|DEL|CMP|EXT|MODRDN|PASSMOD|STARTTLS|ABANDON|RESULT|WHOAMI|TLS established).{0,3000}$',
    ),
  ],
  lead: /^conn=\d{1,12} (?:(?:fd|op)=\d{1,10} )?/,
  after(message, fields) {
    const user = /^BIND dn="([^"]{1,512})"/.exec(message)?.[1];
    // Only the first part of the name; the whole stays as the account that was asked for.
    if (user !== undefined) {
      fields['openldap.bind_dn'] = user;
      const name = /^(?:uid|cn)=([^,+\\"]{1,256})(?:,|$)/i.exec(user)?.[1];
      if (name !== undefined) fields['user.name'] = name;
    }
  },
});
