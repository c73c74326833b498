import { EVENT_ACTION } from '@parapet/contracts';
import type { EventFields } from '../decoder.js';
import {
  COMMAND_REFUSED,
  COMMAND_RUN,
  LOGGED_OUT,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  LOGIN_WITNESS,
  REFUSED,
  SESSION_CLOSED,
  SESSION_OPENED,
} from '../meanings.js';
import { form } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

const SYSTEM = { module: 'system', dataset: 'system.auth' } as const;

/** login of util-linux, shadow and the BSDs; sulogin. What was typed for a name is the last word but for the reason. */
export const login = serviceDecoder({
  ...SYSTEM,
  name: 'login',
  types: ['sulogin', 'telnetd'],
  programs: ['login', 'sulogin', 'in.telnetd', 'telnetd', 'agetty', 'getty'],
  forms: [
    form(
      LOGIN_FAILED,
      '^FAILED LOGIN (?:\\d{1,4}|SESSION) FROM (?:\\(null\\)|<peer>) FOR (?:\\(unknown\\)|<user>), (?<reason>[^,]{1,100})$',
      true,
    ),
    form(
      LOGIN_WITNESS,
      '^TOO MANY LOGIN TRIES \\(\\d{1,4}\\) FROM (?:\\(null\\)|<peer>) FOR (?:\\(unknown\\)|<user>), (?<reason>[^,]{1,100})$',
      true,
    ),
    form(
      LOGIN_FAILED,
      "^FAILED LOGIN \\(\\d{1,4}\\) on '[^']{1,64}'(?: from '<peer>')? FOR '<user>', <reason>$",
      true,
    ),
    form(LOGIN_FAILED, "^invalid password for '<user>' on '[^']{1,64}'(?: from '<peer>')?$", true),
    form(
      LOGIN_FAILED,
      '^(?<count>\\d{1,4}) LOGIN FAILURES? (?:FROM <peer>|ON \\S{1,64})(?:, <user>)?$',
      true,
    ),
    form(LOGIN_FAILED, '^REPEATED LOGIN FAILURES (?:ON \\S{1,64} )?FROM <peer>(?:, <user>)?$', true),
    form(
      LOGIN_FAILED,
      '^(?:LOGIN (?<user>\\S{1,256}) REFUSED|ROOT LOGIN REFUSED) (?:FROM <peer>|ON TTY \\S{1,64})(?: ON TTY \\S{1,64})?$',
      true,
    ),
    form(
      LOGIN_SUCCEEDED,
      "^ROOT LOGIN(?: \\((?<user>\\S{1,64})\\))? (?:ON|on) '?\\S{1,64}'?(?: (?:FROM|from) '?<peer>'?)?$",
      true,
    ),
    form(
      LOGIN_SUCCEEDED,
      '^(?:DIALUP AT \\S{1,64} BY|LOGIN ON \\S{1,64} BY) (?<user>\\S{1,256})(?: FROM <peer>)?$',
      true,
    ),
    form(LOGIN_SUCCEEDED, '^login on \\S{1,64} as (?<user>\\S{1,256})$'),
    form(LOGGED_OUT, '^(?:LOGOUT|logout) .{1,200}$'),
    form(REFUSED, '^(?:refused connect|connect) from <peer>$', true),
  ],
  after(message, fields) {
    if (/^ROOT LOGIN/.test(message)) fields['user.name'] ??= 'root';
  },
});

/** OpenDoas and OpenBSD's doas: the command is the caller's words, who runs it is not. */
export const doas = serviceDecoder({
  ...SYSTEM,
  name: 'doas',
  programs: ['doas'],
  forms: [
    form(
      { ...LOGIN_FAILED, action: EVENT_ACTION.userLogin },
      '^failed (?:auth|password) for (?<user>\\S{1,256})$',
    ),
    form(
      COMMAND_REFUSED,
      '^(?:failed command|command not permitted) for (?<user>\\S{1,256}): (?<reason>.{1,512})$',
    ),
    form(
      COMMAND_RUN,
      '^(?<user>\\S{1,256}) ran command (?:(?<command>.{1,2048}) as (?<as>\\S{1,256}) from (?<cwd>/\\S{0,512})|as (?<as2>\\S{1,256}): .{1,2048})$',
    ),
  ],
  after(message, fields) {
    const ran =
      /^\S{1,256} ran command (?:(?!as )(.{1,2048}) as (\S{1,256}) from (\/\S{0,512})|as (\S{1,256}): (.{1,2048}))$/s.exec(
        message,
      );
    if (!ran) return;
    const command = ran[1] ?? ran[5];
    const as = ran[2] ?? ran[4];
    if (command !== undefined) fields['process.command_line'] = command;
    if (as !== undefined) fields['user.effective.name'] = as;
    if (ran[3] !== undefined) fields['process.working_directory'] = ran[3];
  },
});

