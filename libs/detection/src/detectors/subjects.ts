import { EVENT_ACTION, WITNESS_ACTIONS } from '@parapet/contracts';
import type { NormalizedEvent } from '@parapet/contracts';
import { fieldHas, repeatsOf, sourceAddress, textOf } from './fields.js';

/** A try to log in that failed, from an address. */
export interface FailedLogin {
  event: NormalizedEvent;
  /** Epoch ms. */
  time: number;
  address: string;
  user: string | null;
  /** The log says that there is no such user. */
  invalidUser: boolean;
  /** The connection that it was tried on, and the kind of line; see `attemptOf`. */
  key: string;
  cls: string;
  /** How many attempts the line stands for. */
  weight: number;
}

/** A login that succeeded, from an address. */
export interface Login {
  event: NormalizedEvent;
  /** Epoch ms. */
  time: number;
  address: string;
  user: string | null;
  /** Not by a key or a ticket: such a login can't be the end of guessing. */
  guessable: boolean;
}

/** A connection, or a try at one. */
export interface Connection {
  event: NormalizedEvent;
  /** Epoch ms. */
  time: number;
  address: string;
  port: string;
}

/** Names in logs are as long as who sends them likes; so much of one tells users apart and bounds keys. */
const LONGEST_NAME = 200;

export function failedLoginOf(event: NormalizedEvent): FailedLogin | null {
  const address = sourceAddress(event);
  if (address === null || isWitness(event)) return null;
  const { key, cls } = attemptOf(event);
  return {
    event,
    time: Math.floor(event['@timestamp']),
    address,
    user: userOf(event),
    invalidUser:
      event['labels.invalid_user'] === true || event['event.action'] === EVENT_ACTION.sshInvalidUser,
    key,
    cls,
    weight: repeatsOf(event),
  };
}

/** sshd's names of methods that prove a key or a ticket (auth2.c). */
const KEYS_AND_TICKETS: ReadonlySet<unknown> = new Set([
  'publickey',
  'hostbased',
  'gssapi-with-mic',
  'gssapi-keyex',
]);

export function loginOf(event: NormalizedEvent): Login | null {
  const address = sourceAddress(event);
  if (address === null) return null;
  const action = event['event.action'];
  if (typeof action === 'string' && WITNESS_ACTIONS.has(action)) return null;
  return {
    event,
    time: Math.floor(event['@timestamp']),
    address,
    user: userOf(event),
    guessable: !KEYS_AND_TICKETS.has(event['system.auth.ssh.method']),
  };
}

export function connectionOf(event: NormalizedEvent): Connection | null {
  const port = textOf(event, 'destination.port');
  if (port === null) return null;
  const address = sourceAddress(event);
  return address === null ? null : { event, time: Math.floor(event['@timestamp']), address, port };
}

export const isAuthentication = (event: NormalizedEvent) =>
  fieldHas(event, 'event.category', 'authentication');

function userOf(event: NormalizedEvent): string | null {
  const user = textOf(event, 'user.name');
  return user !== null && user.length > LONGEST_NAME ? user.slice(0, LONGEST_NAME) : user;
}

/** Lines about a failed login that another line reports, or that is none. */
function isWitness(event: NormalizedEvent): boolean {
  const action = event['event.action'];
  if (typeof action === 'string' && WITNESS_ACTIONS.has(action)) return true;
  if (action === EVENT_ACTION.sshPamFailure) return event['labels.invalid_user'] === true;
  return action === EVENT_ACTION.pamAuthentication && isOfSshd(event);
}

function isOfSshd(event: NormalizedEvent): boolean {
  const service = textOf(event, 'labels.pam_service') ?? textOf(event, 'process.name') ?? '';
  return service.startsWith('sshd');
}

/**
 * The connection that a login was tried on, and the kind of line. All lines about one connection share a key, so that
 * an attempt which is logged as "Invalid user" and again as "Failed password" is one attempt (the larger class
 * counts), while three failed passwords on one connection are three.
 */
function attemptOf(event: NormalizedEvent): { key: string; cls: string } {
  const host = textOf(event, 'host.name') ?? '';
  const process = textOf(event, 'process.pid');
  const byProcess = process !== null && host !== '' ? `${host}#${process}` : null;
  // sshd reports each keyboard-interactive failure by a PAM line, which names no port, and only the later ones by a
  // "Failed" line too (auth.c: at half of MaxAuthTries). The process is what the two have in common.
  if (event['event.action'] === EVENT_ACTION.sshPamFailure) return { key: byProcess ?? event.id, cls: 'pam' };
  const throughPam =
    event['system.auth.ssh.method'] === 'keyboard-interactive/pam' && event['labels.invalid_user'] !== true;
  if (throughPam && byProcess !== null) return { key: byProcess, cls: 'attempt' };

  const cls = event['event.action'] === EVENT_ACTION.sshInvalidUser ? 'invalid_user' : 'attempt';
  const port = textOf(event, 'source.port');
  return { key: port !== null ? `${host}:${port}` : (byProcess ?? event.id), cls };
}
