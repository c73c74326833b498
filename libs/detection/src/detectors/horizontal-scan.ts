import { EVENT_ACTION } from '@parapet/contracts';
import type { NormalizedEvent } from '@parapet/contracts';
import type { Detector } from './detector.js';
import { textOf } from './fields.js';

/** What ordinary clients and servers reach on many hosts: mail, names, web, time. Allowed connections to these say nothing. */
const EVERYDAY_PORTS: ReadonlySet<string> = new Set(['25', '53', '80', '123', '443', '587', '853']);

const REFUSED: ReadonlySet<unknown> = new Set([
  EVENT_ACTION.firewallDrop,
  EVENT_ACTION.firewallReject,
  EVENT_ACTION.connectionDenied,
]);

const isRefused = (event: NormalizedEvent) =>
  event['event.outcome'] === 'failure' || REFUSED.has(event['event.action']);

export const horizontalScan: Detector = {
  kind: 'horizontal_scan',
  name: 'Horizontal scan',
  description: 'Connections from one address to one port of many hosts.',
  technique: { id: 'T1046', name: 'Network Service Discovery', tactic: 'Discovery' },
  defaults: { enabled: true, threshold: 20, windowSeconds: 600, severity: 'medium', exceptions: [] },
  labels: { threshold: 'Different hosts', window: 'Within, seconds' },
  confidence: 0.8,
  watches: [
    {
      mode: 'distinct',
      sees: {
        connection({ event, time, address, port }) {
          const host = textOf(event, 'destination.ip');
          if (host === null || (EVERYDAY_PORTS.has(port) && !isRefused(event))) return null;
          return {
            group: { 'source.ip': address, 'destination.port': port },
            observation: { id: event.id, time, key: host, cls: '', weight: 1 },
          };
        },
      },
      reports: 'regions',
    },
  ],

  title: (group) =>
    `Scan of port ${group['destination.port'] ?? '?'} from ${group['source.ip'] ?? 'an unknown address'}`,
  explain: (group, settings) =>
    `Port ${group['destination.port'] ?? '?'} of at least ${settings.threshold} hosts tried from ${group['source.ip'] ?? 'one address'} within ${settings.windowSeconds} s.`,
};
