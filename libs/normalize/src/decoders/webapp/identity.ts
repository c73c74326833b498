import { setSource } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, textAt } from '../json/index.js';
import type { Meaning } from '../message-form.js';
import { LOGGED_OUT, LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form, mean } from '../message-form.js';
import { setDataset } from '../web/http-fields.js';
import { appLog, opensWithYear } from './app-log.js';
import { APPLICATION_EVENT, USER_ADDED } from './meanings.js';

const PAIR = /([A-Za-z_]{1,64})=(?:"((?:[^"\\]|\\.){0,2048})"|([^,"]{0,2048}))(?:, |$)/y;
const MOST_PAIRS = 64;

/** 'type="LOGIN_ERROR", realmId=…': undefined for a name that comes twice, as a client's text may hold a pair of its own. */
function pairs(message: string): Map<string, string | undefined> {
  const out = new Map<string, string | undefined>();
  for (let at = 0, count = 0; at < message.length && count < MOST_PAIRS; count++) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(message);
    if (!match) break;
    at += match[0].length;
    const name = match[1] ?? '';
    out.set(name, out.has(name) ? undefined : (match[2]?.replace(/\\(.)/gs, '$1') ?? match[3]));
  }
  return out;
}

function meaningOf(type: string): Meaning {
  if (type === 'LOGIN_ERROR') return LOGIN_FAILED;
  if (type === 'LOGIN') return LOGIN_SUCCEEDED;
  if (type === 'LOGOUT') return LOGGED_OUT;
  if (type === 'REGISTER') return USER_ADDED;
  return APPLICATION_EVENT;
}

/** Keycloak's jboss-logging event listener (events and admin events). */
export const keycloak = appLog({
  name: 'keycloak',
  programs: ['keycloak', 'kc.sh'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) [A-Z]{4,5} {1,2}\[org\.key(?:cloak)?\.events\] \([^)]{1,128}\) /,
  opens: opensWithYear,
  own: true,
  forms: [],
  more(message, fields) {
    const values = pairs(message);
    const known = (name: string) => {
      const value = values.get(name);
      return value === undefined || value === '' || value === 'null' ? undefined : value;
    };
    const type = known('type') ?? known('operationType');
    if (type === undefined) return false;
    mean(fields, meaningOf(type));
    fields['event.code'] = type;
    const ip = known('ipAddress');
    if (ip !== undefined) setSource(fields, ip);
    const user = known('username');
    if (user !== undefined) fields['user.name'] = user;
    const id = known('userId');
    if (id !== undefined) fields['user.id'] = id;
    const realm = known('realmName') ?? known('realmId');
    if (realm !== undefined) fields['keycloak.realm'] = realm;
    const client = known('clientId');
    if (client !== undefined) fields['keycloak.client'] = client;
    const error = known('error');
    if (error !== undefined) fields['event.reason'] = error;
    return true;
  },
});

/** LemonLDAP::NG. The user's name stands first, the address in parentheses last. */
export const lemonldap = appLog({
  name: 'lemonldap_ng',
  types: ['lemonldap-ng', 'lemonldap', 'llng'],
  programs: ['LLNG', 'lemonldap-ng', 'lemonldap', 'llng', 'llng-fastcgi-server'],
  head: /^(?:\[[a-z]{4,8}\] )?(?:Lemonldap::NG : )?/,
  forms: [
    form(LOGIN_FAILED, '^Bad password for <user> \\(<ip>\\)$'),
    form(
      LOGIN_FAILED,
      '^<user> was not found in (?:LDAP|DBI|[A-Za-z ]{2,32}) (?:directory|database) \\(<ip>\\)$',
    ),
    form(LOGIN_FAILED, '^User <user> \\(<ip>\\) (?:rejected|failed)'),
    form(LOGIN_SUCCEEDED, '^Session granted for <user> (?:by [A-Za-z]{1,32} )?\\(<ip>\\)$'),
    form(LOGIN_SUCCEEDED, '^User <user> successfully authenticated at level \\d{1,2}(?: \\(<ip>\\))?$'),
    form(LOGGED_OUT, '^User <user> has been disconnected(?: from [A-Za-z]{1,32})? \\(<ip>\\)$'),
  ],
});

const CAS_LINE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d [A-Z]{1,6} \d{4}\|/;
/** Apereo CAS's audit trail: WHEN|APPLICATION|WHAT|ACTION|WHO|CLIENT|SERVER. Names of clients may hold the bar. */
export const cas = appLog({
  name: 'apereo_cas',
  types: ['cas', 'apereo-cas', 'apereo-cas-audit'],
  programs: ['cas'],
  head: /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) [A-Z]{4,5} {1,2}\[org\.apereo\.inspektr\.audit\.[\w.]{1,96}\] - <?/,
  opens: opensWithYear,
  own: true,
  forms: [],
  more: casAudit,
});

function casAudit(message: string, fields: Parameters<typeof mean>[0]): boolean {
  const text = message.endsWith('>') ? message.slice(0, -1) : message;
  if (!CAS_LINE.test(text)) return false;
  const parts = text.split('|');
  if (parts.length < 7) return false;
  const exact = parts.length === 7;
  const action = exact ? parts[3] : parts.find((part) => /^AUTHENTICATION_(?:FAILED|SUCCESS)$/.test(part));
  if (action === undefined) return false;
  fields['event.code'] = action;
  if (action === 'AUTHENTICATION_FAILED') mean(fields, LOGIN_FAILED);
  else if (action === 'AUTHENTICATION_SUCCESS') mean(fields, LOGIN_SUCCEEDED);
  else mean(fields, APPLICATION_EVENT);
  setSource(fields, parts.at(-2) ?? '');
  const who = parts[4];
  if (exact && who && who !== 'audit:unknown') fields['user.name'] = who;
  return true;
}

/** authentik's events as JSON lines. */
export const authentik = jsonDecoder({
  name: 'authentik',
  programs: ['authentik', 'authentik-server', 'ak'],
  recogniseRecord: (record) =>
    typeof record.logger === 'string' && record.logger.startsWith('authentik.') && 'event' in record,
  decodeRecord(record, fields, context) {
    setDataset(fields, 'authentik', 'log');
    setTime(fields, isoInstant(textAt(record, 'timestamp') ?? '', context));
    const action = textAt(record, 'action');
    const event = textAt(record, 'event');
    const failed = action === 'login_failed' || event === 'invalid_login';
    // "invalid_login" tells what the event "login_failed" counts, where there is one; for unknown names there is none.
    if (failed) mean(fields, LOGIN_FAILED);
    else if (action === 'login') mean(fields, LOGIN_SUCCEEDED);
    else if (action === 'logout') mean(fields, LOGGED_OUT);
    else mean(fields, APPLICATION_EVENT);
    if (action !== undefined) fields['event.code'] = action;
    const client =
      textAt(record, 'client_ip') ?? (event?.startsWith('/') ? textAt(record, 'remote') : undefined);
    if (client !== undefined) setSource(fields, client);
    const user = failed
      ? (textAt(record, 'context', 'username') ?? textAt(record, 'identifier'))
      : textAt(record, 'user', 'username');
    if (user !== undefined && user !== 'AnonymousUser') fields['user.name'] = user;
    const pid = record.pid;
    if (typeof pid === 'number') fields['process.pid'] = pid;
    return true;
  },
});
