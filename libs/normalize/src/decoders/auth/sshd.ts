import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setPort, setSource } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { decodePam, isPam } from './pam.js';
import { connectionMessage } from './sshd-connection.js';
import { findAuthTail, findEndTail } from './sshd-tail.js';

/** OpenSSH's own limit is 1,024 bytes (log.c MSGBUFSIZ), each at most four characters wide after escaping. */
const LONGEST_MESSAGE = 4096;
const AUTH = /^(Failed|Accepted|Partial|Postponed) ([a-z0-9-]{1,40})(?:\/([a-z0-9-]{1,40}))? for /;
const INVALID = /^(?:invalid|illegal) user /;

/** What a journal that went through the kernel's buffer has before the message, and the level of debug lines. */
const KERNEL = /^kernel: ?\[ *\d{1,12}\.\d{1,9}\]:? /;
const DEBUG = /^debug[1-3]: /;

/** Names that a program writes where it does not want to name the user. */
const NO_NAME = new Set(['', '<invalid username>', '(unknown)', 'NOUSER']);

/** `text` is "[invalid user ]NAME"; NAME is the client's own word and may hold anything. */
function setUser(fields: EventFields, text: string): void {
  const invalid = INVALID.exec(text);
  const name = invalid ? text.slice(invalid[0].length) : text;
  // An account that exists has no space in its name: "user bob" is no name that can be told from a word of the line.
  if (!invalid && name.startsWith('user ')) return;
  if (!NO_NAME.has(name)) fields['user.name'] = name;
  if (invalid || name === '<invalid username>') fields['labels.invalid_user'] = true;
}

/** "Failed password for [invalid user ]USER from ADDR port N ssh2[: key]" (OpenSSH auth.c, auth_log). */
function authentication(message: string, fields: EventFields): boolean {
  const head = AUTH.exec(message);
  if (!head) return false;
  const [start, result, method = '', submethod] = head;
  fields['system.auth.ssh.event'] = result;
  fields['system.auth.ssh.method'] = submethod ? `${method}/${submethod}` : method;
  const tail = findAuthTail(message, method);
  if (tail && tail.start >= start.length) {
    setSource(fields, tail.address, tail.port);
    setUser(fields, message.slice(start.length, tail.start));
    const key = /: ([A-Z][A-Z0-9-]{1,30} \S+)/.exec(message.slice(tail.start));
    if (key) fields['system.auth.ssh.signature'] = key[1];
  } else if (INVALID.test(message.slice(start.length, start.length + 13)))
    fields['labels.invalid_user'] = true;

  if (result === 'Accepted') classify(fields, 'authentication', 'start', EVENT_ACTION.sshLogin, 'success');
  else if (result !== 'Failed')
    classify(fields, 'authentication', 'info', EVENT_ACTION.sshLoginStep, 'unknown');
  else {
    classify(
      fields,
      'authentication',
      'start',
      method === 'none' ? EVENT_ACTION.sshNoneProbe : EVENT_ACTION.sshLogin,
      'failure',
    );
    atLeast(fields, 'low');
  }
  return true;
}

type Action = (typeof EVENT_ACTION)[keyof typeof EVENT_ACTION];

function failed(fields: EventFields, action: Action): true {
  classify(fields, 'authentication', 'info', action, 'failure');
  atLeast(fields, 'low');
  return true;
}

/** Messages of the form "HEAD [invalid user ]USER from ADDR[ port N][ ssh2]", with nothing behind. */
function userFromEnd(
  message: string,
  head: number,
  fields: EventFields,
  action: Action,
  names = false,
): boolean {
  const tail = findEndTail(message);
  if (tail && tail.start >= head && setSource(fields, tail.address, tail.port, names))
    setUser(fields, message.slice(head, tail.start));
  else if (tail && tail.start === head - 1) setSource(fields, tail.address, tail.port, names);
  return failed(fields, action);
}

/** "User U from HOST not allowed because REASON"; U exists, HOST may be a name, REASON is sshd's. */
function userRefused(message: string, fields: EventFields): boolean {
  const because = message.lastIndexOf(' not allowed because ');
  if (because === -1) return false;
  const subject = message.slice(0, because);
  const from = subject.lastIndexOf(' from ');
  if (from !== -1 && setSource(fields, subject.slice(from + 6), undefined, true))
    setUser(fields, subject.slice(5, from));
  else if (from === -1) setUser(fields, subject.slice(5));
  fields['event.reason'] = message.slice(because + 21);
  return failed(fields, EVENT_ACTION.sshUserRefused);
}

