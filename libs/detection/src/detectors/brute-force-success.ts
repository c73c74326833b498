import type { Detector } from './detector.js';
import { addressAgainst, attemptFrom, markOf } from './sightings.js';

/**
 * Guessing that ended in a login. Two ways to be guessed: one address reached the threshold of failed logins, or so
 * many different addresses failed for one user; then the address, or the user, logs in.
 */
export const bruteForceSuccess: Detector = {
  kind: 'brute_force_success',
  name: 'Brute force with success',
  description: 'A login by password after many failed ones, from the same address or for the same user.',
  technique: { id: 'T1110.001', name: 'Brute Force: Password Guessing', tactic: 'Credential Access' },
  defaults: { enabled: true, threshold: 5, windowSeconds: 300, severity: 'critical', exceptions: [] },
  labels: { threshold: 'Failures', window: 'Within, seconds' },
  confidence: 0.95,
  watches: [
    {
      mode: 'sum',
      sharesWith: 'brute_force',
      sees: {
        failedLogin: attemptFrom,
        login: (login) => (login.guessable ? markOf(login, { 'source.ip': login.address }) : null),
      },
      reports: 'marked',
    },
    {
      mode: 'distinct',
      by: 'user.name',
      sees: {
        failedLogin: addressAgainst,
        login: (login) =>
          login.guessable && login.user !== null ? markOf(login, { 'user.name': login.user }) : null,
      },
      reports: 'marked',
    },
  ],

  title: (group) =>
    group['source.ip'] === undefined
      ? `Login of ${group['user.name'] ?? 'a user'} after a distributed brute force`
      : `Login from ${group['source.ip']} after a brute force`,
  explain: (group, settings) =>
    group['source.ip'] === undefined
      ? `${group['user.name'] ?? 'A user'} logged in by password after logins from at least ${settings.threshold} addresses had failed within ${settings.windowSeconds} s.`
      : `A login by password from ${group['source.ip']} succeeded after at least ${settings.threshold} had failed within ${settings.windowSeconds} s.`,
};
