import type { Detector } from './detector.js';
import { attemptFrom } from './sightings.js';

export const bruteForce: Detector = {
  kind: 'brute_force',
  name: 'Brute force',
  description: 'Many failed logins from one address.',
  technique: { id: 'T1110', name: 'Brute Force', tactic: 'Credential Access' },
  defaults: { enabled: true, threshold: 5, windowSeconds: 300, severity: 'high', exceptions: [] },
  labels: { threshold: 'Failed logins', window: 'Within, seconds' },
  confidence: 0.9,
  watches: [{ mode: 'sum', sees: { failedLogin: attemptFrom }, reports: 'regions' }],

  title: (group) => `Brute force from ${group['source.ip'] ?? 'an unknown address'}`,
  explain: (group, settings) =>
    `At least ${settings.threshold} failed logins from ${group['source.ip'] ?? 'one address'} within ${settings.windowSeconds} s.`,
};
