import type { EventFields } from '../decoder.js';
import { isoInstant } from '../event-time.js';
import {
  BROKE_PROTOCOL,
  CONNECTED,
  DISCONNECTED,
  LOGIN_FAILED,
  MAIL_ACCEPTED,
  MAIL_QUEUED,
  MAIL_REJECTED,
  REFUSED,
} from '../meanings.js';
import { form } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/**
 * "name (helo) [address]:port" (host_and_ident, sender_fullhost). Name and HELO are the client's choice; exim takes neither
 * spaces nor parentheses in them (helo_allow_chars), so the bracket behind a space is its own.
 */
const HOST = String.raw`(?:(?<host>[\w.-]{1,255}) )?(?:\([^()\s]{0,255}\) )?\[<ip>\](?::<port>)?`;
/** I= (our address), U= (ident), Ci= and the like. */
const MORE = String.raw`(?: I=\[<to>\](?::<toport>)?)?(?: (?!I=)[A-Z][A-Za-z]{0,3}=(?!<)[^\s=]{1,255}){0,8}`;
/** TLS details and the like before F=, which begins what the client wrote. */
const H = `H=${HOST}${MORE}`;

const FORMS = [
  form(
    LOGIN_FAILED,
    `^[a-z0-9_-]{1,40} authenticator failed for ${HOST}${MORE}: (?:[45]\\d\\d )(?<reason>[^()]{1,200}?)(?: \\(set_id=<user>\\))?(?:: \\d+ Time\\(s\\))?$`,
  ),
  form(LOGIN_FAILED, `^[a-z0-9_-]{1,40} authenticator failed for ${HOST}${MORE}: <reason>$`),
  form(
    MAIL_REJECTED,
    `^${H}(?: F=<?[^\\s]{0,320}>?)?(?: A=[^\\s]{1,200})? (?:temporarily )?(?:rejected|discarded|sender verify|sender verification|rejection|Warning)(?<reason>.{1,512})$`,
  ),
  form(REFUSED, `^${H} (?:temporarily )?(?:rejected connection|refused|dropped)(?<reason>.{0,512})$`),
  form(
    BROKE_PROTOCOL,
    `^SMTP protocol synchronization error \\([^()]{1,120}\\): rejected (?:connection from|".{0,300}") ${H}(?: (?:next )?input=.{0,2000})?$`,
  ),
  form(
    BROKE_PROTOCOL,
    `^SMTP protocol error in ".{0,300}" ${H} (?<reason>(?:[A-Z]{2,20} command|[A-Z0-9-]{2,20} authentication|STARTTLS|unrecognized|.{0,60}(?:not advertised|not supported))[^"\\[\\]]{0,200})$`,
  ),
  form(BROKE_PROTOCOL, `^SMTP call from ${HOST}${MORE} dropped: <reason>$`),
  form(BROKE_PROTOCOL, `^no MAIL in (?:SMTP|SMTPS|ESMTP|TLS) connection from ${HOST}${MORE}.{0,300}$`),
  form(BROKE_PROTOCOL, `^(?:SMTP )?syntax error in ".{0,300}" ${H}(?: <reason>)?$`),
  form(BROKE_PROTOCOL, `^SMTP syntax error in ".{0,300}" ${H}(?: <reason>)?$`),
  form(BROKE_PROTOCOL, `^TLS error on (?:SMTP )?connection from ${HOST}${MORE}(?: \\(|: |$)<reason>?$`),
  form(
    BROKE_PROTOCOL,
    `^(?:unexpected disconnection|unexpected disconnection while reading SMTP command) from ${HOST}${MORE}(?: <reason>)?$`,
  ),
  form(
    BROKE_PROTOCOL,
    `^SMTP data timeout \\([^()]{1,80}\\) on connection from ${HOST}${MORE}(?: <reason>)?$`,
  ),
  form(BROKE_PROTOCOL, `^SMTP command timeout on (?:TLS )?connection from ${HOST}${MORE}(?: <reason>)?$`),
  form(REFUSED, `^SMTP connection from ${HOST}${MORE} closed by DROP in ACL(?: <reason>)?$`),
  form(DISCONNECTED, `^SMTP connection from ${HOST}${MORE} (?:lost|closed by QUIT).{0,200}$`),
  form(CONNECTED, `^SMTP connection from ${HOST}${MORE}(?: \\(TCP/IP connection count = \\d{1,6}\\))?$`),
  form(
    REFUSED,
    `^(?:[Cc]onnection from|refused connection from|Connection refused from) ${HOST}${MORE}(?: (?:refused|closed|rejected).{0,300}| \\(.{0,200}\\))?$`,
  ),
  form(CONNECTED, '^no host name found for IP address <ip>$'),
  form(
    CONNECTED,
    `^no IP address found for host \\S{1,255} \\(during SMTP connection from ${HOST}${MORE}\\)$`,
  ),
  form(
    CONNECTED,
    '^(?:list matching forced to fail: )?failed to find (?:host name|IP address) for <ip>.{0,200}$',
  ),
  // A message that came: "<= sender H=… P=… S=…". The sender is the client's and has no space.
  form(MAIL_ACCEPTED, `^<= [^\\s]{1,320}(?: [RUD]=[^\\s]{1,100})? ${H}(?: .{0,2000})?$`),
  form(
    MAIL_REJECTED,
    `^F=<?[^\\s]{0,320} ${H} (?:P=[a-z]{1,12} )?(?:temporarily )?rejected (?<reason>.{1,512})$`,
  ),
  form(
    MAIL_REJECTED,
    `^SA: Action: .{1,600}\\(host=(?<host>[\\w.-]{1,255}|NULL) \\[<ip>\\]\\) for [^\\s\\[\\]]{1,1000}$`,
  ),
  form(MAIL_QUEUED, '^(?:=>|->|\\*\\*|==|\\*>|Completed|Frozen|removed).{0,2000}$'),
];

const RECIPIENT = / rejected RCPT <([^<>\s]{1,320})>/;

function recipients(message: string, fields: EventFields): void {
  if (fields['event.category'] !== 'email') return;
  const from = / F=<([^<>\s]{1,320})> /.exec(message);
  if (from) fields['email.from.address'] = from[1];
  const to = RECIPIENT.exec(message);
  if (to) fields['email.to.address'] = to[1];
}

/** Exim's main and reject log, its own files and syslog. */
export const exim = serviceDecoder({
  name: 'exim',
  types: ['exim4', 'exim-spam'],
  programs: ['exim', 'exim4', 'exim-mainlog', 'exim-rejectlog'],
  forms: FORMS,
  // A repeated time, "[pid]", and a message id of either length (4.97 made them longer).
  lead: /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?(?:\[\d{1,10}\] )?(?:[A-Za-z0-9]{6}-[A-Za-z0-9]{6,11}-[A-Za-z0-9]{2,4} )?/,
  file: {
    pattern:
      /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})?) (?!\S{1,255} \S{1,40}\[\d{1,10}\]: )/,
    time: isoInstant,
  },
  after: recipients,
});
