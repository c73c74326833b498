import type { Detector } from './detector.js';

export const passwordSpraying: Detector = {
  kind: 'password_spraying',
  name: 'Password spraying',
  description: 'Failed logins of many users from one address, however few for each.',
  technique: { id: 'T1110.003', name: 'Brute Force: Password Spraying', tactic: 'Credential Access' },
  defaults: { enabled: true, threshold: 10, windowSeconds: 1800, severity: 'high', exceptions: [] },
  labels: { threshold: 'Different users', window: 'Within, seconds' },
  confidence: 0.85,
  watches: [
    {
      mode: 'distinct',
      sees: {
        failedLogin: ({ event, time, address, user }) =>
          user === null
            ? null
            : {
                group: { 'source.ip': address },
                observation: { id: event.id, time, key: user, cls: '', weight: 1 },
              },
      },
      reports: 'regions',
    },
  ],

  title: (group) => `Password spraying from ${group['source.ip'] ?? 'an unknown address'}`,
  explain: (group, settings) =>
    `Failed logins of at least ${settings.threshold} users from ${group['source.ip'] ?? 'one address'} within ${settings.windowSeconds} s.`,
};
