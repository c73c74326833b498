import { setSource } from '../decoder.js';
import type { Decoder } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form, mean } from '../message-form.js';
import { decodeAccessLine } from '../web/access-log.js';
import { setClient } from '../web/client.js';
import { setAnswer, setDataset, setMethod, setRequestLine, setTarget } from '../web/http-fields.js';
import { APPLICATION_EVENT } from './meanings.js';
import { appLog, opensWithBracket, opensWithYear } from './app-log.js';

/** Gin: "[GIN] time | status | duration | address | METHOD "path"". */
const GIN =
  /^(?:\[GIN\] (\d{4}\/\d\d\/\d\d) - (\d\d:\d\d:\d\d)|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)) \| {0,3}(\d{3}) \| {0,16}[\d.hmsnµu]{2,24} \| {0,40}([0-9A-Fa-f.:]{2,45}) \| ?([A-Z]{3,8}) {0,8}"/;

/** Gotify and other servers on Gin. Gotify checks credentials where a client is made. */
export const gotify: Decoder = {
  name: 'gotify',
  types: ['gin'],
  programs: ['gotify'],
  wholeLines: true,
  recognise: (_header, line) => (line.startsWith('[GIN] ') || opensWithYear(line)) && GIN.test(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'gotify', 'access');
    const match = GIN.exec(line);
    if (!match) return false;
    const text = match[3] ?? `${(match[1] ?? '').replaceAll('/', '-')} ${match[2] ?? ''}`;
    setTime(fields, isoInstant(text, context));
    setAnswer(fields, match[4]);
    setSource(fields, match[5] ?? '');
    setMethod(fields, match[6]);
    const end = line.lastIndexOf('"');
    const path = line.slice(match[0].length, end > match[0].length ? end : undefined);
    setTarget(fields, path);
    if (match[6] === 'POST' && path === '/client') {
      if (match[4] === '401') mean(fields, LOGIN_FAILED);
      else if (match[4] === '200') mean(fields, LOGIN_SUCCEEDED);
    }
    return true;
  },
};

