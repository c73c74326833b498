import type { Detector } from './detector.js';

export const portScan: Detector = {
  kind: 'port_scan',
  name: 'Port scan',
  description: 'Connections from one address to many different ports.',
  technique: { id: 'T1046', name: 'Network Service Discovery', tactic: 'Discovery' },
  defaults: { enabled: true, threshold: 10, windowSeconds: 600, severity: 'medium', exceptions: [] },
  labels: { threshold: 'Different ports', window: 'Within, seconds' },
  confidence: 0.8,
  watches: [
    {
      mode: 'distinct',
      sees: {
        // The port alone: the same port on forty hosts, or over TCP and UDP, is one port.
        connection: ({ event, time, address, port }) => ({
          group: { 'source.ip': address },
          observation: { id: event.id, time, key: port, cls: '', weight: 1 },
        }),
      },
      reports: 'regions',
    },
  ],

  title: (group) => `Port scan from ${group['source.ip'] ?? 'an unknown address'}`,
  explain: (group, settings) =>
    `At least ${settings.threshold} different destination ports tried from ${group['source.ip'] ?? 'one address'} within ${settings.windowSeconds} s.`,
};
