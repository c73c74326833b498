import { SEVERITY_RANK, type NormalizedEvent } from '@parapet/contracts';
import type { Detection, Member } from '@parapet/detection';
import { groupBy } from '../../group-by.js';

/** Detections of one tenant, detector and group that belong to one alert. Severity as rank, times as epoch ms. */
export interface Burst {
  detector: string;
  group: Record<string, string>;
  groupKey: string;
  from: number;
  to: number;
  /** Events of the batches being stored, by id. */
  own: Map<string, NormalizedEvent>;
  /** Events of earlier batches, by id. */
  members: Map<string, Member>;
  severity: number;
  score: number;
  title: string;
  description: string;
  technique: Detection['technique'];
  windowSeconds: number;
  historical: boolean;
}

/** Two bursts belong together when they lie at most one window apart. */
export const isNear = (a: { from: number; to: number }, b: { from: number; to: number }, windowMs: number) =>
  a.from <= b.to + windowMs && b.from <= a.to + windowMs;

/** Joins what several batches said about the same group at the same time. The detections are of one tenant. */
export function mergeDetections(detections: readonly Detection[]): Burst[] {
  const groups = groupBy(detections, ({ detector, groupKey }) => `${detector} ${groupKey}`);
  return [...groups.values()].flatMap((group) => {
    const bursts: Burst[] = [];
    for (const detection of [...group].sort((a, b) => a.from - b.from || a.to - b.to)) {
      const next = burstOf(detection);
      const last = bursts.at(-1);
      if (last !== undefined && isNear(last, next, next.windowSeconds * 1000)) joinBursts(last, next);
      else bursts.push(next);
    }
    return bursts;
  });
}

function burstOf(detection: Detection): Burst {
  const own = new Map(detection.ownEvents.map((event) => [event.id, event]));
  return {
    detector: detection.detector,
    group: detection.group,
    groupKey: detection.groupKey,
    from: detection.from,
    to: detection.to,
    own,
    members: new Map(
      detection.memberIds.filter(({ id }) => !own.has(id)).map((member) => [member.id, member]),
    ),
    severity: SEVERITY_RANK[detection.severity],
    score: detection.score,
    title: detection.title,
    description: detection.description,
    technique: detection.technique,
    windowSeconds: detection.windowSeconds,
    historical: detection.historical,
  };
}

/** Adds `next` to `burst`. The words are those of the higher score: they count more. */
export function joinBursts(burst: Burst, next: Burst): void {
  if (next.score > burst.score) {
    burst.title = next.title;
    burst.description = next.description;
  }
  burst.from = Math.min(burst.from, next.from);
  burst.to = Math.max(burst.to, next.to);
  burst.severity = Math.max(burst.severity, next.severity);
  burst.score = Math.max(burst.score, next.score);
  burst.windowSeconds = Math.max(burst.windowSeconds, next.windowSeconds);
  burst.historical &&= next.historical;
  for (const [id, event] of next.own) burst.own.set(id, event);
  for (const [id, member] of next.members) burst.members.set(id, member);
  for (const id of burst.own.keys()) burst.members.delete(id);
}