/** cron of Vixie, cronie and the BSDs: "(USER) CMD (command)". */
export const cron = serviceDecoder({
  module: 'system',
  dataset: 'system.syslog',
  name: 'cron',
  types: ['crond', 'crontab', 'anacron'],
  programs: ['cron', 'crond', 'CRON', 'CROND', '/usr/sbin/cron', 'crontab', 'anacron', 'atd'],
  forms: [
    form(COMMAND_RUN, '^\\((?<user>[^\\s()]{1,256})\\) (?:CMD|CMDEND|CMDOUT) \\(.{0,2048}\\)$'),
    form(
      {
        category: 'configuration',
        type: 'change',
        action: EVENT_ACTION.configurationChange,
        outcome: 'success',
      },
      '^\\((?<user>[^\\s()]{1,256})\\) (?:REPLACE|BEGIN EDIT|END EDIT|DELETE|LIST|RELOAD|ORPHAN) \\(.{0,256}\\)$',
    ),
    form(
      COMMAND_REFUSED,
      '^\\((?<user>[^\\s()]{1,256})\\) (?:AUTH|FAILED|ERROR|WRONG|Authentication|PAM)[^()]{0,60} \\((?<reason>.{0,256})\\)$',
    ),
  ],
  after(message, fields) {
    const command = /\) CMD \((.{0,2048})\)$/s.exec(message);
    if (command) fields['process.command_line'] = (command[1] ?? '').trim();
  },
});

const SEAT: Meaning = { ...SESSION_OPENED };

/** systemd-logind: "New session 3 of user bob." */
export const logind = serviceDecoder({
  ...SYSTEM,
  name: 'systemd-logind',
  types: ['logind'],
  programs: ['systemd-logind', 'elogind', 'elogind-daemon'],
  forms: [
    form(
      SEAT,
      "^New session '?[\\w-]{1,40}'? of user '?(?<user>[^\\s']{1,256}?)'?(?: with class \\S{1,40}.{0,100})?\\.$",
    ),
    form(SESSION_CLOSED, "^(?:Removed session|Session) '?[\\w-]{1,40}'?(?: logged out\\..{0,100})?\\.?$"),
    form(
      { category: 'host', type: 'end', action: EVENT_ACTION.serviceStopped },
      '^(?:System is (?:powering|rebooting|halting).{0,60}|The system will .{1,120})$',
    ),
  ],
});

/** polkitd: an agent asked for a password, or an action was allowed or not. */
export const polkit = serviceDecoder({
  ...SYSTEM,
  name: 'polkit',
  types: ['polkitd', 'pkexec'],
  programs: ['polkitd', 'polkitd-daemon', 'polkit-agent-helper-1', 'pkexec'],
  forms: [
    form(
      LOGIN_FAILED,
      '^Operator of unix-(?:session|process):\\S{1,80} FAILED to authenticate to gain .{1,40}authorization for action (?<reason>\\S{1,200}) for .{1,1000}$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^Operator of unix-(?:session|process):\\S{1,80} successfully authenticated as unix-user:(?<user>\\S{1,256}) to gain .{1,40}authorization for action (?<reason>\\S{1,200}) for .{1,1000}$',
    ),
    form(
      COMMAND_RUN,
      '^(?<user>\\S{1,256}): Executing command \\[USER=\\S{1,256}\\] \\[TTY=\\S{1,64}\\] \\[CWD=.{1,512}\\] \\[COMMAND=.{1,1024}\\]$',
    ),
    form(
      COMMAND_REFUSED,
      '^(?<user>\\S{1,256}): (?<reason>(?:Error executing command as another user|The value for .{1,60})[^\\[\\]]{0,200}) \\[USER=.{1,1500}$',
    ),
    form(
      { category: 'session', type: 'info', action: EVENT_ACTION.sessionOpened, outcome: 'success' },
      '^(?:Registered|Unregistered) Authentication Agent for unix-(?:session|process):.{1,400}$',
    ),
  ],
  after(message: string, fields: EventFields) {
    const run = /\[USER=(\S{1,256})\] \[TTY=\S{1,64}\] \[CWD=.{1,512}\] \[COMMAND=(.{1,1024})\]$/s.exec(
      message,
    );
    if (!run) return;
    fields['user.effective.name'] = run[1];
    fields['process.command_line'] = run[2];
  },
});
