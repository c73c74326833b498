import { EVENT_ACTION } from '@parapet/contracts';
import { LOGGED_OUT, LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form, mean } from '../message-form.js';
import { setSource } from '../decoder.js';
import { parseJsonRecord, textAt } from '../json/index.js';
import { appLog, opensWithBracket } from './app-log.js';
import { APPLICATION_EVENT, LOGIN_STEP, REQUEST_DENIED, USER_ADDED } from './meanings.js';

export const phpMyAdmin = appLog({
  name: 'phpmyadmin',
  types: ['phpmyadmin-syslog'],
  programs: ['phpMyAdmin', 'phpmyadmin'],
  forms: [
    form(LOGIN_FAILED, '^user denied: <user> \\([a-z-]{1,32}\\) from <ip>$'),
    form(LOGIN_FAILED, '^user denied: <user> from <ip>$'),
    form(LOGIN_SUCCEEDED, '^user authenticated: <user> from <ip>$'),
  ],
});

/**
 * Drupal's syslog module: base_url|timestamp|type|ip|request_uri|referer|uid|link|message. The address stands before all that a client
 * writes, the message last.
 */
const DRUPAL = '^https?://[^|\\s]{1,255}\\|\\d{9,11}\\|[^|]{1,64}\\|<ip>\\|.{0,3072}\\|';
export const drupal = appLog({
  name: 'drupal',
  types: ['drupal-auth', 'drupal-syslog'],
  programs: ['drupal'],
  opens: (line) => line.startsWith('http'),
  anyProgram: true,
  forms: [
    form(LOGIN_FAILED, `${DRUPAL}Login attempt failed (?:for|from) <user>\\.$`),
    form(LOGIN_SUCCEEDED, `${DRUPAL}Session opened for <user>\\.$`),
    form(LOGGED_OUT, `${DRUPAL}Session closed for <user>\\.$`),
    form(REQUEST_DENIED, '^https?://[^|\\s]{1,255}\\|\\d{9,11}\\|access denied\\|<ip>\\|'),
    form(APPLICATION_EVENT, '^https?://[^|\\s]{1,255}\\|\\d{9,11}\\|[^|]{1,64}\\|<ip>\\|'),
  ],
});

export const froxlor = appLog({
  name: 'froxlor',
  types: ['froxlor-auth'],
  programs: ['Froxlor', 'froxlor'],
  head: /^froxlor\.[A-Z]{4,9}: /,
  forms: [
    form(LOGIN_FAILED, "^\\[Login Action <ip>\\] Unknown user '<user>' tried to login\\.$"),
    form(LOGIN_FAILED, "^\\[Login Action <ip>\\] User '<user>' tried to login with wrong password\\.$"),
    form(LOGIN_FAILED, '^\\[Login Action <ip>\\] (?:User|Unknown user) .{0,512} tried to login'),
    // Newer releases write the address where the user's name belongs, and no name.
    form(
      LOGIN_FAILED,
      '^(?:Unknown user|User) tried to login(?: with wrong password)?\\. \\{"source":"login","action":"\\d{1,4}","user":"<ip>"\\} \\[\\]$',
    ),
  ],
});

export const groupOffice = appLog({
  name: 'groupoffice',
  types: ['group-office'],
  programs: ['groupoffice'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] ?/,
  opens: opensWithBracket,
  forms: [
    form(LOGIN_FAILED, '^LOGIN FAILED for user: "<user>" from IP: <ip>$'),
    form(LOGIN_SUCCEEDED, '^LOGIN SUCCESS for user: "<user>" from IP: <ip>$'),
  ],
});

export const tine20 = appLog({
  name: 'tine20',
  types: ['tine'],
  programs: ['tine20', 'tine'],
  head: /^[0-9a-f]{5} [0-9a-f]{5} .{0,200}? ?(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d) [A-Z]{3,7} \(\d\): /,
  opens: (line) => line.charCodeAt(5) === 32 && line.charCodeAt(11) === 32,
  forms: [
    form(
      LOGIN_FAILED,
      '^Tinebase_Controller::login::\\d{1,6} Login with username <user> from <ip> failed \\(-?\\d{1,4}\\)!$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^Tinebase_Controller::login::\\d{1,6} Login with username <user> from <ip> succeeded',
    ),
  ],
});

