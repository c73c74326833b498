import type { NormalizedEvent } from '@parapet/contracts';
import type { Detector } from './detector.js';
import { fieldHas, repeatsOf, sourceAddress, textOf } from './fields.js';

/** Lines that only accompany a failed login which sshd reports itself: PAM's, written by the same process. */
function isAccompanying(event: NormalizedEvent): boolean {
  const action = event['event.action'];
  if (action === 'ssh_pam_failure') return true;
  return action === 'pam_authentication' && textOf(event, 'process.name') === 'sshd';
}

/**
 * The connection that a login was tried on. All lines about one connection share a key, so that an attempt which is
 * logged as "Invalid user" and again as "Failed password" is one attempt (the larger class counts), while three
 * failed passwords on one connection are three.
 */
function connectionOf(event: NormalizedEvent): string {
  const host = textOf(event, 'host.name') ?? '';
  const port = textOf(event, 'source.port');
  if (port !== null) return `${host}:${port}`;
  const pid = textOf(event, 'process.pid');
  return pid !== null && host !== '' ? `${host}#${pid}` : event.id;
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
    if (address === null || isAccompanying(event)) return null;
    return {
      group: { 'source.ip': address },
      observation: {
        id: event.id,
        time: Math.floor(event['@timestamp']),
        key: connectionOf(event),
        cls: event['event.action'] === 'ssh_invalid_user' ? 'invalid_user' : 'attempt',
        weight: repeatsOf(event),
      },
    };
  },

  title: (group) => `Brute force from ${group['source.ip'] ?? 'an unknown address'}`,
  explain: (group, counted, settings) =>
    `${counted} log lines of failed logins from ${group['source.ip'] ?? 'one address'}; ` +
    `${settings.threshold} attempts within ${settings.windowSeconds} s are the threshold.`,
};
