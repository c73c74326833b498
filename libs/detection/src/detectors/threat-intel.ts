import { SEVERITIES, type DetectorSettings, type NormalizedEvent, type Severity } from '@parapet/contracts';
import type { Detector } from './detector.js';
import { textOf } from './fields.js';

/** The group is part of a key in the database: an indicator may be a URL of a kilobyte. */
const LONGEST_NAME = 300;

/** Who of ours it is about: whom a listed address came to, else who went to what is listed. */
function entityOf(event: NormalizedEvent): Record<string, string> {
  const fields =
    event['threat.enrichments.matched.field'] === 'source.ip'
      ? ['destination.ip', 'host.name']
      : ['source.ip', 'host.name', 'user.name'];
  for (const field of fields) {
    const value = textOf(event, field);
    if (value !== null) return { [field]: value.slice(0, LONGEST_NAME) };
  }
  return {};
}

/** Steps below the tenant's severity, by what is known of the indicator. */
const STEPS_DOWN: Record<string, number> = { High: 0, Medium: 1, Low: 2, None: 3 };

/** The settings' severity for an indicator of high confidence; one step less for each step of confidence below. */
export function severityOf(events: readonly NormalizedEvent[], { severity }: DetectorSettings): Severity {
  const steps = events.map((event) => STEPS_DOWN[String(event['threat.indicator.confidence'])] ?? 0);
  const down = steps.length === 0 ? 0 : Math.min(...steps);
  return SEVERITIES[Math.min(SEVERITIES.indexOf(severity) + down, SEVERITIES.length - 1)] ?? severity;
}

export const threatIntel: Detector = {
  kind: 'threat_intel',
  name: 'Threat intelligence',
  description: 'An address, domain, URL or file hash of an event is listed by a feed.',
  technique: { id: 'T1071', name: 'Application Layer Protocol', tactic: 'Command and Control' },
  defaults: { enabled: true, threshold: 1, windowSeconds: 3600, severity: 'high', exceptions: [] },
  labels: { threshold: 'Events about one indicator', window: 'Within, seconds' },
  confidence: 0.9,
  watches: [
    {
      mode: 'sum',
      sees: {
        event(event) {
          // Set by the ingestor alone (libs/enrich, Intel): a sender's own threat.* fields make no alert.
          if (event['parapet.intel_feed_id'] === undefined) return null;
          const name = textOf(event, 'threat.indicator.name');
          if (name === null) return null;
          return {
            group: { 'threat.indicator.name': name.slice(0, LONGEST_NAME), ...entityOf(event) },
            observation: {
              id: event.id,
              time: Math.floor(event['@timestamp']),
              key: event.id,
              cls: '',
              weight: 1,
            },
          };
        },
      },
      reports: 'regions',
    },
  ],
  severityOf,
  title: (group) => `${group['threat.indicator.name'] ?? 'Something'} is on a threat list`,
  explain: (group, { threshold, windowSeconds }) =>
    `${threshold === 1 ? 'An event names' : `At least ${threshold} events within ${windowSeconds} s name`} ${group['threat.indicator.name'] ?? 'an indicator'}, which a threat intelligence feed lists. The evidence says which one.`,
};