/** Suhosin guards PHP. Names of variables, the client's words, stand before "(attacker …)". */
export const suhosin = appLog({
  name: 'suhosin',
  programs: ['suhosin', 'suhosin7', 'snuffleupagus'],
  forms: [
    form(
      {
        category: 'intrusion_detection',
        type: 'info',
        action: EVENT_ACTION.intrusionDetected,
        severity: 'medium',
      },
      "^ALERT(?:-SIMULATION)? - .{0,2048} \\(attacker '<ip>'(?:, file '[^']{0,1024}'(?:, line \\d{1,7})?)?\\)$",
    ),
  ],
});

/** Firefly III (Laravel's monolog): what a user typed, then address and URL in parentheses at the end. */
const LARAVEL_HEAD =
  /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)\] [a-zA-Z]{1,20}\.[A-Z]{4,9}: /;
const REQUEST = '-> [A-Z]{3,7}:\\S{1,2048}\\)$';
export const firefly = appLog({
  name: 'firefly_iii',
  types: ['firefly-iii', 'fireflyiii', 'firefly'],
  programs: ['firefly', 'fireflyiii', 'firefly-iii', 'firefly_iii'],
  head: LARAVEL_HEAD,
  opens: opensWithBracket,
  forms: [
    form(LOGIN_FAILED, `^AUDIT: Login failed\\. Attempt for user "<user>" failed\\. \\(<ip> ${REQUEST}`),
    form(LOGIN_STEP, `^AUDIT: User is trying to login using "<user>" \\(<ip> ${REQUEST}`),
    form(LOGIN_FAILED, `^AUDIT: MFA failure count is set to \\d{1,6}\\. \\(<ip> \\(<user>\\) ${REQUEST}`),
    form(
      LOGIN_SUCCEEDED,
      `^AUDIT: (?:Login successful|User has been authenticated|User has logged in)\\b.{0,256} \\(<ip>(?: \\(<user>\\))? ${REQUEST}`,
    ),
    form(APPLICATION_EVENT, `^AUDIT: .{1,512} \\(<ip>(?: \\(<user>\\))? ${REQUEST}`),
  ],
});

/** Magento's events as CrowdSec's extension logs them: `channel.LEVEL:  {…} []`. */
export const magento = appLog({
  name: 'magento',
  types: ['magento-extension', 'magento-crowdsec'],
  programs: ['magento'],
  head: /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:\d\d)?)\] crowdsec-events\.[A-Z]{4,9}: {1,2}(?=\{)/,
  opens: opensWithBracket,
  own: true,
  forms: [],
  more(message, fields) {
    const end = message.lastIndexOf('}');
    const record = parseJsonRecord(message.slice(0, end + 1));
    const type = record && textAt(record, 'type');
    if (!record || type === undefined) return false;
    fields['event.code'] = type;
    if (type.endsWith('LOGIN_FAILED')) mean(fields, LOGIN_FAILED);
    else if (type.endsWith('LOGIN_SUCCESS')) mean(fields, LOGIN_SUCCEEDED);
    else if (type.endsWith('REGISTER_SUCCESS')) mean(fields, USER_ADDED);
    else mean(fields, APPLICATION_EVENT);
    const ip = textAt(record, 'ip');
    if (ip !== undefined) setSource(fields, ip);
    const customer = textAt(record, 'customer_id');
    if (customer !== undefined) fields['user.id'] = customer;
    return true;
  },
});

/** WordPress with the WP fail2ban plugin: "wordpress(site)[1]: …". */
export const wordpress = appLog({
  name: 'wordpress',
  types: ['wp-fail2ban'],
  programs: ['wordpress', 'wp'],
  forms: [
    form(
      LOGIN_FAILED,
      '^(?:XML-RPC |REST |)[Aa]uthentication (?:failure|attempt) for (?:unknown user )?<user> from <ip>$',
    ),
    form(LOGIN_FAILED, '^Blocked authentication attempt for <user> from <ip>$'),
    form(LOGIN_SUCCEEDED, '^Accepted password for <user> from <ip>$'),
    form(
      REQUEST_DENIED,
      '^(?:Blocked user enumeration attempt|Pingback error .{1,64} generated|XML-RPC (?:multicall )?authentication failure|Immediately block connections|Spam comment \\d{1,12}) from <ip>$',
    ),
  ],
});
