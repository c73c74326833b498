import type { Decoder } from '../decoder.js';
import {
  CONNECTED,
  DISCONNECTED,
  LOGGED_OUT,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  MAIL_REJECTED,
} from '../meanings.js';
import { form } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** "name [address]" or "name[address]"; the name is reverse DNS. */
const PEER = String.raw`(?:<host> ?)?\[<ip>\]`;

/** Cyrus imapd, pop3d, timsieved (imapd.c, pop3d.c, timsieved/parser.c). */
export const cyrus = serviceDecoder({
  name: 'cyrus',
  types: ['cyrus-imap', 'sieve', 'timsieved'],
  programs: ['cyrus', 'timsieved', 'sieve', 'nntpd', 'httpd-cyrus'],
  programPattern: /^cyrus\/[a-z0-9_-]{1,30}$/,
  forms: [
    form(
      LOGIN_FAILED,
      `^badlogin: ${PEER} (?:plaintext|login|apop) (?<user>[^\\s]{1,256}) (?<reason>(?:SASL|\\[SASL|authentication|invalid|user not|.{0,40}disabled).{0,400})$`,
    ),
    form(LOGIN_FAILED, `^badlogin: ${PEER} (?:plaintext|login|apop)(?: <reason>)?$`),
    form(
      LOGIN_FAILED,
      `^badlogin: ${PEER} [A-Za-z0-9_-]{1,24} (?:\\((?<user>[^()\\s]{1,256})\\) )?\\[?<reason>$`,
    ),
    form(LOGIN_SUCCEEDED, `^login: ${PEER} (?<user>[^\\s]{1,256}) [A-Za-z0-9_+-]{1,30}(?: .{0,300})?$`),
    form(CONNECTED, `^(?:accepted connection|connection from) (?:from )?${PEER}$`),
    form(LOGGED_OUT, '^USAGE (?<user>[^\\s]{1,256}) user: .{1,200}$'),
  ],
  lead: /^(?:\d{8}T\d{6} )?/,
});

/** Courier's IMAP and POP3 servers (liblog of courier-imap) and its ESMTP server (submit.C, courieresmtpd). */
export const courier = serviceDecoder({
  name: 'courier',
  types: ['courier-auth', 'courier-smtp', 'courier-imap'],
  programs: [
    'courieresmtpd',
    'courierpop3login',
    'courierimaplogin',
    'courierpop3d',
    'courierimapd',
    'courierd',
    'authdaemond',
    'imapd-ssl',
    'pop3d-ssl',
    'esmtpd',
    'esmtpd-msa',
    'esmtpd-ssl',
    'courieresmtpd-ssl',
  ],
  forms: [
    form(
      LOGIN_FAILED,
      '^LOGIN FAILED, user=<user>, ip=\\[<ip>\\](?:, port=\\[<port>\\])?(?:, protocol=[A-Z0-9]{1,8})?$',
    ),
    form(
      LOGIN_FAILED,
      '^LOGIN FAILED, (?:method=[A-Za-z0-9-]{1,24}, )?ip=\\[<ip>\\](?:, port=\\[<port>\\])?$',
    ),
    form(
      LOGIN_FAILED,
      '^LOGIN FAILED, user=<user>, (?:method=[A-Za-z0-9-]{1,24}, )?ip=\\[<ip>\\](?:, port=\\[<port>\\])?$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^LOGIN, user=<user>, ip=\\[<ip>\\](?:, port=\\[<port>\\])?(?:, protocol=[A-Z0-9]{1,8})?(?:, stls=\\d)?$',
    ),
    form(
      LOGGED_OUT,
      '^(?:LOGOUT|DISCONNECTED|TIMEOUT), user=(?<user>[^,]{0,256}), ip=\\[<ip>\\](?:, port=\\[<port>\\])?(?:, .{0,300})?$',
    ),
    form(CONNECTED, '^Connection, ip=\\[<ip>\\](?:, port=\\[<port>\\])?$'),
    form(DISCONNECTED, '^(?:LOGOUT|DISCONNECTED|TIMEOUT|Disconnected), ip=\\[<ip>\\](?:, .{0,300})?$'),
    form(LOGIN_FAILED, '^error,relay=<ip>,(?:port=<port>,)?msg="535 .{1,80}",cmd: .{0,600}$'),
    form(MAIL_REJECTED, '^error,relay=<ip>,(?:port=<port>,)?<reason>$'),
    form(CONNECTED, '^started,ip=\\[<ip>\\](?:,port=\\[<port>\\])?$'),
  ],
});

/** UW-IMAP's imapd and ipop3d (imapd.c): the host's address is the last word. */
export const uwimap = serviceDecoder({
  name: 'uwimap',
  types: ['uwimap-auth', 'uw-imap'],
  programs: ['ipop2d', 'ipop3d', 'imapsd', 'ipop3sd'],
  forms: [
    form(
      LOGIN_FAILED,
      `^Login (?:failed|excessive login failures|disabled|refused|SYSTEM BREAK-IN ATTEMPT)(?: user=(?<user>[^\\s]{0,256}) auth=[^\\s]{0,256}| .{1,300})? host=${PEER}$`,
    ),
    form(LOGIN_FAILED, `^(?:AUTHENTICATE|APOP|LOGIN) [A-Z0-9-]{0,24} ?(?:failure|failed) host=${PEER}$`),
    form(
      LOGIN_SUCCEEDED,
      `^(?:Login|Authenticated|Auth) user=(?<user>[^\\s]{1,256})(?: auth=[^\\s]{0,256})? host=${PEER}(?: .{0,200})?$`,
    ),
    form(
      LOGGED_OUT,
      `^(?:Logout|Autologout|Killed \\(.{1,60}\\)|Command stream end of file,? .{0,60}) user=(?<user>[^\\s]{1,256})(?: .{0,100})? host=${PEER}$`,
    ),
    form(CONNECTED, '^(?:imap|imaps|pop3|pop3s) (?:SSL )?service init from <ip>$'),
  ],
});

/** The programs that several servers name alike: each is asked in turn. */
const ALIKE = [cyrus, courier, uwimap];

export const imapd: Decoder = {
  name: 'imapd',
  types: ['pop3d'],
  programs: ['imapd', 'pop3d', 'imap', 'pop3', 'imaps', 'pop3s', 'lmtpd', 'lmtpunix'],
  decode(message, header, fields, context) {
    for (const decoder of ALIKE) {
      if (!decoder.decode(message, header, fields, context)) continue;
      fields['labels.decoder'] = decoder.name;
      return true;
    }
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.syslog';
    return false;
  },
};
