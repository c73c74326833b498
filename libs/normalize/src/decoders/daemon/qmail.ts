import {
  BROKE_PROTOCOL,
  CONNECTED,
  DISCONNECTED,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  MAIL_REJECTED,
  REFUSED,
} from '../meanings.js';
import { form } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

const FORMS = [
  form(MAIL_REJECTED, '^rblsmtpd: <ip> pid \\d{1,10}:? <reason>$'),
  form(MAIL_REJECTED, '^(?:rblsmtpd: )?[A-Za-z0-9.-]{1,120} blocked <ip> <reason>$'),
  form(MAIL_REJECTED, '^<ip> pid \\d{1,10}:? <reason>$'),
  form(MAIL_REJECTED, '^(?:qmail-smtpd: )?(?<reason>4\\d\\d badiprbl): ip <ip> rbl: .{1,200}$'),
  form(
    MAIL_REJECTED,
    '^qmail-smtpd: .{0,300}\\(?(?:denied|rejected|not accepted|blocked).{0,60} (?:from|by) (?:\\S{1,255} )?\\[?<ip>\\]?\\)?$',
  ),
  form(REFUSED, '^tcpserver: deny \\d{1,10} .{0,200}:<ip>:.{0,60}:<port>$'),
  form(
    CONNECTED,
    '^tcpserver: ok \\d{1,10} [^\\s:]{0,255}:[0-9A-Fa-f.]{0,45}:\\d{0,5} (?<host>[^\\s:]{0,255}):<ip>:[^\\s:]{0,64}:<port>$',
  ),
  form(CONNECTED, '^tcpserver: pid \\d{1,10} from <ip>$'),
  form(DISCONNECTED, '^tcpserver: (?:end|status).{0,100}$'),
  form(BROKE_PROTOCOL, '^qmail-smtpd: .{0,100}(?:read|timeout|bare LF).{0,200}$'),
  // vpopmail's vchkpw: ":ADDRESS" is the last word.
  form(
    LOGIN_FAILED,
    '^vchkpw-[a-z0-9]{1,20}: (?<reason>vpopmail user not found|user not found|invalid user/domain characters|null password given|No user|access denied|system user not found|system password fail) <user>:<ip>$',
  ),
  form(
    LOGIN_FAILED,
    '^vchkpw-[a-z0-9]{1,20}: (?<reason>password fail)(?: \\(pass: .{0,200}\\))? <user>:<ip>$',
  ),
  form(
    LOGIN_SUCCEEDED,
    '^vchkpw-[a-z0-9]{1,20}: \\([A-Za-z0-9-]{1,20}\\) login success (?<user>[^\\s]{1,256}):<ip>$',
  ),
];

/** qmail with rblsmtpd, tcpserver and vpopmail's password check. */
export const qmail = serviceDecoder({
  name: 'qmail',
  programs: ['qmail', 'rblsmtpd', 'qmail-smtpd', 'tcpserver', 'vpopmail', 'vchkpw-smtp', 'vchkpw-pop3'],
  forms: FORMS,
  lead: /^(?:\d{10}\.\d{6} )?/,
});