/** "PAM: <pam_strerror> for [illegal user ]USER from HOST[ via ADDR]" (auth-pam.c). */
function pamFailure(message: string, fields: EventFields): boolean {
  const head = /^PAM: (?:Have exhausted maximum number of retries for service|[^:]{1,80}?) for /.exec(
    message,
  );
  return head ? userFromEnd(message, head[0].length, fields, EVENT_ACTION.sshPamFailure, true) : false;
}

/** HPN-SSH and old OpenSSH of the BSDs: "SSH: Server;Ltype: Version;Remote: ADDR-PORT;Protocol: 2.0;Client: X"; the client's words are last. */
const HPN = /^SSH: Server;Ltype: [A-Za-z]{1,20};Remote: ([0-9A-Fa-f:.]{2,45})-(\d{1,5});/;

function hpnSession(message: string, fields: EventFields): boolean {
  const remote = HPN.exec(message);
  if (!remote) return false;
  classify(fields, 'network', 'info', EVENT_ACTION.sshConnection, 'unknown');
  setSource(fields, remote[1] ?? '', remote[2]);
  return true;
}

const MAX_ATTEMPTS = 'maximum authentication attempts exceeded for ';
const ROOT_REFUSED = /^ROOT LOGIN REFUSED FROM (\S{1,255})(?: port (\d{1,5}))?$/;

function known(message: string, fields: EventFields): boolean {
  switch (message.charCodeAt(0)) {
    case 65: // A
      if (message.startsWith('Authentication refused: ')) {
        fields['event.reason'] = message.slice(24, 280);
        return failed(fields, EVENT_ACTION.sshUserRefused);
      }
      if (authentication(message, fields)) return true;
      break;
    case 70: // F
    case 80: // P
      if (authentication(message, fields)) return true;
      if (message.startsWith('PAM: ')) return pamFailure(message, fields);
      if (message.startsWith('PAM ')) return decodePam(`pam_unix: ${message}`, 'sshd', fields);
      break;
    case 73: // I
      if (/^(?:Invalid|Illegal) user /.test(message)) {
        fields['labels.invalid_user'] = true;
        return userFromEnd(message, 13, fields, EVENT_ACTION.sshInvalidUser);
      }
      break;
    case 82: {
      // R
      const root = ROOT_REFUSED.exec(message);
      if (root) {
        setSource(fields, root[1] ?? '', root[2], true);
        fields['user.name'] = 'root';
        return failed(fields, EVENT_ACTION.sshUserRefused);
      }
      break;
    }
    case 85: // U
      if (message.startsWith('User ') && userRefused(message, fields)) return true;
      break;
    case 109: // m
      if (message.startsWith(MAX_ATTEMPTS))
        return userFromEnd(message, MAX_ATTEMPTS.length, fields, EVENT_ACTION.sshMaxAttempts);
      break;
    case 83: // S
      if (message.startsWith('SSH: Server;')) return hpnSession(message, fields);
      if (message.startsWith('Server listening on ')) {
        const listening = /^Server listening on (\S+) port (\d+)/.exec(message);
        classify(fields, 'process', 'start', EVENT_ACTION.sshConnection, 'success');
        if (listening) setPort(fields, 'destination.port', listening[2] ?? '');
        return true;
      }
      break;
  }
  return connectionMessage(message, fields);
}

/**
 * OpenSSH's server (since 9.8 it logs as `sshd-session`). What each `event.action` means for counting attempts stands at
 * `EVENT_ACTION` in libs/contracts. In short: `ssh_login` with outcome failure is one attempt, or `labels.repeat_count` attempts when
 * rsyslog folded repeats; `ssh_pam_failure` of a valid user is one attempt; all else about the same try is a witness.
 */
export const sshd: Decoder = {
  name: 'sshd',
  programs: ['sshd', 'sshd-session', 'sshd-auth'],
  recognise: (_header, message) =>
    /^(?:Failed|Accepted) [a-z0-9/-]{1,80} for .* from \S+ port \d{1,5}(?: ssh[12])?(?:: |$)|^Invalid user .* from \S+ port \d{1,5}$/.test(
      message,
    ),
  decode(raw, header, fields) {
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.auth';
    if (raw.length > LONGEST_MESSAGE) return false;
    let message = raw.trimEnd();
    if (message.startsWith('kernel:')) message = message.replace(KERNEL, '');
    if (message.endsWith(' [preauth]')) message = message.slice(0, -10);
    if (message.startsWith('error: ') || message.startsWith('fatal: ')) message = message.slice(7);
    else if (message.startsWith('debug')) message = message.replace(DEBUG, '');
    if (isPam(message, header.program)) return decodePam(message, header.program, fields);
    return known(message, fields);
  },
};
