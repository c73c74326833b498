import type { Detector } from './detector.js';
import { sourceAddress, textOf } from './fields.js';

export const portScan: Detector = {
  kind: 'port_scan',
  name: 'Port scan',
  description: 'Connections from one address to many different ports.',
  technique: { id: 'T1046', name: 'Network Service Discovery', tactic: 'Discovery' },
  defaults: { enabled: true, threshold: 10, windowSeconds: 600, severity: 'medium', exceptions: [] },
  mode: 'distinct',
  confidence: 0.8,

  observe(event) {
    const port = textOf(event, 'destination.port');
    if (port === null) return null;
    const address = sourceAddress(event);
    if (address === null) return null;
    return {
      group: { 'source.ip': address },
      // The port alone: the same port on forty hosts, or over TCP and UDP, is one port.
      observation: { id: event.id, time: Math.floor(event['@timestamp']), key: port, cls: '', weight: 1 },
    };
  },

  title: (group) => `Port scan from ${group['source.ip'] ?? 'an unknown address'}`,
  explain: (group, settings) =>
    `At least ${settings.threshold} different destination ports tried from ${group['source.ip'] ?? 'one address'} within ${settings.windowSeconds} s.`,
};
