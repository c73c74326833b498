import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setSource } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';

/** "pam_unix(sshd:auth): text", "(pam_unix) text", "pam_unix: text"; the text alone when the tag was "sshd(pam_unix)". */
const PREFIX =
  /^(?:(pam_[a-z0-9_]{1,30})(?:\(([^():\s]{1,64}):([a-z]{1,20})\))?: |\((pam_[a-z0-9_]{1,30})\) )/;
const FAILURE = /^(?:(?:PAM )?(\d{1,6}) more authentication failures?|authentication failure); (.*)$/;
/** `ruser` and `user` are the client's own words. */
const DETAILS = /^logname=\S* uid=\d+ euid=\d+ tty=\S* ruser=(.*) rhost=(\S*)(?: +user=(.*))?$/;
const SESSION = /^session (opened|closed) for user (\S{1,256}?)(?:\(uid=\d+\))?(?: by .*)?$/;
const TALLY = /^user (\S{1,256}) \(\d+\) tally \d+, deny \d+$/;

/** Linux-PAM writes a line of user, host and terminal names, each of which has its limit. */
const LONGEST_MESSAGE = 4096;

/** Whether a message is Linux-PAM's own, whatever program it came through. */
export function isPam(message: string, program: string | undefined): boolean {
  return (
    message.startsWith('pam_') || message.startsWith('(pam_') || (program?.endsWith('(pam_unix)') ?? false)
  );
}

/** Reads Linux-PAM's lines for any service. */
export function decodePam(message: string, program: string | undefined, fields: EventFields): boolean {
  if (message.length > LONGEST_MESSAGE) return false;
  const prefix = PREFIX.exec(message);
  if (!prefix && !program?.endsWith('(pam_unix)')) return false;
  const text = (prefix ? message.slice(prefix[0].length) : message).replace(/ \[preauth\]$/, '').trimEnd();
  fields['labels.pam_module'] = prefix?.[1] ?? prefix?.[4] ?? 'pam_unix';
  if (prefix?.[2]) fields['labels.pam_service'] = prefix[2];
  const service = prefix?.[2] ?? program ?? '';

  const failure = FAILURE.exec(text);
  if (failure) {
    fail(fields);
    if (failure[1]) fields['labels.repeat_count'] = Number(failure[1]);
    const rest = failure[2] ?? '';
    const details = DETAILS.exec(rest);
    // A second " rhost=" can only come from a client's words; which one is PAM's can't be told.
    if (details && rest.indexOf(' rhost=') === rest.lastIndexOf(' rhost=')) {
      const [, ruser, rhost, user] = details;
      if (rhost) setSource(fields, rhost, undefined, true);
      const name = user ? user : service.startsWith('ssh') ? '' : ruser;
      if (name) fields['user.name'] = name;
    }
    return true;
  }
  const session = SESSION.exec(text);
  if (session) {
    const opened = session[1] === 'opened';
    classify(
      fields,
      'session',
      opened ? 'start' : 'end',
      opened ? EVENT_ACTION.sessionOpened : EVENT_ACTION.sessionClosed,
      'success',
    );
    fields['user.name'] = session[2];
    return true;
  }
  const tally = TALLY.exec(text);
  if (tally || text.startsWith('check pass; user unknown')) {
    fail(fields);
    if (tally) fields['user.name'] = tally[1];
    else fields['labels.invalid_user'] = true;
    return true;
  }
  return false;
}

function fail(fields: EventFields): void {
  classify(fields, 'authentication', 'start', EVENT_ACTION.pamAuthentication, 'failure');
  atLeast(fields, 'low');
}

export const pam: Decoder = {
  name: 'pam',
  programs: [],
  recognise: (header, message) => isPam(message, header.program),
  decode(message, header, fields) {
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.auth';
    return decodePam(message, header.program, fields);
  },
};
