import { EVENT_ACTION } from '@parapet/contracts';
import type { EventFields } from '../decoder.js';
import { clfInstant, isoInstant, monthNumber, wallClock } from '../event-time.js';
import {
  BROKE_PROTOCOL,
  CONNECTED,
  DISCONNECTED,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  MAIL_ACCEPTED,
  MAIL_QUEUED,
  MAIL_REJECTED,
  REFUSED,
} from '../meanings.js';
import { form } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** OpenBSD's smtpd: the forms until 6.3 ("smtp-in: …") and since ("SESSION smtp …"). */
export const opensmtpd = serviceDecoder({
  name: 'opensmtpd',
  programs: ['smtpd', 'opensmtpd'],
  forms: [
    form(CONNECTED, '^New session [0-9a-f]{1,20} from host (?<host>\\S{1,255}) \\[(?:local|<ip>)\\]$'),
    form(MAIL_ACCEPTED, '^Accepted message [0-9a-f]{1,20} on session [0-9a-f]{1,20}: .{1,1000}$'),
    form(
      DISCONNECTED,
      '^(?:Received disconnect from session|Closing session) [0-9a-f]{1,20}(?:: .{0,200})?$',
    ),
    form(BROKE_PROTOCOL, '^(?:Disconnecting|Failed command on) session [0-9a-f]{1,20}: <reason>$'),
    form(
      CONNECTED,
      '^[0-9a-f]{16} smtp (?:event=)?connected address=(?:local|\\[?<ip>\\]?) host="?<host>"?$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^[0-9a-f]{16} smtp (?:event=)?authentication user="?(?<user>[^\\s"]{1,256})"? (?:address=<ip> host=\\S{1,255} )?result=ok$',
    ),
    form(
      LOGIN_FAILED,
      '^[0-9a-f]{16} smtp (?:event=)?authentication user="?<user>"? (?:address=<ip> host=\\S{1,255} )?result="?(?:permfail|tempfail).{0,60}$',
    ),
    form(
      LOGIN_FAILED,
      '^[0-9a-f]{16} smtp (?:event=)?failed-command (?:address=<ip> host=\\S{1,255} )?command="AUTH .{0,300}" result="5.{1,200}"$',
    ),
    form(
      MAIL_REJECTED,
      '^[0-9a-f]{16} smtp (?:event=)?failed-command (?:address=<ip> host=\\S{1,255} )?command=".{0,600}" result="(?<reason>.{1,300})"$',
    ),
    form(DISCONNECTED, '^[0-9a-f]{16} smtp (?:event=)?(?:disconnected|closed) .{0,300}$'),
    form(MAIL_ACCEPTED, '^[0-9a-f]{16} smtp (?:event=)?message .{0,1000}$'),
    form(MAIL_QUEUED, '^[0-9a-f]{16} (?:mta|mda|smtp) .{0,1000}$'),
  ],
  lead: /^(?:smtp(?:-in|-out)?: )?(?:info: )?/,
});

/** Perdition, a proxy for IMAP and POP3: the client's address stands first. */
export const perdition = serviceDecoder({
  name: 'perdition',
  programs: ['perdition'],
  programPattern: /^perdition\.[a-z0-9]{1,20}$/,
  forms: [
    form(
      LOGIN_FAILED,
      '^Auth: <ip>:<port>->\\[?<to>\\]?:<toport> .{0,300}authentication_id="<user>" server=".{0,255}".{0,200} status="failed(?:: (?<reason>[^"]{1,200}))?"$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^Auth: <ip>:<port>->\\[?<to>\\]?:<toport> .{0,300}authentication_id="(?<user>[^"]{1,256})" .{0,500} status="ok"$',
    ),
    form(
      BROKE_PROTOCOL,
      '^Fatal Error (?<reason>reading authentication information) from client <ip>:<port>->\\[?<to>\\]?:<toport>: .{0,200}$',
    ),
    form(CONNECTED, '^Connect: <ip>:<port>->\\[?<to>\\]?:<toport>(?: .{0,300})?$'),
    form(DISCONNECTED, '^Closing?: <ip>:<port>->\\[?<to>\\]?:<toport>(?: .{0,500})?$'),
  ],
});

/** solid-pop3d: the client is the last word, a name where DNS has one. */
export const solidPop3d = serviceDecoder({
  name: 'solid-pop3d',
  types: ['spop3d'],
  programs: ['solid-pop3d', 'spop3d'],
  forms: [
    form(
      LOGIN_FAILED,
      '^(?<reason>authentication failed: no such user): <user> - (?:\\S{1,255} \\[)?<ip>\\]?$',
    ),
    form(
      LOGIN_FAILED,
      "^(?<reason>(?:APOP )?authentication failed for user|can't find APOP secret for user|user not in .{0,40}:) <user> - (?:\\S{1,255} \\[)?<ip>\\]?$",
    ),
    form(LOGIN_FAILED, '^(?<reason>authentication failed): <user> - (?:\\S{1,255} \\[)?<ip>\\]?$'),
    form(
      LOGIN_FAILED,
      '^(?<reason>(?:root|non-root|user) login not allowed)(?:: <user>)? - (?:\\S{1,255} \\[)?<ip>\\]?$',
    ),
    form(LOGIN_SUCCEEDED, '^user (?<user>[^\\s]{1,256}) authenticated - (?:\\S{1,255} \\[)?<ip>\\]?$'),
    form(CONNECTED, '^connect from (?:\\S{1,255} \\[)?<ip>\\]?$'),
    form(
      DISCONNECTED,
      '^(?:session ended|connection timed out|timed out) .{0,200}- (?:\\S{1,255} \\[)?<ip>\\]?$',
    ),
  ],
});

