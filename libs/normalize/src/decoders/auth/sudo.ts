import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { decodePam, isPam } from './pam.js';

/** "CALLER : [reason ; ]TTY=…" or, without a terminal, "CALLER : [reason ; ]PWD=…" (sudo's logging.c). */
const LINE = /^ *(\S{1,256}) : (?:([^;=]{1,200}) ; )?((?:TTY|PWD|HOST|CHROOT|USER)=.*)$/s;
/** The keys in sudo's own order (logging.c, new_logline). Working directory and command are the caller's words. */
const KEYS = ['HOST', 'TTY', 'CHROOT', 'PWD', 'USER', 'GROUP', 'TSID', 'ENV'] as const;
const COMMAND = 'COMMAND=';
/** sudo splits what is longer over several lines (syslog_maxlen, 980 by default). */
const LONGEST_MESSAGE = 8192;
const WRONG_PASSWORDS = /^(\d{1,4}) incorrect password attempts?$/;

/** "TTY=… ; PWD=… ; USER=… ; COMMAND=…" by key; undefined when it is not in sudo's order. Linear in its length. */
function readKeys(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  let at = 0;
  for (const key of KEYS) {
    if (!text.startsWith(`${key}=`, at)) continue;
    const end = text.indexOf(' ; ', at);
    if (end === -1) return undefined;
    values.set(key, text.slice(at + key.length + 1, end));
    at = end + 3;
  }
  if (!text.startsWith(COMMAND, at)) return undefined;
  return values.set('COMMAND', text.slice(at + COMMAND.length));
}

function command(message: string, fields: EventFields): boolean {
  const line = LINE.exec(message);
  if (!line) return false;
  const [, caller, reason, rest = ''] = line;
  fields['user.name'] = caller;
  const keys = readKeys(rest);
  // A directory may be named " ; USER=root ; COMMAND=…"; then nothing after it can be trusted.
  if (keys && rest.indexOf(' ; USER=') === rest.lastIndexOf(' ; USER=')) {
    const tty = keys.get('TTY');
    const pwd = keys.get('PWD');
    const runAs = keys.get('USER');
    const text = keys.get('COMMAND');
    if (tty) fields['system.auth.sudo.tty'] = tty;
    if (pwd) fields['system.auth.sudo.pwd'] = fields['process.working_directory'] = pwd;
    if (runAs) fields['system.auth.sudo.user'] = fields['user.effective.name'] = runAs;
    if (text) fields['system.auth.sudo.command'] = fields['process.command_line'] = text;
  } else fields['labels.ambiguous'] = true;

  if (reason === undefined) {
    classify(fields, 'process', 'start', EVENT_ACTION.sudoCommand, 'success');
    return true;
  }
  fields['system.auth.sudo.error'] = fields['event.reason'] = reason;
  const wrong = WRONG_PASSWORDS.exec(reason);
  if (wrong) {
    classify(fields, 'authentication', 'start', EVENT_ACTION.sudoAuthentication, 'failure');
    fields['labels.repeat_count'] = Number(wrong[1]);
  } else classify(fields, 'process', 'denied', EVENT_ACTION.sudoCommand, 'failure');
  atLeast(fields, reason.includes('NOT in sudoers') || reason.includes('NOT authorized') ? 'medium' : 'low');
  return true;
}

export const sudo: Decoder = {
  name: 'sudo',
  programs: ['sudo'],
  recognise: (_header, message) => /^ *\S{1,64} : (?:[^;=]{1,200} ; )?TTY=\S+ ; PWD=/.test(message),
  decode(message, header, fields) {
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.auth';
    if (message.length > LONGEST_MESSAGE) return false;
    const text = message.trim();
    return isPam(text, header.program) ? decodePam(text, header.program, fields) : command(text, fields);
  },
};
