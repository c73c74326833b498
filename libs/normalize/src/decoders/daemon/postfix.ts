import { atLeast } from '../decoder.js';
import {
  CONNECTED,
  BROKE_PROTOCOL,
  DISCONNECTED,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  MAIL_ACCEPTED,
  MAIL_QUEUED,
  MAIL_REJECTED,
  REFUSED,
} from '../meanings.js';
import { form } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/**
 * "NAME[ADDRESS]" or "NAME[ADDRESS]:PORT" (smtpd_peer.c, namaddr). The name is the reverse DNS of the client and has no
 * bracket or space: postfix takes only valid host names.
 */
const CLIENT = String.raw`<host>\[<ip>\](?::<port>)?`;
/** postscreen writes the address in brackets with the port. */
const ADDRESS = String.raw`\[<ip>\]:<port>`;

const FORMS = [
  // smtpd_sasl_glue.c; since 3.7 with the name that was tried. Everything behind ": " may be the client's.
  form(
    LOGIN_FAILED,
    `^${CLIENT}: SASL [A-Za-z0-9-]{1,20} authentication failed: .{0,512}, sasl_username=<user>$`,
  ),
  form(LOGIN_FAILED, `^${CLIENT}: SASL [A-Za-z0-9-]{1,20} authentication failed:?(?: <reason>)?$`),
  form(LOGIN_FAILED, `^${CLIENT}: SASL [A-Za-z0-9-]{1,20} authentication aborted(?:: <reason>)?$`),
  // A name with a space or a comma would be ambiguous; xtext and the mechanisms allow neither.
  form(
    LOGIN_SUCCEEDED,
    `^[A-Za-z0-9]{1,24}: client=${CLIENT}(?:, orig_queue_id=[A-Za-z0-9]{1,24}, orig_client=\\S{1,300})?, sasl_method=[A-Za-z0-9-]{1,20}, sasl_username=(?<user>[^\\s,]{1,256})(?:, sasl_sender=\\S{1,256})?$`,
  ),
  form(MAIL_ACCEPTED, `^[A-Za-z0-9]{1,24}: client=${CLIENT}(?:,.{0,512})?$`),
  // smtpd_check.c and milters: the client stands before any word of the client's.
  form(
    MAIL_REJECTED,
    `^(?:NOQUEUE|[A-Za-z0-9]{1,24}): (?:reject|reject_warning|milter-reject|hold|discard|redirect|warn|filter|prepend|bcc): [A-Z][A-Za-z-]{1,40}(?: \\([^()]{1,40}\\))? from ${CLIENT}[:;] <reason>$`,
  ),
  form(MAIL_REJECTED, `^NOQUEUE: reject: [A-Z]{1,10} from ${ADDRESS}: <reason>$`),
  form(
    BROKE_PROTOCOL,
    `^(?:improper command pipelining|lost connection|timeout|too many errors|SSL_accept error|non-SMTP command|bare <LF> received|Illegal address syntax)(?: after [A-Z-]{1,20}(?: \\([^()]{1,60}\\))?)?(?: from| for) ${CLIENT}(?:[:;] ?.{0,2000})?$`,
  ),
  form(BROKE_PROTOCOL, `^SSL_accept error from ${CLIENT}(?:: <reason>)?$`),
  form(BROKE_PROTOCOL, `^non-SMTP command from ${CLIENT}: .{0,2000}$`),
  form(BROKE_PROTOCOL, `^Illegal address syntax from ${CLIENT} in .{0,2000}$`),
  form(BROKE_PROTOCOL, `^${CLIENT}: (?:offered null AUTH mechanism list|.{0,60}TLS.{0,200})$`),
  form(
    REFUSED,
    `^(?:Connection|Message delivery request|Recipient address|New TLS session|AUTH command|AUTH) (?:rate|concurrency) limit exceeded: \\d{1,9} from ${CLIENT} for service .{1,60}$`,
  ),
  form(
    REFUSED,
    `^(?:Connection|New TLS session|AUTH) (?:rate|concurrency) limit exceeded: \\d{1,9} from ${CLIENT} for service .{1,60}$`,
  ),
  form(CONNECTED, `^connect from ${CLIENT}$`),
  form(DISCONNECTED, `^disconnect from ${CLIENT}(?: .{0,200})?$`),
  // postscreen.
  form(CONNECTED, `^CONNECT from ${ADDRESS} to \\[<to>\\]:<toport>$`),
  form(BROKE_PROTOCOL, `^PREGREET \\d{1,9} after [0-9.]{1,12} from ${ADDRESS}: .{0,2000}$`),
  form(BROKE_PROTOCOL, `^HANGUP after [0-9.]{1,12} from ${ADDRESS} in .{1,80}$`),
  form(
    BROKE_PROTOCOL,
    `^(?:COMMAND (?:COUNT|TIME|LENGTH) LIMIT|COMMAND PIPELINING|NON-SMTP COMMAND|BARE NEWLINE|BDAT without .{1,20}) from ${ADDRESS}(?: (?:after|in) .{0,2000})?$`,
  ),
  form(REFUSED, `^DNSBL rank \\d{1,9} for ${ADDRESS}$`),
  form(REFUSED, `^(?:DENYLISTED|BLACKLISTED|NOQUEUE: reject: CONNECT from) ${ADDRESS}(?:[: ].{0,500})?$`),
  form(CONNECTED, `^(?:PASS (?:NEW|OLD)|WHITELISTED|ALLOWLISTED) ${ADDRESS}$`),
  form(DISCONNECTED, `^DISCONNECT ${ADDRESS}$`),
  // anvil and policy.
  form(REFUSED, `^client \\[?<ip>\\]? is (?:blocked|greylisted).{0,200}$`),
  form(CONNECTED, '^statistics: max .{1,60} for \\([^()]{1,60}:<ip>\\) at .{1,40}$'),
  form(CONNECTED, `^hostname \\S{1,255} does not resolve to address <ip>(?:: .{0,200})?$`),
  form(
    MAIL_QUEUED,
    '^[A-Za-z0-9]{1,24}: (?:from|to|message-id|uid|removed|header|warning|info)\(?![a-z]).{0,3000}$',
  ),
];

/** Postfix's smtpd, postscreen and anvil under any instance and service name. */
export const postfix = serviceDecoder({
  name: 'postfix',
  programs: ['postfix', 'postfix/smtpd', 'postfix/postscreen', 'postscreen'],
  programPattern: /^postfix(?:-[\w.-]{1,40})?\/[\w./-]{1,60}$/,
  forms: FORMS,
  lead: /^(?:(?:warning|error|fatal|info): )?/,
  after(message, fields) {
    if (message.startsWith('NOQUEUE: reject') || message.includes(': reject: ')) atLeast(fields, 'low');
    // Delivery reports of the queue are no attack, whatever syslog level they have.
    const sender = /^.* from=<([^<>\s]{1,320})> to=<([^<>\s]{1,320})> proto=[A-Z]{4,5}/.exec(message);
    if (!sender || fields['event.category'] !== 'email') return;
    fields['email.from.address'] = sender[1];
    fields['email.to.address'] = sender[2];
  },
});