/** Kerio Connect's security log. Addresses stand before the client's words or at the end. */
export const kerio = serviceDecoder({
  name: 'kerio',
  programs: ['kerio', 'mailserver'],
  dataset: 'kerio.security',
  forms: [
    form(MAIL_REJECTED, '^(?<reason>Attempt to deliver to unknown recipient) .{1,700}, IP address <ip>$'),
    form(BROKE_PROTOCOL, '^(?:SMTP Spam attack detected) from <ip>, <reason>$'),
    form(MAIL_REJECTED, '^IP address <ip> <reason>$'),
    form(MAIL_REJECTED, '^(?<reason>Relay attempt) from IP address <ip>, .{1,700}$'),
    form(
      LOGIN_FAILED,
      "^[A-Za-z0-9/() .-]{1,40}: (?:User|Invalid password for user|Account) <user>(?: doesn't exist| is (?:locked|disabled).{0,60})?\\. Attempt from IP address <ip>\\.?$",
    ),
    form(
      LOGIN_FAILED,
      '^Failed [A-Za-z0-9/]{1,20} login from <ip>(?:, user <user>)?(?: with SASL method [A-Z0-9-]{1,20})?\\.?$',
    ),
    form(LOGIN_FAILED, '^Administration login into .{1,60} from <ip> failed: <reason>$'),
    form(MAIL_REJECTED, '^Message from IP address <ip>, sender .{0,400}rejected: <reason>$'),
    form(REFUSED, '^Client with IP address <ip> <reason>$'),
    form(REFUSED, '^(?:Directory harvest attack|Too many .{1,60}) (?:from|detected from) <ip>.{0,300}$'),
  ],
  file: {
    pattern: /^\[(\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] /,
    time: (text, context) => clfInstant(text.replace(' ', ':'), context),
  },
});

/** Domino's console log: "smtp: NAME [ADDRESS] authentication failure using internet password". */
export const domino = serviceDecoder({
  name: 'domino',
  types: ['domino-smtp'],
  programs: ['domino'],
  forms: [
    form(
      LOGIN_FAILED,
      '^SMTP Server(?: \\[[0-9A-F:-]{1,30}\\])?:? Authentication failed for user <user> ?; connecting host \\[?<ip>\\]?$',
    ),
    form(LOGIN_FAILED, '^[a-z0-9]{1,12}: <user> \\[<ip>\\] authentication failure using internet password$'),
    form(LOGIN_FAILED, '^[a-z0-9]{1,12}: .{0,512} <ip> authentication failure using internet password$'),
  ],
  file: {
    pattern:
      /^(?:\[[0-9A-Fa-f:-]{1,40}\] +)?(\d{2,4}[-/.]\d\d[-/.]\d{2,4} \d\d:\d\d:\d\d)(?: [AP]M)? +(?=SMTP |[a-z0-9]{1,12}: )/,
    time(text, context) {
      const iso = isoInstant(text, context);
      if (iso !== undefined) return iso;
      const at = /^(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d):(\d\d)/.exec(text);
      if (!at) return undefined;
      const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = at.slice(1).map(Number);
      return wallClock({ year, month, day, hour, minute, second }, context);
    },
  },
});

/** ASSP, a filtering SMTP proxy: the client's address stands before anything that it wrote. */
export const assp = serviceDecoder({
  name: 'assp',
  programs: ['assp'],
  forms: [
    form(BROKE_PROTOCOL, '^<ip> SSL negotiation with client failed: <reason>$'),
    form(
      LOGIN_FAILED,
      '^<ip> (?:<[^<>\\s]{0,320}> )?(?:to: \\S{1,320} )?\\[SMTP Error\\] (?<reason>535 .{0,300})$',
    ),
    form(REFUSED, '^Blocking <ip> - (?<reason>too much AUTH errors .{0,40})$'),
    form(LOGIN_FAILED, '^<ip> (?<reason>max sender authentication errors \\(\\d{1,6}\\) exceeded).{0,200}$'),
    form(MAIL_REJECTED, '^<ip> <(?<from>[^<>\\s]{0,320})> to: \\S{1,320} <reason>$'),
    form(MAIL_REJECTED, '^<ip> (?:<[^<>\\s]{0,320}> )?\\[SMTP Error\\] <reason>$'),
  ],
  file: {
    pattern:
      /^([A-Z][a-z]{2}-\d\d-\d\d \d\d:\d\d:\d\d) (?:[a-z0-9]{1,4}-\d{3,6}-\d{3,6} )?(?:\[[A-Za-z0-9_-]{1,30}\] ){0,4}/,
    time(text, context) {
      const [, name = '', day, year, hour, minute, second] =
        /^(...)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)/.exec(text) ?? [];
      const [d = 0, y = 0, h = 0, m = 0, s = 0] = [day, year, hour, minute, second].map(Number);
      return wallClock(
        { year: 2000 + y, month: monthNumber(name), day: d, hour: h, minute: m, second: s },
        context,
      );
    },
  },
});

