import { EVENT_ACTION } from '@parapet/contracts';
import { classify, setSource } from '../decoder.js';
import { LOGGED_OUT, LOGIN_FAILED, LOGIN_SUCCEEDED, REFUSED } from '../meanings.js';
import { form, mean } from '../message-form.js';
import { setRequestLine } from '../web/http-fields.js';
import { readQuoted } from '../web/quoted.js';
import { appLog, opensWithBracket, opensWithYear } from './app-log.js';

/** Proxmox VE, Mail Gateway and Backup Server. Names of users hold neither space nor colon (PVE::Auth::Plugin). */
export const proxmox = appLog({
  name: 'proxmox',
  types: ['pve', 'pbs', 'pmg', 'proxmox-backup', 'proxmox-backup-auth'],
  programs: ['pvedaemon', 'pveproxy', 'pmgdaemon', 'pmgproxy', 'proxmox-backup-api', 'proxmox-backup-proxy'],
  head: /^(?:(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?[+-]\d\d:\d\d): )?(?:<[^<>\s]{1,128}> )?/,
  opens: opensWithYear,
  forms: [
    form(
      LOGIN_FAILED,
      '^authentication failure; rhost=\\[<ip>\\](?::<port>)? user=<name> msg=(?:(?! msg=).){0,1024}$',
    ),
    form(LOGIN_FAILED, '^authentication failure; rhost=<ip> user=<name> msg=(?:(?! msg=).){0,1024}$'),
    form(LOGIN_FAILED, '^authentication failure; rhost=\\[?<ip>\\]?(?::\\d{1,5})? user='),
    form(LOGIN_SUCCEEDED, "^successful auth for user '<user>'$"),
  ],
});

/** Webmin's miniserv and the actions log of all modules: id, [time], user, session, address, module, script, action. */
const WEBMIN_ACTION =
  /^(\S{1,256}) (\S{1,64}) ([0-9A-Fa-f.:]{2,45}|-) (\S{1,64}) (\S{1,64}) "([^"]{0,64})" "([^"]{0,256})" "([^"]{0,256})"/;
