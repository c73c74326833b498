import type { Detector } from './detector.js';
import { addressAgainst } from './sightings.js';

export const distributedBruteForce: Detector = {
  kind: 'distributed_brute_force',
  name: 'Distributed brute force',
  description: 'Failed logins of one user from many addresses.',
  technique: { id: 'T1110.001', name: 'Brute Force: Password Guessing', tactic: 'Credential Access' },
  defaults: { enabled: true, threshold: 20, windowSeconds: 600, severity: 'medium', exceptions: [] },
  labels: { threshold: 'Different addresses', window: 'Within, seconds' },
  confidence: 0.85,
  watches: [{ mode: 'distinct', sees: { failedLogin: addressAgainst }, reports: 'regions' }],

  title: (group) => `Distributed brute force against ${group['user.name'] ?? 'a user'}`,
  explain: (group, settings) =>
    `Failed logins of ${group['user.name'] ?? 'one user'} from at least ${settings.threshold} addresses within ${settings.windowSeconds} s.`,
};