const SPAM: Meaning = { ...MAIL_REJECTED, action: EVENT_ACTION.mailRejected, type: 'info' };

/** MailScanner: "Message ID from ADDRESS (SENDER) to DOMAIN is spam, …". */
export const mailscanner = serviceDecoder({
  name: 'mailscanner',
  programs: ['MailScanner'],
  forms: [
    form(
      SPAM,
      '^Message [A-Za-z0-9.-]{1,40} from <ip> \\(.{0,400}\\) to .{0,400} is (?:spam|too big|polluted)(?<reason>.{0,512})',
    ),
    form(MAIL_QUEUED, '^Message [A-Za-z0-9.-]{1,40} from <ip> \\(.{0,400}\\) .{0,2000}$'),
  ],
});

const WEB_ACTION: Meaning = { category: 'web', type: 'access', action: EVENT_ACTION.connection };

/** Sympa's web interface: "[robot …] [session …] [client ADDRESS] [user …] text". */
export const sympa = serviceDecoder({
  name: 'sympa',
  programs: ['wwsympa', 'sympa', 'sympa_msg'],
  forms: [
    form(
      LOGIN_FAILED,
      '^(?:info|notice|err(?:or)?) main::[A-Za-z0-9_]{0,40}(?:\\([^\\[\\]]{0,300}\\))? \\[robot \\S{1,255}\\] \\[session [0-9a-f]{0,40}\\] \\[client <ip>\\](?: \\[user [^\\[\\]\\s]{1,256}\\])?(?: \\[list [^\\[\\]]{1,100}\\])? (?<reason>(?:Incorrect password|Authentication failed|.{0,20}Unknown user|do_login.{0,100}failed).{0,300})$',
    ),
    form(
      { ...WEB_ACTION, type: 'denied', outcome: 'failure', severity: 'low' },
      '^(?:info|notice|err(?:or)?) main::[A-Za-z0-9_]{0,40}(?:\\([^\\[\\]]{0,300}\\))? \\[robot \\S{1,255}\\] \\[session [0-9a-f]{0,40}\\] \\[client <ip>\\](?: \\[user (?<user>[^\\[\\]\\s]{1,256})\\])?(?: \\[list [^\\[\\]]{1,100}\\])? (?<reason>(?:Access denied|Authorization reject).{0,400})$',
    ),
    form(
      WEB_ACTION,
      '^(?:info|notice|err(?:or)?|debug) main::[A-Za-z0-9_]{0,40}(?:\\([^\\[\\]]{0,300}\\))? \\[robot \\S{1,255}\\] \\[session [0-9a-f]{0,40}\\] \\[client <ip>\\](?: \\[user (?<user>[^\\[\\]\\s]{1,256})\\])?(?: .{0,3000})?$',
    ),
  ],
});

/** The value of an XML attribute: the program escapes quotes, so a quote ends it. */
function attribute(record: string, pattern: RegExp): string | undefined {
  return pattern.exec(record)?.[1];
}

/** Oracle Communications Messaging Server: connection records as XML; tr="TCP|our address|port|client|port". */
export const oracleims = serviceDecoder({
  name: 'oracleims',
  programs: ['oracleims'],
  forms: [
    form(
      LOGIN_FAILED,
      '^<co ts=".{10,30}" .{0,300} ac="U" tr="TCP\\|<to>\\|<toport>\\|<ip>\\|<port>" .{0,100}(?:mi="(?:Bad password|No such user|Authentication failed|.{0,60}fail)[^"]{0,60}") .{0,600}$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^<co ts=".{10,30}" .{0,300} ac="U" tr="TCP\\|<to>\\|<toport>\\|<ip>\\|<port>" .{0,600}$',
    ),
    form(
      CONNECTED,
      '^<co ts=".{10,30}" .{0,300} ac="[OB+]" tr="TCP\\|<to>\\|<toport>\\|<ip>\\|<port>" .{0,600}$',
    ),
    form(
      DISCONNECTED,
      '^<co ts=".{10,30}" .{0,300} ac="[CXY]" tr="TCP\\|<to>\\|<toport>\\|<ip>\\|<port>" .{0,600}$',
    ),
  ],
  bare: true,
  after(message: string, fields: EventFields) {
    const user = attribute(message, / us="([^"]{1,256})"/);
    if (user) fields['user.name'] = user;
    const reason = attribute(message, / mi="([^"]{1,256})"/);
    if (reason) fields['event.reason'] = reason;
  },
});
