import {
  BROKE_PROTOCOL,
  CONNECTED,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  MAIL_QUEUED,
  MAIL_REJECTED,
  REFUSED,
} from '../meanings.js';
import { form, mean } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** "name [address] (may be forged)": the name is reverse DNS, "IDENT:user@" may stand before it. */
const RELAY = String.raw`(?:(?:[^\s@]{1,100}@)?<host> {1,2})?\[<ip>\](?: \(may be forged\))?`;

const FORMS = [
  form(
    MAIL_REJECTED,
    `^ruleset=[A-Za-z_]{1,40}, arg1=.{0,600}?, relay=${RELAY}, (?:reject|quarantine|discard)=<reason>$`,
  ),
  form(REFUSED, `^rejecting commands from ${RELAY} due to <reason>$`),
  form(REFUSED, `^rejecting commands from {1,2}\\[<ip>\\] due to <reason>$`),
  // saslauth.c: what was tried stands before ", relay=", which is the last word.
  form(
    LOGIN_FAILED,
    `^AUTH failure \\([^()]{1,20}\\): .{0,600}, user=(?<user>[^,\\s]{0,256}), relay=${RELAY}$`,
  ),
  form(LOGIN_FAILED, `^AUTH failure \\([^()]{1,20}\\): .{0,600}, relay=${RELAY}$`),
  form(
    LOGIN_SUCCEEDED,
    `^AUTH=server, relay=${RELAY}, authid=(?<user>[^,\\s]{1,256}), mech=[A-Z0-9-]{1,20}, bits=\\d{1,4}$`,
  ),
  form(REFUSED, `^${RELAY}: possible SMTP attack: command=[A-Z]{1,10}, count=\\d{1,6}$`),
  form(REFUSED, `^POSSIBLE ATTACK from ${RELAY}: .{1,300}$`),
  form(REFUSED, `^${RELAY}: (?:[Ee][Xx][Pp][Nn]|[Vv][Rr][Ff][Yy]|[Ee][Tt][Rr][Nn]) .{0,300} \\[rejected\\]$`),
  form(BROKE_PROTOCOL, `^${RELAY} did not issue MAIL/EXPN/VRFY/ETRN during connection to .{1,60}$`),
  form(BROKE_PROTOCOL, `^lost input channel from ${RELAY} to .{1,60}$`),
  form(
    BROKE_PROTOCOL,
    `^(?:timeout|collect: premature EOM|SYSERR.{0,60}|unexpected close).{0,100} (?:from|on connection from) ${RELAY}.{0,200}$`,
  ),
  form(BROKE_PROTOCOL, `^STARTTLS=server, relay=${RELAY}, (?:version=NONE|reject|error).{0,300}$`),
  form(CONNECTED, `^STARTTLS=(?:server|client), relay=${RELAY}, .{0,400}$`),
  form(CONNECTED, `^NOQUEUE: connect from ${RELAY}$`),
  form(MAIL_QUEUED, `^from=.{0,600}, size=\\d{1,15}, .{0,600}, relay=${RELAY}$`),
  form(
    MAIL_REJECTED,
    '^<?[^\\s]{1,320}>?\\.\\.\\. (?<reason>User unknown|No such user here|.{0,80}(?:[Dd]enied|[Rr]ejected).{0,200})$',
  ),
  form(MAIL_QUEUED, '^to=.{0,1000}, (?:delay|xdelay|mailer|stat)=.{0,1000}$'),
];

/** Two of them: the first may stand in an address that the client gave. */
const SECOND_RELAY = /, relay=.*, relay=/s;

/** Sendmail's daemons under the names that distributions give them. */
export const sendmail = serviceDecoder({
  name: 'sendmail',
  types: ['sendmail-auth', 'sendmail-reject'],
  programs: ['sendmail', 'sm-mta', 'sm-msp-queue', 'sm-acceptingconnections', 'sm-que'],
  programPattern: /^sm-[a-z-]{1,30}$/,
  forms: FORMS,
  lead: /^(?:[A-Za-z0-9]{10,20}: )?/,
  before(message, fields) {
    if (!message.startsWith('ruleset=') || !SECOND_RELAY.test(message.slice(0, 4096))) return false;
    mean(fields, MAIL_REJECTED);
    fields['labels.ambiguous'] = true;
    return true;
  },
  after(message, fields) {
    const sender = /^from=<([^<>\s,]{1,320})>, size=/.exec(message);
    if (sender) fields['email.from.address'] = sender[1];
  },
});
