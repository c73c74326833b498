import { setSource } from '../decoder.js';
import { LOGGED_OUT, LOGIN_FAILED, LOGIN_SUCCEEDED, REFUSED } from '../meanings.js';
import { form, mean } from '../message-form.js';
import { clientOfChain, isLocal } from '../web/client.js';
import { normalizeIp } from '@parapet/contracts';
import { appLog, opensWithBracket, opensWithYear } from './app-log.js';
import { LOGIN_LIMITED, REQUEST_DENIED } from './meanings.js';

/** Jellyfin; newer releases put names and addresses in quotes. */
export const jellyfin = appLog({
  name: 'jellyfin',
  programs: ['jellyfin'],
  head: /^(?:\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d)\] )?(?:\[\d\d:\d\d:\d\d\] )?\[[A-Z]{3}\] (?:\[\d{1,6}\] )?(?:[A-Za-z.]{1,128}: )?/,
  opens: opensWithBracket,
  forms: [
    form(LOGIN_FAILED, '^Authentication request for "<user>" has been denied \\(IP: "<ip>"\\)\\.$'),
    form(LOGIN_FAILED, '^Authentication request for <user> has been denied \\(IP: "?<ip>"?\\)\\.$'),
    form(LOGIN_SUCCEEDED, '^Authentication request for "<user>" has succeeded\\.$'),
    form(LOGIN_SUCCEEDED, '^Authentication request for <user> has succeeded\\.$'),
  ],
});

export const emby = appLog({
  name: 'emby',
  programs: ['emby', 'EmbyServer'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) [A-Z][a-z]{1,8} [A-Za-z. ]{1,40}: /,
  opens: opensWithYear,
  forms: [form(LOGIN_FAILED, '^AUTH-ERROR: <ip> - Invalid username or password entered\\.$')],
});

/** Sonarr, Radarr and kin: as a file "time|Level|Auth|…", on the console "[Level] Auth: …". */
export const servarr = appLog({
  name: 'servarr',
  types: ['sonarr', 'radarr', 'lidarr', 'readarr', 'prowlarr', 'whisparr'],
  programs: [
    'mono',
    'Sonarr',
    'Radarr',
    'Lidarr',
    'Readarr',
    'Prowlarr',
    'Whisparr',
    'sonarr',
    'radarr',
    'lidarr',
    'readarr',
    'prowlarr',
    'whisparr',
  ],
  head: /^(?:(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)\|(?:v[\d.]{1,32}\|)?[A-Z][a-z]{3,5}\|Auth\||\[[A-Z][a-z]{3,5}\] Auth: )/,
  opens: (line) => opensWithYear(line) || opensWithBracket(line),
  forms: [
    form(LOGIN_FAILED, "^Auth-Failure ip <ip> username '<user>'$"),
    form(LOGIN_SUCCEEDED, "^Auth-Success ip <ip> username '<user>'$"),
    form(LOGGED_OUT, "^Auth-Logout ip <ip> username '<user>'$"),
    form(REQUEST_DENIED, "^Auth-Unauthorized ip <ip> url '.{0,2048}'$"),
  ],
});

export const overseerr = appLog({
  name: 'overseerr',
  types: ['jellyseerr', 'seerr'],
  programs: ['overseerr', 'jellyseerr', 'seerr'],
  head: /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) \[[a-z]{4,7}\]\[[A-Za-z ]{1,32}\]: /,
  opens: opensWithYear,
  forms: [
    form(
      LOGIN_FAILED,
      '^Failed sign-in attempt (?:using|from user with) [A-Za-z ]{1,64} \\{"ip":"<ip>","email":"<user>"\\}$',
    ),
    form(
      LOGIN_FAILED,
      '^Failed login attempt from user with [A-Za-z ]{1,64} credentials \\{"account":\\{"ip":"<ip>","email":"<user>","password":"__REDACTED__"\\}\\}$',
    ),
  ],
});

export const calibreWeb = appLog({
  name: 'calibre_web',
  types: ['calibre-web', 'calibreweb'],
  programs: ['calibre-web', 'cps'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] {1,2}[A-Z]{4,8} \{cps[\w.]{0,64}:\d{1,6}\} /,
  opens: opensWithBracket,
  own: true,
  forms: [
    form(LOGIN_FAILED, '^Login failed for user "<user>" IP-address: <ip>$'),
    form(LOGIN_FAILED, '^Login failed for user "<user>" IP-address: <ip>, \\d{1,4} tries'),
  ],
});

