import { createHash } from 'node:crypto';
import type { NormalizedEvent } from '@parapet/contracts';
import type { Detection } from '../detect.js';
import type { Member } from '../windows/window.js';
import type { RuleAlert } from './tenant-rules.js';

const DAY_MS = 86_400_000;

/** Groups of one rule in one batch that get alerts of their own; the rest share one. */
export const GROUPS_PER_RULE = 200;
/** Key of the group that the rest is in. */
export const MANY = '*';

const LONGEST = 250;

/** A value as part of a group: what is longer is cut, and told apart by a hash. */
export function boundedText(text: string): string {
  if (text.length <= LONGEST) return text;
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 12);
  return `${text.slice(0, LONGEST - 14)}…${hash}`;
}

interface Run {
  from: number;
  to: number;
  events: NormalizedEvent[];
}

/** Events in order of time, cut where nothing happened for longer than the gap. */
export function runsOf(events: readonly NormalizedEvent[], gapMs: number): Run[] {
  const runs: Run[] = [];
  for (const event of [...events].sort((a, b) => a['@timestamp'] - b['@timestamp'])) {
    const time = Math.floor(event['@timestamp']);
    const run = runs.at(-1);
    if (run === undefined || time - run.to > gapMs) runs.push({ from: time, to: time, events: [event] });
    else {
      run.to = time;
      run.events.push(event);
    }
  }
  return runs;
}

interface Found {
  tenantId: string;
  group: Record<string, string>;
  groupKey: string;
  from: number;
  to: number;
  ownEvents: NormalizedEvent[];
  memberIds: Member[];
  score: number;
  windowMs: number;
}

export function detectionOf(alert: RuleAlert, { windowMs, ...found }: Found): Detection {
  const received = found.ownEvents.reduce(
    (last, event) => Math.max(last, event['event.ingested']),
    -Infinity,
  );
  return {
    ...found,
    detector: alert.detector,
    severity: alert.severity,
    title: alert.title,
    description: alert.description,
    technique: alert.technique,
    windowSeconds: Math.ceil(windowMs / 1000),
    historical: found.to < received - DAY_MS,
  };
}
