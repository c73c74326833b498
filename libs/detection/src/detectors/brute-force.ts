import { EVENT_ACTION, WITNESS_ACTIONS } from '@parapet/contracts';
import type { NormalizedEvent } from '@parapet/contracts';
import type { Detector } from './detector.js';
import { fieldHas, repeatsOf, sourceAddress, textOf } from './fields.js';

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

export const bruteForce: Detector = {
  kind: 'brute_force',
  name: 'Brute force',
  description: 'Many failed logins from one address.',
  technique: { id: 'T1110', name: 'Brute Force', tactic: 'Credential Access' },
  defaults: { enabled: true, threshold: 5, windowSeconds: 300, severity: 'high', exceptions: [] },
  mode: 'sum',
  confidence: 0.9,

  observe(event) {
    if (event['event.outcome'] !== 'failure' || !fieldHas(event, 'event.category', 'authentication'))
      return null;
    const address = sourceAddress(event);
    if (address === null || isWitness(event)) return null;
    return {
      group: { 'source.ip': address },
      observation: {
        id: event.id,
        time: Math.floor(event['@timestamp']),
        ...attemptOf(event),
        weight: repeatsOf(event),
      },
    };
  },

  title: (group) => `Brute force from ${group['source.ip'] ?? 'an unknown address'}`,
  explain: (group, settings) =>
    `At least ${settings.threshold} failed logins from ${group['source.ip'] ?? 'one address'} within ${settings.windowSeconds} s.`,
};
