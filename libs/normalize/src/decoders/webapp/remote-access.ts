import { LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form } from '../message-form.js';
import { appLog } from './app-log.js';

const FROM =
  '^Authentication attempt from (?:\\[?<ip>\\]?|\\[[^\\]"]{2,256}\\]) for user "<user>" failed\\.$';

/** Apache Guacamole (logback, or java.util.logging in old releases). Below proxies the address is a list in brackets. */
export const guacamole = appLog({
  name: 'guacamole',
  types: ['apache-guacamole'],
  programs: ['guacamole', 'guacamole-client'],
  head: /^(?:\d\d:\d\d:\d\d\.\d{3} \[[^\]]{1,64}\] )?(?:WARNING:|WARN|INFO:?) +(?:o\.a\.g\.[\w.]{1,128} - )?/,
  opens: (line) =>
    line.includes('Authentication attempt from ') || line.includes(' successfully authenticated from '),
  forms: [
    form(LOGIN_FAILED, FROM),
    form(
      LOGIN_SUCCEEDED,
      '^User "<user>" successfully authenticated from (?:\\[?<ip>\\]?|\\[[^\\]"]{2,256}\\])\\.$',
    ),
  ],
  chain: /^Authentication attempt from \[(?<chain>[0-9A-Fa-f:., ]{2,256})\] for user /,
});
