import { EVENT_ACTION } from '@parapet/contracts';
import { setSource } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form, mean } from '../message-form.js';
import { setAgent, setAnswer, setDataset, setMethod, setTarget } from '../web/http-fields.js';
import { appLog, opensWithYear } from './app-log.js';
import { APPLICATION_EVENT, USER_ADDED, USER_DELETED } from './meanings.js';

const MOST_PARAMS = 64;

/** The user's name of a form that Rails logged: {"key":"user","value":{"login":…}} or {"key":"username","value":…}. */
function loginName(record: JsonRecord): { name?: string; otp: boolean } {
  const params = Array.isArray(record.params) ? record.params.slice(0, MOST_PARAMS) : [];
  let name: string | undefined;
  let otp = false;
  for (const param of params) {
    if (!isJsonRecord(param)) continue;
    if (param.key === 'user' && isJsonRecord(param.value)) {
      name ??= textAt(param.value, 'login');
      otp ||= 'otp_attempt' in param.value;
    } else if (param.key === 'username') name ??= textAt(param, 'value');
  }
  return { name, otp };
}

const SIGN_IN = /^\/users\/(?:sign_in|auth\/[\w-]{1,64}\/callback)$/;

/** GitLab's production_json.log and api_json.log. The sign-in that fails has status 0 or 200, the one that succeeds redirects. */
export const gitlab = jsonDecoder({
  name: 'gitlab',
  types: ['gitlab-rails', 'gitlab_v.12'],
  programs: ['gitlab', 'gitlab-rails'],
  recogniseRecord: (record) =>
    ('controller' in record && 'remote_ip' in record && 'method' in record) ||
    ('route' in record && typeof record.path === 'string' && record.path.startsWith('/api/v4/')) ||
    ('severity' in record &&
      ('service_class' in record ||
        'job_status' in record ||
        'entity_type' in record ||
        'project_ids' in record)) ||
    ('query_string' in record && 'complexity' in record),
  decodeRecord(record, fields, context) {
    setDataset(fields, 'gitlab', 'log');
    setTime(fields, isoInstant(textAt(record, 'time') ?? '', context));
    const path = textAt(record, 'path');
    const method = textAt(record, 'method');
    const status = numberAt(record, 'status');
    const address = textAt(record, 'remote_ip') ?? textAt(record, 'ip');
    if (address !== undefined) setSource(fields, address);
    setAgent(fields, textAt(record, 'ua'));
    if (method === undefined || path === undefined) {
      mean(fields, APPLICATION_EVENT);
      if (textAt(record, 'severity') === 'ERROR') fields['event.outcome'] = 'failure';
      const author = textAt(record, 'author_name');
      if (author !== undefined) fields['user.name'] = author;
      return true;
    }
    setAnswer(fields, status);
    setMethod(fields, method);
    setTarget(fields, path);
    const user = textAt(record, 'username') ?? textAt(record, 'meta.user');
    if (user !== undefined) fields['user.name'] = user;
    if (method !== 'POST' || !SIGN_IN.test(path)) return true;
    const { name, otp } = loginName(record);
    const failed = record.action === 'failure' || status === 0 || status === 401 || (status === 200 && otp);
    if (name === undefined && !otp && !failed) return true;
    if (failed) mean(fields, LOGIN_FAILED);
    else if (status === 302) mean(fields, LOGIN_SUCCEEDED);
    if (name !== undefined) fields['user.name'] = name;
    return true;
  },
});

/** GitLab's application.log. */
export const gitlabApplication = appLog({
  name: 'gitlab_application',
  types: ['gitlab-application'],
  module: 'gitlab',
  dataset: 'application',
  head: /^(?:(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)|[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d\d:\d\d): /,
  opens: (line) => (opensWithYear(line) || /^[A-Z][a-z]{2,8} \d/.test(line)) && line.includes(': '),
  forms: [
    form(LOGIN_FAILED, '^Failed Login: username=<user> ip=<ip>$'),
    form(USER_ADDED, '^User "<user>" \\(\\S{1,256}\\) was created$'),
    form(USER_DELETED, '^User "<user>" \\(\\S{1,256}\\) was removed$'),
    form(APPLICATION_EVENT, '^Project ".{1,256}" was removed$'),
    form(APPLICATION_EVENT, '^<user> created a new project ".{1,512}"$'),
  ],
});

/** Lines of Ruby's Logger and of Sidekiq as GitLab's services write them. */
export const gitlabService = appLog({
  name: 'gitlab_service',
  types: ['gitlab-shell', 'gitlab-sidekiq'],
  module: 'gitlab',
  dataset: 'service',
  head: /^(?:[DIWEF], \[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}) #(?<pid>\d{1,10})\] {1,2}[A-Z]{4,5} -- \w{0,64}: |\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z \d{1,10} TID-\w{1,16} (?=[A-Z]))/,
  opens: (line) => line.charCodeAt(1) === 44 || (opensWithYear(line) && line.includes(' TID-')),
  forms: [form({ ...APPLICATION_EVENT, action: EVENT_ACTION.applicationEvent }, '^.')],
});

const ATTEMPT = '^(?:Failed authentication attempt|Invalid login attempt) for <user> from';

/** Gitea and Forgejo. */
export const gitea = appLog({
  name: 'gitea',
  types: ['forgejo', 'gogs'],
  programs: ['gitea', 'forgejo'],
  head: /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \S{1,128} \[[A-Z]\] (?:\[[0-9a-f-]{1,36}\] )?/,
  opens: opensWithYear,
  forms: [
    form(LOGIN_FAILED, `${ATTEMPT} (?<source>\\d{1,3}(?:\\.\\d{1,3}){3}):<port>(?:$|: )`),
    form(LOGIN_FAILED, `${ATTEMPT} \\[<ip>\\](?::<port>)?(?:$|: )`),
    form(LOGIN_FAILED, `${ATTEMPT} (?<source>[0-9A-Fa-f.:]{2,45}?)(?::0)?(?:$|: )`),
  ],
});
