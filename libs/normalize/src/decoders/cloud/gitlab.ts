import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { Decoder, DecodeContext, EventFields } from '../decoder.js';
import { isoInstant, monthNumber, setTime, wallClock } from '../event-time.js';
import { jsonDecoder, numberAt, textAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { nameOf, setSourceEndpoint, setText, setUrl, setUserName, severityOfWord } from '../json/values.js';
import { keepRecord, setKind, setRecordTime, setService } from './service-record.js';

/** Which of GitLab's logs a record is of ("Log system" in its administration manual); undefined for none. */
function logOf(record: JsonRecord): string | undefined {
  if (record.method !== undefined && record.status !== undefined && record.path !== undefined) {
    if (record.controller !== undefined) return 'production';
    if (record.route !== undefined) return 'api';
  }
  if (record.author_id !== undefined && record.entity_type !== undefined) return 'audit';
  if (record.jid !== undefined && record.class !== undefined && record.queue !== undefined) return 'sidekiq';
  if (record.service_class !== undefined && record.project_path !== undefined) return 'integrations';
  if (record.query_string !== undefined && record.complexity !== undefined) return 'graphql';
  if (textAt(record, 'service')?.startsWith('Clusters::') || record.app_id !== undefined)
    return record.exception === undefined ? undefined : 'kubernetes';
  if (
    record.correlation_id !== undefined &&
    (record['meta.caller_id'] !== undefined || record['meta.remote_ip'] !== undefined)
  )
    return 'application';
  return undefined;
}

function setRequest(record: JsonRecord, fields: EventFields): void {
  const status = numberAt(record, 'status');
  setKind(fields, 'web', 'access', EVENT_ACTION.webRequest);
  if (status !== undefined && status >= 100) {
    fields['http.response.status_code'] = status;
    fields['event.outcome'] = status >= 400 ? 'failure' : 'success';
  }
  setText(fields, 'http.request.method', record.method);
  setUrl(fields, record.path);
  setText(fields, 'user_agent.original', record.ua);
  setUserName(fields, record.username ?? record['meta.user']);
  setSourceEndpoint(fields, record.remote_ip ?? record.ip);
}

function setAudit(record: JsonRecord, fields: EventFields): void {
  const failed = record.failed_login !== undefined;
  const login = failed || record.with !== undefined;
  if (login)
    setKind(fields, 'authentication', 'start', EVENT_ACTION.userLogin, failed ? 'failure' : 'success');
  else
    setKind(
      fields,
      'iam',
      record.add !== undefined ? 'creation' : record.remove !== undefined ? 'deletion' : 'change',
      textAt(record, 'change') ?? textAt(record, 'event_name') ?? textAt(record, 'custom_message'),
    );
  setUserName(fields, record.author_name ?? (failed ? record.target_details : undefined));
  setSourceEndpoint(fields, record.ip_address);
}

/** GitLab's JSON logs; log-ins of its web pages are the `gitlab` decoder's where that knows them. */
export const gitlabRails = jsonDecoder({
  name: 'gitlab_rails',
  types: ['gitlab_json', 'gitlab.production', 'gitlab.audit'],
  recogniseRecord: (record) => logOf(record) !== undefined,
  decodeRecord(record, fields, context) {
    const log = logOf(record);
    if (log === undefined) return false;
    setService(fields, 'gitlab', log);
    setRecordTime(fields, context, record.time, record.created_at);
    const severity = severityOfWord(textAt(record, 'severity'));
    if (severity) atLeast(fields, severity);
    if (log === 'production' || log === 'api') setRequest(record, fields);
    else if (log === 'audit') setAudit(record, fields);
    else {
      fields.message = textAt(record, 'message') ?? fields.message;
      setUserName(fields, record['meta.user'] ?? record.username);
      setSourceEndpoint(fields, record['meta.remote_ip'] ?? record.remote_ip);
    }
    const pid = numberAt(record, 'pid');
    if (pid !== undefined) fields['process.pid'] = pid;
    keepRecord(fields, record, 'gitlab');
    return true;
  },
});

const APPLICATION = /^([A-Z][a-z]{2,8}) (\d\d), (\d{4}) (\d\d):(\d\d): /;
/** Ruby's Logger::Formatter. */
const RUBY =
  /^([DIWEFA]), \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}) #(\d{1,10})\] {1,2}(DEBUG|INFO|WARN|ERROR|FATAL|ANY) -- [^:]{0,40}: /;
/** 'User "NAME" (MAIL) was created'; the name is its owner's own words, so it ends at the last such address. */
const USER = /^User "(.{1,255})" \(([^()\s"]{3,254})\) was (created|removed)$/;

function setApplication(message: string, fields: EventFields, context: DecodeContext): boolean {
  const time = APPLICATION.exec(message);
  if (!time) return false;
  setTime(
    fields,
    wallClock(
      {
        month: monthNumber(time[1] ?? ''),
        day: Number(time[2]),
        year: Number(time[3]),
        hour: Number(time[4]),
        minute: Number(time[5]),
        second: 0,
      },
      context,
    ),
  );
  setService(fields, 'gitlab', 'application');
  const text = message.slice(time[0].length);
  const user = USER.exec(text);
  if (user) {
    const created = user[3] === 'created';
    setKind(
      fields,
      'iam',
      created ? 'creation' : 'deletion',
      created ? EVENT_ACTION.userAdded : EVENT_ACTION.userDeleted,
      'success',
    );
    setText(fields, 'user.target.name', nameOf(user[1]));
    setText(fields, 'user.target.email', user[2]);
  } else if (/ created a new project "| was removed$/.test(text))
    setKind(
      fields,
      'configuration',
      text.endsWith('removed') ? 'deletion' : 'creation',
      EVENT_ACTION.configurationChange,
      'success',
    );
  fields.message = text;
  return true;
}

/** GitLab's text logs: application.log of old, and what Ruby's logger writes (gitlab-shell, unicorn). */
export const gitlabText: Decoder = {
  name: 'gitlab_text',
  types: ['gitlab-shell', 'gitlab_application'],
  programs: ['gitlab-shell'],
  wholeLines: true,
  recognise: (_header, message) => {
    const first = message.charCodeAt(0);
    if (!(first >= 65 && first <= 90)) return false;
    const head = message.slice(0, 120);
    return (
      (message.charCodeAt(1) === 44 && RUBY.test(head)) ||
      (APPLICATION.test(head) &&
        /^[^:]{10,30}:\d\d: (?:User|Project|Group) "| created a new project "/.test(message.slice(0, 600)))
    );
  },
  decode(message, _header, fields, context) {
    if (setApplication(message, fields, context)) return true;
    const ruby = RUBY.exec(message.slice(0, 160));
    if (!ruby) return false;
    setService(fields, 'gitlab', 'shell');
    setTime(fields, isoInstant(ruby[2] ?? '', context));
    fields['process.pid'] = Number(ruby[3]);
    const severity = severityOfWord(ruby[4]);
    if (severity) atLeast(fields, severity);
    fields.message = message.slice(ruby[0].length);
    return true;
  },
};
