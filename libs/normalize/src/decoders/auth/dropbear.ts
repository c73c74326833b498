import {
  BROKE_PROTOCOL,
  CONNECTED,
  DISCONNECTED,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  LOGIN_WITNESS,
} from '../meanings.js';
import { form } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** Dropbear (svr-auth*.c, svr-session.c): the address and port are the last words, or in angle brackets before the reason. */
export const dropbear = serviceDecoder({
  name: 'dropbear',
  programs: ['dropbear'],
  module: 'system',
  dataset: 'system.auth',
  forms: [
    form(LOGIN_FAILED, "^(?<reason>[Bb]ad (?:PAM )?password attempt) for '<user>' from <ip>:<port>$"),
    form(LOGIN_FAILED, "^(?<reason>[Ll]ogin attempt for nonexistent user)(?: '<user>')? from <ip>:<port>$"),
    form(LOGIN_FAILED, '^(?<reason>(?:[Ll]ogin attempt with wrong user|User) .{1,300}) from <ip>:<port>$'),
    form(LOGIN_FAILED, "^(?<reason>Pubkey auth attempt with .{1,60}) for '<user>' from <ip>:<port>$"),
    form(
      LOGIN_SUCCEEDED,
      "^(?:Password|PAM password|Password \\(PAM\\)|PAM) auth succeeded for '(?<user>[^']{1,256})' from <ip>:<port>$",
    ),
    form(
      LOGIN_SUCCEEDED,
      "^Pubkey auth succeeded for '(?<user>[^']{1,256})' with (?:\\S{1,40} )?key .{1,120} from <ip>:<port>$",
    ),
    form(LOGIN_SUCCEEDED, "^Auth succeeded with blank password for '(?<user>[^']{1,256})' from <ip>:<port>$"),
    form(CONNECTED, '^Child connection from <ip>:<port>$'),
    // Since 2016 the client stands first; before, it was the last word. Each failed try has had its own line.
    form(
      LOGIN_WITNESS,
      "^Exit before auth from <<ip>:<port>>: (?<reason>(?:\\(user '.{0,256}', [1-9]\\d{0,5} fails\\): )?Max auth tries reached.{0,300})$",
    ),
    form(
      LOGIN_WITNESS,
      "^Exit before auth from <<ip>:<port>>: (?<reason>\\(user '.{0,256}', [1-9]\\d{0,5} fails\\).{0,300})$",
    ),
    form(
      LOGIN_WITNESS,
      "^Exit before auth \\(user '.{0,256}', [1-9]\\d{0,5} fails\\): (?<reason>Max auth tries reached) - user '<user>' from <ip>:<port>$",
    ),
    form(BROKE_PROTOCOL, '^Exit before auth from <<ip>:<port>>: <reason>$'),
    form(BROKE_PROTOCOL, '^[Ee]xit before auth(?: \\(user .{0,300} fails\\))?: <reason>$'),
    form(DISCONNECTED, '^Exit \\((?<user>[^()\\s]{1,256})\\)(?: from <<ip>:<port>>)?: .{1,200}$'),
    form(DISCONNECTED, '^Exit: .{1,200}$'),
  ],
  // "[825] Jul 10 23:57:29 ", as it writes to standard error.
  lead: /^(?:\[\d{1,10}\] [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?/,
  bare: true,
});
