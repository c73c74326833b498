import { setSource } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { epochInstant, isoInstant, setTime, wallClock, monthNumber } from '../event-time.js';
import { jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import { LOGGED_OUT, LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form, mean, readForms } from '../message-form.js';
import { setAgent, setAnswer, setDataset, setMethod, setReferrer, setTarget } from '../web/http-fields.js';
import { APPLICATION_EVENT, LOGIN_LIMITED, LOGIN_STEP, REQUEST_DENIED } from './meanings.js';

/** The address is the record's `remoteAddr`; in the message it stands behind what the client wrote. */
const NEXTCLOUD = [
  form(LOGIN_FAILED, "^Login failed: '<user>' \\(Remote IP: '[0-9A-Fa-f.:]{2,45}'\\)$"),
  form(LOGIN_FAILED, '^Login failed: "<user>" \\(Remote IP: "[0-9A-Fa-f.:]{2,45}"\\)$'),
  form(LOGIN_FAILED, '^Login failed: <user> \\(Remote IP: [0-9A-Fa-f.:]{2,45}\\)$'),
  form(LOGIN_FAILED, '^Two-factor challenge failed: <user> \\(Remote IP: [0-9A-Fa-f.:]{2,45}\\)$'),
  form(LOGIN_FAILED, '^Login failed: "<user>"$'),
  form(LOGIN_SUCCEEDED, '^Login successful: "<user>"$'),
  form(LOGIN_STEP, '^Login attempt: "<user>"$'),
  form(LOGGED_OUT, '^Logout occurred$'),
  form(LOGIN_LIMITED, '^Bruteforce attempt from "[0-9A-Fa-f.:]{2,45}" detected for action "'),
  form(REQUEST_DENIED, '^Trusted domain error\\. '),
];
const LONG_DATE = /^([A-Z][a-z]{2,8}) (\d{1,2}), (\d{4}) (\d\d):(\d\d):(\d\d)$/;

/** "October 11, 2019 13:15:40", or ISO 8601. */
function nextcloudTime(text: string, context: DecodeContext): number | undefined {
  const date = LONG_DATE.exec(text);
  if (!date) return isoInstant(text, context);
  const [, month, day, year, hour, minute, second] = date;
  return wallClock(
    {
      year: Number(year),
      month: monthNumber(month ?? ''),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
    },
    context,
  );
}

export const nextcloud = jsonDecoder({
  name: 'nextcloud',
  types: ['owncloud'],
  programs: ['nextcloud', 'Nextcloud', 'ownCloud'],
  recogniseRecord: (record) => 'reqId' in record && 'remoteAddr' in record && 'message' in record,
  decodeRecord(record, fields, context) {
    const message = textAt(record, 'message');
    if (message === undefined || !('remoteAddr' in record)) return false;
    setDataset(fields, 'nextcloud', 'log');
    setTime(fields, nextcloudTime(textAt(record, 'time') ?? '', context));
    const user = textAt(record, 'user');
    if (user !== undefined && user !== '--') fields['user.name'] = user;
    const address = textAt(record, 'remoteAddr');
    if (address !== undefined) setSource(fields, address);
    setMethod(fields, textAt(record, 'method'));
    setTarget(fields, textAt(record, 'url'));
    setAgent(fields, textAt(record, 'userAgent'));
    if (!readForms(NEXTCLOUD, message, fields)) mean(fields, APPLICATION_EVENT);
    return true;
  },
});

/** ntfy's JSON log. Requests without rights are answered 401 or 403. */
export const ntfy = jsonDecoder({
  name: 'ntfy',
  programs: ['ntfy'],
  recogniseRecord: (record) => typeof record.visitor_ip === 'string' && 'visitor_id' in record,
  decodeRecord(record, fields, context) {
    const visitor = textAt(record, 'visitor_ip');
    if (visitor === undefined) return false;
    setDataset(fields, 'ntfy', 'log');
    setTime(fields, isoInstant(textAt(record, 'time') ?? '', context));
    const status = numberAt(record, 'http_status');
    if (status === undefined) mean(fields, APPLICATION_EVENT);
    else {
      setAnswer(fields, status);
      if (status === 401) mean(fields, LOGIN_FAILED);
      else if (status === 403) mean(fields, REQUEST_DENIED);
    }
    setSource(fields, visitor);
    setMethod(fields, textAt(record, 'http_method'));
    setTarget(fields, textAt(record, 'http_path'));
    const user = textAt(record, 'user_name');
    if (user !== undefined) fields['user.name'] = user;
    return true;
  },
});

const DASHBOARD_LOGIN =
  /^\/(?:[\w-]{1,64}\/)?(?:auth\/login|internal\/security\/login|api\/security\/v1\/login)(?:\?|$)/;

/** What OpenSearch Dashboards and Kibana log of each answer. */
export const opensearchDashboards = jsonDecoder({
  name: 'opensearch_dashboards',
  types: ['opensearch-dashboards', 'opensearch-dashboard', 'kibana'],
  programs: ['opensearch-dashboards', 'kibana', 'wazuh-dashboard'],
  recogniseRecord: (record) =>
    record.type === 'response' && 'statusCode' in record && valueAt(record, 'req', 'url') !== undefined,
  decodeRecord(record, fields, context) {
    const url = textAt(record, 'req', 'url');
    if (record.type !== 'response' || url === undefined) return false;
    setDataset(fields, 'opensearch_dashboards', 'log');
    setTime(fields, isoInstant(textAt(record, '@timestamp') ?? '', context));
    const status = numberAt(record, 'statusCode');
    setAnswer(fields, status);
    setMethod(fields, textAt(record, 'method')?.toUpperCase());
    setTarget(fields, url);
    const address = textAt(record, 'req', 'remoteAddress');
    if (address !== undefined) setSource(fields, address);
    setAgent(fields, textAt(record, 'req', 'userAgent') ?? textAt(record, 'req', 'headers', 'user-agent'));
    setReferrer(fields, textAt(record, 'req', 'referer'));
    const pid = numberAt(record, 'pid');
    if (pid !== undefined) fields['process.pid'] = pid;
    if (fields['http.request.method'] === 'POST' && DASHBOARD_LOGIN.test(url)) setLogin(fields, status);
    return true;
  },
});

/** The answer to a log-in form: an attempt. */
function setLogin(fields: EventFields, status: number | undefined): void {
  if (status === 401 || status === 403) mean(fields, LOGIN_FAILED);
  else if (status !== undefined && status < 400) mean(fields, LOGIN_SUCCEEDED);
}

/** Mattermost's server log and audit log as JSON. */
export const mattermost = jsonDecoder({
  name: 'mattermost',
  programs: ['mattermost'],
  recogniseRecord: (record) => 'caller' in record && 'ip_addr' in record && 'http_code' in record,
  decodeRecord(record, fields, context) {
    const address = textAt(record, 'ip_addr');
    if (address === undefined) return false;
    setDataset(fields, 'mattermost', 'log');
    const at = valueAt(record, 'timestamp') ?? valueAt(record, 'ts');
    setTime(
      fields,
      typeof at === 'number' ? epochInstant(at) : isoInstant(typeof at === 'string' ? at : '', context),
    );
    const status = numberAt(record, 'http_code');
    const path = textAt(record, 'path');
    setAnswer(fields, status);
    setMethod(fields, textAt(record, 'method'));
    setTarget(fields, path);
    setSource(fields, address);
    if (path === '/api/v4/users/login') setLogin(fields, status);
    return true;
  },
});
