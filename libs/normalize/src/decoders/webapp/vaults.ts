import { LOGIN_FAILED } from '../meanings.js';
import { form } from '../message-form.js';
import { appLog, opensWithBracket, opensWithYear } from './app-log.js';

/** Vaultwarden (before: bitwarden_rs). It writes the address before the name that the client gave. */
export const vaultwarden = appLog({
  name: 'vaultwarden',
  types: ['bitwarden_rs'],
  programs: ['vaultwarden', 'bitwarden_rs'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(?: ?[+-]\d\d:?\d\d)?)\] ?\[(?:vaultwarden|bitwarden_rs)(?:::[a-z_0-9]{1,32}){0,8}\] ?\[[A-Z]{4,5}\] /,
  own: true,
  opens: opensWithBracket,
  forms: [
    form(
      LOGIN_FAILED,
      '^Username or password is incorrect\\. Try again[.!]? IP: <ip>\\. Username: <user>\\.$',
    ),
    form(LOGIN_FAILED, '^Invalid admin token[.!] IP: <ip>(?:\\. Username: <user>)?$'),
    form(LOGIN_FAILED, '^Invalid TOTP code! Server time: [\\d: -]{16,32} [A-Z]{2,5} IP: <ip>$'),
    form(
      LOGIN_FAILED,
      '^(?:Token is invalid|Invalid [A-Za-z0-9 -]{1,40}|2FA token not provided)[.!]? IP: <ip>$',
    ),
    form(
      LOGIN_FAILED,
      '^(?:This user has been disabled|Please verify your email before trying again|[A-Z][A-Za-z ,]{4,100})[.!] IP: <ip>\\. Username: <user>\\.$',
    ),
  ],
});

/** Bitwarden's own server (Identity). */
export const bitwarden = appLog({
  name: 'bitwarden',
  types: ['bitwarden-identity'],
  programs: ['bitwarden', 'bitwarden-identity', 'bitwarden-admin', 'bitwarden-api'],
  head: /^(?:(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d) )?\[[A-Za-z]{3,11}\] /,
  opens: opensWithYear,
  forms: [
    form(LOGIN_FAILED, '^Failed login attempt, 2FA invalid\\. <ip>$'),
    form(LOGIN_FAILED, '^Failed login attempt\\. <ip>$'),
    form(LOGIN_FAILED, '^Failed login attempt\\. <user> <ip>$'),
  ],
});
