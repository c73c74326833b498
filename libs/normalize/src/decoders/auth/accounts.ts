import { EVENT_ACTION } from '@parapet/contracts';
import type { EventAction } from '@parapet/contracts';
import { form } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

function iam(type: string, action: EventAction): Meaning {
  return { category: 'iam', type, action, outcome: 'success', severity: 'low' };
}
const USER_ADDED = iam('creation', EVENT_ACTION.userAdded);
const USER_CHANGED = iam('change', EVENT_ACTION.userChanged);
const USER_DELETED = iam('deletion', EVENT_ACTION.userDeleted);
const GROUP_ADDED = iam('creation', EVENT_ACTION.groupAdded);
const GROUP_CHANGED = iam('change', EVENT_ACTION.groupChanged);
const GROUP_DELETED = iam('deletion', EVENT_ACTION.groupDeleted);
const PASSWORD = iam('change', EVENT_ACTION.passwordChanged);
const failed = (meaning: Meaning): Meaning => ({ ...meaning, outcome: 'failure' });

/** useradd, usermod, userdel, groupadd, groupmod, groupdel, gpasswd, passwd, chage, chfn and chsh of shadow-utils; pw of FreeBSD. */
export const accounts = serviceDecoder({
  module: 'system',
  dataset: 'system.auth',
  name: 'accounts',
  types: ['useradd', 'usermod', 'passwd'],
  programs: [
    'useradd',
    'usermod',
    'userdel',
    'groupadd',
    'groupmod',
    'groupdel',
    'gpasswd',
    'passwd',
    'chpasswd',
    'chage',
    'chfn',
    'chsh',
    'newusers',
    'adduser',
    'deluser',
    'pw',
    'groupmems',
    'vipw',
  ],
  forms: [
    form(
      USER_ADDED,
      '^new user: name=(?<target>[^\\s,]{1,256}), UID=(?<uid>\\d{1,10}), GID=\\d{1,10}, home=[^,]{0,512}, shell=[^,]{0,512}(?:, from=\\S{1,200})?$',
    ),
    form(
      GROUP_ADDED,
      '^(?:group added to .{1,60}: |new group: )name=(?<group>[^\\s,]{1,256})(?:, GID=\\d{1,10})?$',
    ),
    form(USER_DELETED, "^delete user '(?<target>[^']{1,256})'$"),
    form(
      GROUP_DELETED,
      "^(?:group '(?<group>[^']{1,256})' removed(?: from .{1,60})?|removed (?:shadow )?group '[^']{1,256}' owned by '[^']{1,256}')$",
    ),
    form(
      GROUP_CHANGED,
      "^(?:add|delete) '(?<target>[^']{1,256})' (?:to|from) (?:shadow )?group '(?<group>[^']{1,256})'$",
    ),
    form(
      GROUP_CHANGED,
      '^(?:user|member) (?<target>\\S{1,256}) (?:added|removed|deleted) (?:by \\S{1,256} )?(?:to|from) (?:shadow )?group (?<group>\\S{1,256})(?: by \\S{1,256})?$',
    ),
    form(GROUP_CHANGED, '^(?:group changed in .{1,60}|change group) .{1,300}$'),
    form(USER_CHANGED, "^(?:change|changed) user '(?<target>[^']{1,256})' .{1,600}$"),
    form(
      PASSWORD,
      "^password (?:for|of) '?(?<target>[^\\s']{1,256})'? (?:changed|set)(?: by '?(?<user>[^\\s']{1,256})'?)?$",
    ),
    form(PASSWORD, "^(?:changed|change) password (?:expiry )?(?:for|of) '?(?<target>[^\\s']{1,256})'?$"),
    form(
      USER_CHANGED,
      "^(?:changed (?:user |shell|password expiry|GECOS|home)|user ).{0,100}'(?<target>[^']{1,256})'.{0,300}$",
    ),
    form(
      failed(USER_ADDED),
      "^failed adding user '?(?<target>[^\\s',]{1,256})'?, (?:data deleted|exit code: \\d{1,4}).{0,100}$",
    ),
  ],
  after(message, fields) {
    const group =
      /(?:group added to .{1,60}: name=|new group: name=)([^\s,]{1,256})|(?:to|from) (?:shadow )?group '?([^\s']{1,256})'?|^group '([^']{1,256})' removed/.exec(
        message,
      );
    const name = group?.[1] ?? group?.[2] ?? group?.[3];
    if (name !== undefined) fields['group.name'] = name;
    const uid = /, UID=(\d{1,10}),/.exec(message);
    if (uid) fields['user.target.id'] = uid[1];
  },
});
