import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { isoInstant } from '../event-time.js';
import {
  BROKE_PROTOCOL,
  DISCONNECTED,
  LOGGED_OUT,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  LOGIN_WITNESS,
} from '../meanings.js';
import { form, mean, readForms, setPeer, setUserName } from '../message-form.js';
import { setDestination } from '../decoder.js';
import { serviceDecoder } from '../service-decoder.js';

/** "imap-login: Info: ", and a second tag where syslog's is "dovecot" for all of its processes. */
const LEAD =
  /^(?:dovecot: )?(?:[a-z0-9-]{1,30}(?:\([^()]{0,80}\))?(?:<[^<>]{0,64}>){0,2}: )?(?:(?:Info|Warning|Error|Debug|Fatal|Panic): )?(?:conn unix:[a-z/-]{1,40} \([^()]{0,60}\): )?(?:auth-worker(?:<\d{1,10}>|\(\d{1,10}\)): )?/;
/** "user=<NAME>, method=PLAIN, rip=A, rport=N, lip=B, lport=N, TLS, session=<S>" (login_log_format_elements). */
const LOGIN_DETAILS =
  /^(?:user=<(.{0,512}?)>)?(?:, )?(?:original_user=<[^<>]{0,512}>, )?(?:auth_user=<[^<>]{0,512}>, )?(?:method=([A-Za-z0-9-]{1,20}), )?rip=([0-9A-Fa-f:.]{2,45})(?:, rport=(\d{1,5}))?(?:, lip=([0-9A-Fa-f:.]{2,45}))?(?:, lport=(\d{1,5}))?(?=,|$)/;
/** login-common writes why it ended in parentheses, and its details behind ": ". */
const FAILED = /auth failed, (\d{1,6}) attempts/;
const NOT_TRIED =
  /no auth attempts|disconnected before auth|disconnected during TLS|not finished|client didn't finish|internal failure/;
const OTHER_FAILURE =
  /proxy dest auth failed|tried to use (?:disallowed plaintext auth|disabled plaintext auth|unsupported auth)|disallowed plaintext auth|auth failed|authorization failed|user disabled|cert required|client didn't send a cert|client sent an invalid cert|password expired|invalid user/;

/** "user=<" stands once, or nobody can tell which is the program's: names may hold anything. */
function details(message: string): RegExpExecArray | undefined {
  const at = message.indexOf('user=<');
  const rip = message.indexOf('rip=');
  if (at === -1 && rip === -1) return undefined;
  const start = at === -1 ? rip : at;
  if (message.indexOf(', rip=', start) !== message.lastIndexOf(', rip=')) return undefined;
  return LOGIN_DETAILS.exec(message.slice(start)) ?? undefined;
}