export const webmin = appLog({
  name: 'webmin',
  types: ['webmin-auth', 'usermin', 'virtualmin'],
  programs: ['webmin', 'usermin', 'miniserv.pl'],
  head: /^\d{9,11}(?:\.\d{1,12}){1,2} \[(?<time>\d{1,2}\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] /,
  opens: (line) => line.charCodeAt(10) === 46 && line.includes(' ['),
  own: true,
  forms: [
    form(
      LOGIN_FAILED,
      '^(?:Invalid|Non-existent|Expired|Security alert: ?[A-Za-z -]{0,32}) login as <user> from <ip>$',
    ),
    form(LOGIN_SUCCEEDED, '^Successful login as <user> from <ip>$'),
    form(LOGGED_OUT, '^Logout by <user>(?: from <ip>)?$'),
    form(REFUSED, '^Security alert: Host <ip> blocked after \\d{1,6} failed logins'),
  ],
  more(message, fields) {
    const match = WEBMIN_ACTION.exec(message);
    if (!match) return false;
    const action = match[6];
    if (action === 'failed') mean(fields, LOGIN_FAILED);
    else if (action === 'login') mean(fields, LOGIN_SUCCEEDED);
    else if (action === 'logout') mean(fields, LOGGED_OUT);
    else classify(fields, 'configuration', 'change', EVENT_ACTION.configurationChange, 'success');
    fields['webmin.module'] = match[4];
    fields['webmin.action'] = action;
    if (match[1] !== '-') fields['user.name'] = match[1];
    setSource(fields, match[3] ?? '');
    if (action === 'failed' && match[8]) fields['event.reason'] = match[8];
    return true;
  },
});

export const hestia = appLog({
  name: 'hestiacp',
  types: ['hestia', 'vestacp', 'vesta'],
  programs: ['hestiacp', 'hestia'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) /,
  opens: opensWithYear,
  forms: [
    form(LOGIN_FAILED, '^<name> <ip> failed to login$'),
    form(LOGIN_SUCCEEDED, '^<name> <ip> successfully logged in$'),
  ],
});

/** cPanel's login log: [time] level [service] ADDR - USER "REQUEST" FAILED LOGIN service: reason. */
const CPANEL = /^([0-9A-Fa-f.:]{2,45}) - ([^"]{0,256}) "/;
export const cpanel = appLog({
  name: 'cpanel',
  types: ['cpanel-login', 'whm'],
  programs: ['cpanel', 'cpsrvd', 'cpaneld', 'whostmgrd', 'webmaild'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] [a-z]{4,8} \[[a-z]{4,16}\] /,
  opens: opensWithBracket,
  own: true,
  forms: [],
  more(message, fields) {
    const head = CPANEL.exec(message);
    if (!head) return false;
    const request = readQuoted(message, head[0].length - 1);
    const verdict = /^ (FAILED|DEFERRED|SUCCESS) LOGIN(?: [a-z]{4,16}: (.{1,512}))?/.exec(
      message.slice(request.end),
    );
    if (!verdict) return false;
    mean(fields, verdict[1] === 'FAILED' ? LOGIN_FAILED : LOGIN_SUCCEEDED);
    if (verdict[1] === 'DEFERRED') fields['event.outcome'] = 'unknown';
    setSource(fields, head[1] ?? '');
    if (head[2] && head[2] !== '-') fields['user.name'] = head[2];
    setRequestLine(fields, request.text);
    if (verdict[2]) fields['event.reason'] = verdict[2];
    return true;
  },
});

export const monit = appLog({
  name: 'monit',
  programs: ['monit'],
  head: /^\[(?:[A-Z]{2,5} )?(?<time>[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d)\] [a-z]{4,8} *: /,
  opens: opensWithBracket,
  forms: [
    form(
      LOGIN_FAILED,
      "^Warning: Client '\\[?<ip>\\]?' supplied (?:unknown|wrong password for) user '<user>' accessing monit httpd$",
    ),
    form(
      LOGIN_FAILED,
      "^HttpRequest: access denied -- client \\[?<ip>\\]?: (?:unknown|wrong password for) user '<user>'$",
    ),
    form(LOGIN_FAILED, '^HttpRequest: access denied -- client \\[?<ip>\\]?: <reason>$'),
    form(REFUSED, '^Denied connection from non-authorized client \\[?<ip>\\]?$'),
  ],
});

export const monitorix = appLog({
  name: 'monitorix',
  programs: ['monitorix', 'monitorix-httpd'],
  head: /^(?<time>[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}) - /,
  opens: (line) => line.charCodeAt(3) === 32 && line.charCodeAt(7) === 32,
  forms: [
    form(
      { category: 'web', type: 'access', action: EVENT_ACTION.webRequest, outcome: 'success' },
      '^OK - \\[<ip>\\] ',
    ),
    form(LOGIN_FAILED, '^AUTHERR - \\[<ip>\\] '),
    form(
      {
        category: 'web',
        type: 'denied',
        action: EVENT_ACTION.webDenied,
        outcome: 'failure',
        severity: 'low',
      },
      '^(?:NOTALLOWED|NOTEXIST|ERROR) - \\[<ip>\\] ',
    ),
  ],
});

/** Nagios' remote plugin executor. */
export const nrpe = appLog({
  name: 'nrpe',
  types: ['nagios'],
  programs: ['nrpe'],
  forms: [
    form(REFUSED, '^Host <ip> is not allowed to talk to us!$'),
    form(
      { ...REFUSED, action: EVENT_ACTION.protocolFailure },
      '^Error: (?:\\(.{0,128}\\) )?Could not complete SSL handshake with <ip>:',
    ),
  ],
});

export const znc = appLog({
  name: 'znc',
  types: ['znc-adminlog'],
  programs: ['znc'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] /,
  opens: opensWithBracket,
  forms: [
    form(LOGIN_FAILED, '^\\[<user>\\] failed to login from (?<source>\\d{1,3}(?:\\.\\d{1,3}){3}):<port>$'),
    form(LOGIN_FAILED, '^\\[<user>\\] failed to login from <ip>$'),
    form(
      LOGIN_SUCCEEDED,
      '^\\[<user>\\] connected to ZNC from (?<source>\\d{1,3}(?:\\.\\d{1,3}){3}):<port>$',
    ),
    form(LOGIN_SUCCEEDED, '^\\[<user>\\] connected to ZNC from <ip>$'),
    form(
      LOGGED_OUT,
      '^\\[<user>\\] disconnected from ZNC from (?<source>\\d{1,3}(?:\\.\\d{1,3}){3}):<port>$',
    ),
    form(LOGGED_OUT, '^\\[<user>\\] disconnected from ZNC from <ip>$'),
  ],
});

export const softether = appLog({
  name: 'softether',
  types: ['softethervpn'],
  programs: ['softether', 'vpnserver'],
  head: /^(?:\[[^\]]{1,128}\] )?(?:\(?(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\)? )?(?:<[A-Z_]{1,32}>: )?/,
  opens: opensWithYear,
  forms: [
    form(
      LOGIN_FAILED,
      '^Connection "CID-[0-9A-F]{1,10}": User authentication failed\\. The user name that has been provided was "<user>", from <ip>\\.$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^Connection "CID-[0-9A-F]{1,10}": Successfully authenticated as user "<user>"\\.$',
    ),
  ],
});

/** Technitium DNS Server's web console: the client stands before the message. */
export const technitium = appLog({
  name: 'technitium',
  types: ['technitium-dns'],
  programs: ['technitium', 'DnsServerApp'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\] (?=\[)/,
  opens: opensWithBracket,
  forms: [
    form(
      LOGIN_FAILED,
      '^\\[\\[?<ip>\\]?:<port>\\] DnsServerCore\\.DnsWebServiceException: Invalid username or password for user: <user>$',
    ),
    form(LOGIN_SUCCEEDED, '^\\[\\[?<ip>\\]?:<port>\\] \\[<name>\\] User logged in\\.$'),
    form(LOGGED_OUT, '^\\[\\[?<ip>\\]?:<port>\\] \\[<name>\\] User logged out\\.$'),
  ],
});

/** AdGuard Home. What stands between method and path is the request's Host header, never the client; newer releases add "from ip". */
export const adguardHome = appLog({
  name: 'adguardhome',
  types: ['adguard', 'adguard-home'],
  programs: ['AdGuardHome', 'adguardhome'],
  head: /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) (?:\d{1,10}#\d{1,10} )?\[[a-z]{4,7}\] /,
  opens: opensWithYear,
  forms: [
    form(
      LOGIN_FAILED,
      '^(?:auth: )?POST \\S{1,255} /control/login: from ip <ip>: invalid username or password',
    ),
    form(LOGIN_FAILED, '^(?:auth: )?POST \\S{1,255} /control/login: invalid username or password'),
    form(LOGIN_FAILED, '^auth: failed to log in from <ip>'),
  ],
});

/** MeshCentral as "https": sshd's words for log-ins to its web server. */
export const meshcentral = appLog({
  name: 'meshcentral',
  programs: ['https', 'meshcentral'],
  forms: [
    // JavaScript's word for "there was none".
    form(LOGIN_FAILED, '^Failed (?:password|2FA) for undefined from <ip>(?: port <port>)?$'),
    form(LOGIN_FAILED, '^Failed (?:password|2FA) for <user> from <ip>(?: port <port>)?$'),
    form(LOGIN_SUCCEEDED, '^Accepted (?:password|2FA) for <user> from <ip>(?: port <port>)?$'),
  ],
});

export const filebrowser = appLog({
  name: 'filebrowser',
  programs: ['filebrowser'],
  head: /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) /,
  opens: opensWithYear,
  forms: [form(LOGIN_FAILED, '^/api/login: 403 \\[?<ip>\\]?(?::\\d{1,5})? <nil>$')],
});

/** Paperless-ngx (1.14 to 1.16.5 with the dot within the quotes). */
export const paperless = appLog({
  name: 'paperless_ngx',
  types: ['paperless-ngx', 'paperless'],
  programs: ['paperless', 'paperless-ngx'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] \[[A-Z]{4,8}\] \[paperless\.auth\] /,
  opens: opensWithBracket,
  forms: [
    form(LOGIN_FAILED, '^Login failed for user `<user>` from (?:private )?IP `<ip>`\\.$'),
    form(LOGIN_FAILED, '^Login failed for user `<user>` from (?:private )?IP `<ip>\\.`$'),
  ],
});