/** Uvicorn's access log: 'INFO:     192.0.2.1:50000 - "POST /login HTTP/1.1" 401 Unauthorized'. */
const UVICORN =
  /^(?:[A-Z]{4,8}: +)?(\[?[0-9A-Fa-f.:]{2,45}\]?:\d{1,5}) - "(.{1,8192}) (HTTP\/\d(?:\.\d)?)" (\d{3})(?: [A-Za-z' -]{2,40})?$/;

/** LiteLLM and other servers on Uvicorn. */
export const uvicorn: Decoder = {
  name: 'uvicorn',
  types: ['litellm', 'fastapi', 'open-webui'],
  programs: ['uvicorn', 'litellm', 'open-webui'],
  wholeLines: true,
  recognise: (_header, line) => /^[A-Z]{4,8}: /.test(line) && UVICORN.test(line),
  decode(line, _header, fields) {
    setDataset(fields, 'uvicorn', 'access');
    const match = UVICORN.exec(line.trimEnd());
    if (!match) return false;
    setAnswer(fields, match[4]);
    setClient(fields, match[1] ?? '', false, true);
    setRequestLine(fields, `${match[2] ?? ''} ${match[3] ?? ''}`);
    if (/^POST \/(?:\S{1,64}\/)?login$/.test(match[2] ?? '') && match[4] === '401')
      mean(fields, LOGIN_FAILED);
    return true;
  },
};

const THEHIVE =
  /^([0-9A-Fa-f.:]{2,45}) ([A-Z]{3,8}) (\S{1,4096}) took (\d{1,9})ms and returned (\d{3}) (\d{1,12}) bytes$/;

/** TheHive and Cortex (Play): "[info] o.t.s.AccessLogFilter [ids] ADDR METHOD PATH took 8ms and returned 401 65 bytes". */
export const thehive = appLog({
  name: 'thehive',
  types: ['cortex'],
  programs: ['thehive', 'cortex'],
  head: /^(?:(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) )?\[[a-zA-Z]{4,5}\] (?:from |in )?[\w.]{1,96}AccessLogFilter(?: in [\w.-]{1,64})? (?:\[[0-9a-f|]{0,64}\] )?(?:- )?/,
  opens: (line) => line.includes('AccessLogFilter') && (opensWithBracket(line) || opensWithYear(line)),
  own: true,
  forms: [],
  more(message, fields) {
    const match = THEHIVE.exec(message);
    if (!match) return false;
    setAnswer(fields, match[5]);
    setSource(fields, match[1] ?? '');
    setMethod(fields, match[2]);
    setTarget(fields, match[3]);
    if (/^\/api\/(?:v\d\/)?login$/.test(match[3] ?? '')) {
      if (match[5] === '401') mean(fields, LOGIN_FAILED);
      else if (match[5] === '200') mean(fields, LOGIN_SUCCEEDED);
    }
    return true;
  },
});

const JOPLIN_REQUEST = /: ([A-Z]{3,8}) (\S{1,4096}) \((\d{3})\) \(\d{1,9}ms\)$/;
const JOPLIN_FAILED = /^App: (\d{3}): ([A-Z]{3,8}) (\S{1,4096}): /;

/** Joplin Server, also below pm2's prefix. The address stands before what the client sent. */
export const joplin = appLog({
  name: 'joplin',
  types: ['joplin-server'],
  programs: ['joplin', 'joplin-server'],
  head: /^(?:\d\d:\d\d:\d\d \d{1,3}\|[\w-]{1,32} {1,16}\| )?(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d): (?:\[[a-z]{4,7}\] )?/,
  opens: (line) => opensWithYear(line) || line.charCodeAt(2) === 58,
  forms: [
    form(
      LOGIN_FAILED,
      '^App: 403: POST /api/sessions: <ip>: Invalid username or password: \\{"email":"<user>"\\}$',
    ),
    form(LOGIN_FAILED, '^App: 403: POST /api/sessions: <ip>: Invalid username or password'),
    form(LOGIN_FAILED, '^App: 403: POST /login: <ip>: Invalid username or password'),
    form(
      LOGIN_FAILED,
      '^App: (?<source>[0-9A-Fa-f.:]{2,45}): \\d{1,12} [kKMG]?B: POST /login \\(403\\) \\(\\d{1,9}ms\\)$',
    ),
    form(
      { category: 'web', type: 'access', action: 'web_request' },
      '^App: (?<source>[0-9A-Fa-f.:]{2,45}): \\d{1,12} [kKMG]?B: [A-Z]{3,8} \\S{1,4096} \\(\\d{3}\\) \\(\\d{1,9}ms\\)$',
    ),
  ],
  details(message, fields) {
    const answer = JOPLIN_REQUEST.exec(message);
    const error = answer ? null : JOPLIN_FAILED.exec(message);
    const status = answer?.[3] ?? error?.[1];
    if (status !== undefined) {
      fields['http.response.status_code'] = Number(status);
      fields['event.outcome'] = Number(status) >= 400 ? 'failure' : 'success';
    }
    setMethod(fields, answer?.[1] ?? error?.[2]);
    setTarget(fields, answer?.[2] ?? error?.[3]);
  },
});

/** Odoo (res_users and werkzeug's access log). */
export const odoo = appLog({
  name: 'odoo',
  types: ['openerp'],
  programs: ['odoo', 'odoo-bin', 'odoo-server'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?<pid>\d{1,10}) [A-Z]{4,8} \S{1,128} (?:[\w.]{0,128}res_users|werkzeug): /,
  opens: opensWithYear,
  own: true,
  forms: [
    form(LOGIN_FAILED, '^Login failed for db:\\S{1,64} login:<user> from <ip>$'),
    form(LOGIN_SUCCEEDED, '^Login successful for db:\\S{1,64} login:<user> from <ip>$'),
    form(LOGIN_FAILED, '^Login failed for login:<user> from <ip>$'),
  ],
  more: (message, fields, context) => decodeAccessLine(message, fields, context, 'odoo'),
});

const WAZUH_API =
  /^(\S{1,128}) (?:\([0-9a-f]{32}\) )?([0-9A-Fa-f.:]{2,45}) "([A-Z]{3,8}) (\S{1,1024})" with parameters .* done in [\d.]{1,12}s: (\d{3})$/s;

/** The API log of Wazuh's manager. */
export const wazuhApi = appLog({
  name: 'wazuh_api',
  types: ['wazuh-api', 'api'],
  programs: ['wazuh-api'],
  head: /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) (?=(?:INFO|WARNING|ERROR|CRITICAL): )/,
  opens: opensWithYear,
  forms: [
    form(
      { category: 'web', type: 'access', action: 'web_request' },
      '^INFO: \\S{1,128} (?:\\([0-9a-f]{32}\\) )?[0-9A-Fa-f.:]{2,45} "[A-Z]{3,8} \\S{1,1024}" with parameters ',
    ),
    form(APPLICATION_EVENT, '^(?:WARNING|ERROR|CRITICAL): '),
  ],
  details(message, fields) {
    const match = WAZUH_API.exec(message.slice(6));
    if (!match) return;
    setAnswer(fields, match[5]);
    setMethod(fields, match[3]);
    setTarget(fields, match[4]);
    const path = match[4] ?? '';
    if (path.startsWith('/security/user/authenticate'))
      mean(fields, fields['event.outcome'] === 'success' ? LOGIN_SUCCEEDED : LOGIN_FAILED);
    setSource(fields, match[2] ?? '');
    if (match[1] !== 'unknown_user') fields['user.name'] = match[1];
  },
});