const LOGIN =
  /^(?:Login(?: aborted)?: |Disconnected|Aborted login|Maximum number of connections|Remote closed connection|Client has quit|Logged out|Connection closed|Internal|Too many|Inactivity|proxy\()/;

function loginLine(message: string, fields: EventFields): boolean {
  if (!LOGIN.test(message)) return false;
  const found = details(message);
  if (!found) return false;
  const [all, user = '', method, rip = '', rport, lip, lport] = found;
  const before = message.slice(0, message.indexOf(all));
  const failed = FAILED.exec(before);
  if (failed) {
    mean(fields, LOGIN_FAILED);
    if (Number(failed[1]) > 1) fields['labels.repeat_count'] = Number(failed[1]);
  } else if (message.startsWith('Login: ')) mean(fields, LOGIN_SUCCEEDED);
  else if (OTHER_FAILURE.test(before)) mean(fields, LOGIN_FAILED);
  else if (NOT_TRIED.test(before)) mean(fields, /TLS|SSL/.test(message) ? BROKE_PROTOCOL : DISCONNECTED);
  else mean(fields, DISCONNECTED);
  setUserName(fields, user);
  setPeer(fields, rip, rport);
  if (lip) setDestination(fields, lip, lport);
  if (method) fields['dovecot.method'] = method;
  return true;
}

/** "pam(user@example.com,192.0.2.1,<session>): reason", with the address where auth knows it (auth-request.c, get_log_prefix). */
const AUTH =
  /^[a-z][a-z0-9_-]{0,30}\((.{0,512}),([0-9A-Fa-f:.]{2,45})(?:,master)?(?:,(?:<[A-Za-z0-9+/=]{0,64}>)?)?\): (.{1,512})$/s;
/** Since 2.4: the user and the mechanism in the tag, "auth(user,192.0.2.1,sasl:login)<session>: sql: Password mismatch". */
const TAGGED =
  /^auth(?:-worker)?\((.{0,512}),([0-9A-Fa-f:.]{2,45}),(?:sasl:[a-z0-9-]{1,20}|[a-z0-9-]{1,30})\)(?:<[A-Za-z0-9+/=]{0,64}>)?: (?:(?:Info|Warning|Error|Debug): )?(.{1,512})$/s;
const AUTH_FAILED =
  /unknown user|[Pp]assword mismatch|pam_authenticate\(\) failed|pam_acct_mgmt\(\) failed|invalid credentials|[Aa]uthentication failure|user not found|credentials rejected|account is (?:locked|disabled)|Invalid password/;

function authLine(text: string, fields: EventFields): boolean {
  const message = text.replace(/^[a-z-]{1,20}\(default\): /, '');
  const found = AUTH.exec(message) ?? TAGGED.exec(message);
  if (!found) return false;
  const [, user = '', address = '', why = ''] = found;
  // "a,192.0.2.1): unknown user" may be a name: then the last parenthesis is the program's, and the first too.
  if (message.indexOf('): ') !== message.lastIndexOf('): ') || !AUTH_FAILED.test(why)) return false;
  mean(fields, LOGIN_WITNESS);
  setUserName(fields, user);
  setPeer(fields, address);
  // What was typed for a password is no reason, and nobody's business.
  fields['event.reason'] = why.replace(/ \((?:SHA1 of )?given password: .*\)$/, '');
  if (why.startsWith('unknown user')) fields['labels.invalid_user'] = true;
  return true;
}

const FORMS = [
  form(LOGGED_OUT, '^(?:Logged out|Disconnected: Logged out)(?: .{0,200})?$'),
  form(DISCONNECTED, '^(?:Connection closed|Disconnected)(?: .{0,200})?$'),
  form(LOGIN_FAILED, '^Authentication failed for user (?<user>[^\\s]{1,256}) from <ip>$'),
];

const service = serviceDecoder({
  name: 'dovecot',
  programs: [
    'dovecot',
    'dovecot-auth',
    'imap-login',
    'pop3-login',
    'managesieve-login',
    'submission-login',
    'auth-worker',
    'auth',
    'lmtp',
  ],
  forms: FORMS,
  file: {
    pattern:
      /^((?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d) (?=(?:imap-login|pop3-login|managesieve-login|submission-login|auth|auth-worker|dovecot)[:(]|Info: )/,
    time: isoInstant,
  },
  before(message, fields, header) {
    // The tag of "auth(user,…)" is part of the message when syslog's tag has taken it.
    const tag =
      header.program?.startsWith('auth') && header.program.includes(',') ? `${header.program}: ` : '';
    if (authLine(tag + message, fields)) return true;
    const text = message.replace(LEAD, '');
    if (loginLine(text, fields) || authLine(text, fields)) return true;
    if (readForms(FORMS, text, fields)) {
      // "imap(bob)<pid><session>: ": whose session it is, once he has proven who he is.
      const owner = /^(?:imap|pop3|lmtp|managesieve|submission)\(([^()\s]{1,256})\)/.exec(message);
      if (owner) setUserName(fields, owner[1] ?? '');
      return true;
    }
    const fatal = /^(?:Fatal|Panic): /.exec(message.replace(/^[a-z-]{1,30}: /, ''));
    if (!fatal) return false;
    classify(fields, 'process', 'error', EVENT_ACTION.serviceStopped, 'failure');
    atLeast(fields, 'medium');
    return true;
  },
});

/** Dovecot: log-ins of IMAP, POP3, ManageSieve and submission, and what its authentication says of them. */
export const dovecot: Decoder = {
  ...service,
  decode(message, header, fields, context) {
    const known = service.decode(message, header, fields, context);
    // PAM's line accompanies the one of imap-login, which says how many attempts there were.
    if (fields['event.action'] === EVENT_ACTION.pamAuthentication)
      fields['event.action'] = EVENT_ACTION.loginWitness;
    return known;
  },
};