/** qBittorrent's Web UI; the address stands before the name. */
export const qbittorrent = appLog({
  name: 'qbittorrent',
  programs: ['qbittorrent', 'qbittorrent-nox'],
  head: /^\([NIWC]\) (?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) - /,
  opens: (line) => line.charCodeAt(0) === 40 && line.charCodeAt(2) === 41,
  forms: [
    form(LOGIN_LIMITED, '^WebAPI login failure\\. Reason: IP has been banned, IP: <ip>, username: <user>$'),
    form(
      LOGIN_FAILED,
      '^WebAPI login failure\\. Reason: [^,]{1,128}, attempt count: \\d{1,9}, IP: <ip>, username: <user>$',
    ),
    form(LOGIN_FAILED, '^WebAPI login failure\\. Reason: [^,]{1,128}, IP: <ip>, username: <user>$'),
    form(LOGIN_SUCCEEDED, '^WebAPI login success\\. IP: <ip>$'),
  ],
});

/** "… from ADDR (X-Forwarded-For: LIST) [AGENT]"; the words before it are in the language of the server. */
const SABNZBD =
  /^([^\d:[\]()]{8,120}) ([0-9A-Fa-f.:]{2,45})(?: \(X-Forwarded-For: ([0-9A-Fa-f.:, ]{2,256})\))? \[/;
export const sabnzbd = appLog({
  name: 'sabnzbd',
  programs: ['sabnzbd', 'SABnzbd'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})::[A-Z]{4,8}::\[interface:\d{1,6}\] /,
  opens: opensWithYear,
  own: true,
  forms: [
    form(REFUSED, '^Refused connection (?:with hostname ".{0,255}" )?from: <ip> \\['),
    form(REQUEST_DENIED, '^(?:API Key|Missing)[^\\d]{0,64}'),
  ],
  more(message, fields) {
    const match = SABNZBD.exec(message);
    const peer = normalizeIp(match?.[2] ?? '');
    if (!match || peer === undefined) return false;
    mean(fields, LOGIN_FAILED);
    // The header counts only below a proxy of the own network; anybody else could have written it.
    const client = match[3] !== undefined && isLocal(peer) ? clientOfChain(match[3]) : peer;
    if (client !== undefined) setSource(fields, client);
    const agent = message.slice(match[0].length);
    if (agent.endsWith(']') && agent.length > 1) fields['user_agent.original'] = agent.slice(0, -1);
    return true;
  },
});

export const audiobookshelf = appLog({
  name: 'audiobookshelf',
  programs: ['audiobookshelf'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?Z?)\] (?:ERROR|WARN|INFO): /,
  opens: opensWithBracket,
  forms: [
    form(
      LOGIN_FAILED,
      '^\\[Auth\\] Failed login attempt for username "<user>" from ip <ip> \\([^()]{0,256}\\)$',
    ),
    form(LOGIN_FAILED, '^\\[Auth\\] Failed login attempt for username "<user>" from ip <ip>$'),
  ],
});

export const ombi = appLog({
  name: 'ombi',
  programs: ['ombi', 'Ombi'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d) \[[A-Z][a-z]{3,11}\] /,
  opens: opensWithYear,
  forms: [form(LOGIN_FAILED, '^Failed login attempt by IP: <ip>$')],
});

/** Home Assistant's http.ban; the name before the address is reverse DNS. */
export const homeAssistant = appLog({
  name: 'home_assistant',
  types: ['home-assistant', 'homeassistant', 'hass'],
  programs: ['homeassistant', 'hass', 'home-assistant'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?) [A-Z]{4,8} \([\w-]{1,64}\) \[homeassistant\.components\.http\.ban\] /,
  opens: opensWithYear,
  forms: [
    form(
      LOGIN_FAILED,
      '^Login attempt or request with invalid authentication from \\S{0,255} \\(<ip>\\)\\. ',
    ),
    form(
      LOGIN_FAILED,
      '^Login attempt or request with invalid authentication from \\S{0,255} \\(<ip>\\)\\.?$',
    ),
    form(LOGIN_LIMITED, '^Banned IP <ip> for too many login attempts$'),
  ],
});
