import type {
  DetectorKind,
  DetectorSettings,
  EventSection,
  NormalizedEvent,
  Severity,
} from '@parapet/contracts';
import type { Technique } from './detectors/detector.js';
import { observeAll } from './observe.js';
import type { Counted, Reader } from './observe.js';
import { scoreOf } from './score.js';
import { NOTHING } from './windows/window.js';
import type { Member, WindowRegion, WindowResult, WindowStore } from './windows/window.js';

/** A tenant's settings; a detector that isn't named runs with its defaults. */
export type TenantDetectors = Partial<Record<DetectorKind, DetectorSettings>>;

/** A threshold reached, as far as one batch is concerned: one for each detector, group and region of time. */
export interface Detection {
  /** Kind of the detector; `rule:` and the Sigma id for a rule. */
  detector: string;
  tenantId: string;
  group: Record<string, string>;
  /** The group as one string, the same for the same group. */
  groupKey: string;
  /** Times of the first and last event known in the region, epoch ms. */
  from: number;
  to: number;
  /** This batch's events in the region, in order of time. */
  ownEvents: NormalizedEvent[];
  /** Events of earlier batches in the region, as far as the window still knows them. */
  memberIds: Member[];
  severity: Severity;
  /** 0–100. */
  score: number;
  title: string;
  description: string;
  technique: Technique | null;
  windowSeconds: number;
  /** The region ended more than 24 h before its events were received: nobody is to be notified. */
  historical: boolean;
}

const DAY_MS = 86_400_000;

/**
 * Runs the built-in detectors over one tenant's part of a batch. One call of the window store; sections of several
 * tenants may run at the same time, the Redis adapter then sends them in one round trip. Throws what the store throws.
 */
export async function detect(
  section: EventSection,
  detectors: TenantDetectors,
  windows: WindowStore,
): Promise<Detection[]> {
  const counted = observeAll(section.events, detectors);
  if (counted.length === 0) return [];
  const results = await windows.apply(
    section.tenantId,
    counted.map(({ detector, groupKey, spec, observations }) => ({
      detector,
      group: groupKey,
      spec,
      observations,
    })),
  );
  return detectionsOf(section, counted, results);
}

function detectionsOf(
  section: EventSection,
  counted: readonly Counted[],
  results: readonly WindowResult[],
): Detection[] {
  const found: { one: Counted; reader: Reader; region: WindowRegion }[] = [];
  for (const [index, one] of counted.entries()) {
    const result = results[index] ?? NOTHING;
    for (const reader of one.readers)
      for (const region of regionsFor(reader, one, result)) found.push({ one, reader, region });
  }
  if (found.length === 0) return [];
  const events = new Map(section.events.map((event) => [event.id, event]));
  return found.map(({ one, reader, region }) => detectionOf(section.tenantId, one, reader, region, events));
}

function regionsFor({ watch, settings }: Reader, one: Counted, result: WindowResult): WindowRegion[] {
  if (watch.reports === 'regions') return result.regions;
  if (watch.reports === 'marked') return result.marked;
  return watch.reports.judge(result.trail, one.observations, settings);
}

function detectionOf(
  tenantId: string,
  { group, groupKey }: Counted,
  { detector, settings }: Reader,
  region: WindowRegion,
  events: ReadonlyMap<string, NormalizedEvent>,
): Detection {
  const ownEvents = region.own.flatMap(({ id }) => events.get(id) ?? []);
  const lines = ownEvents.length + region.others.length;
  // Not Math.max(...): a batch may be large.
  const received = ownEvents.reduce((latest, event) => Math.max(latest, event['event.ingested']), -Infinity);
  const severity = detector.severityOf?.(ownEvents, settings) ?? settings.severity;
  return {
    detector: detector.kind,
    tenantId,
    group,
    groupKey,
    from: region.from,
    to: region.to,
    ownEvents,
    memberIds: region.others,
    severity,
    score: scoreOf(severity, detector.confidence, lines, settings.threshold),
    title: detector.title(group),
    description: detector.explain(group, settings),
    technique: detector.technique,
    windowSeconds: settings.windowSeconds,
    historical: region.to < received - DAY_MS,
  };
}
