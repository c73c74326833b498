import type {
  DetectorKind,
  DetectorSettings,
  EventSection,
  NormalizedEvent,
  Severity,
} from '@parapet/contracts';
import type { Detector, Technique } from './detectors/detector.js';
import { DETECTORS } from './detectors/registry.js';
import { isExcepted } from './exceptions.js';
import { scoreOf } from './score.js';
import type { Member, Observation, WindowRegion, WindowResult, WindowStore } from './windows/window.js';

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

interface Counted {
  detector: Detector;
  settings: DetectorSettings;
  group: Record<string, string>;
  groupKey: string;
  observations: Observation[];
}

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
    counted.map(({ detector, settings, groupKey, observations }) => ({
      detector: detector.kind,
      group: groupKey,
      spec: { windowMs: settings.windowSeconds * 1000, threshold: settings.threshold, mode: detector.mode },
      observations,
    })),
  );
  return detectionsOf(section, counted, results);
}

function observeAll(events: readonly NormalizedEvent[], detectors: TenantDetectors): Counted[] {
  const all: Counted[] = [];
  for (const detector of DETECTORS) {
    const settings = detectors[detector.kind] ?? detector.defaults;
    if (!settings.enabled) continue;
    const byGroup = new Map<string, Counted | null>();
    for (const event of events) {
      const sighting = detector.observe(event);
      if (sighting === null) continue;
      const groupKey = Object.values(sighting.group).join('|');
      let counted = byGroup.get(groupKey);
      if (counted === undefined) {
        counted = isExcepted(settings, sighting.group['source.ip'])
          ? null
          : { detector, settings, group: sighting.group, groupKey, observations: [] };
        byGroup.set(groupKey, counted);
        if (counted !== null) all.push(counted);
      }
      counted?.observations.push(sighting.observation);
    }
  }
  return all;
}

function detectionsOf(
  section: EventSection,
  counted: readonly Counted[],
  results: readonly WindowResult[],
): Detection[] {
  if (results.every((result) => result.regions.length === 0)) return [];
  const events = new Map(section.events.map((event) => [event.id, event]));
  return counted.flatMap((one, index) =>
    (results[index]?.regions ?? []).map((region) => detectionOf(section.tenantId, one, region, events)),
  );
}

function detectionOf(
  tenantId: string,
  { detector, settings, group, groupKey }: Counted,
  region: WindowRegion,
  events: ReadonlyMap<string, NormalizedEvent>,
): Detection {
  const ownEvents = region.own.flatMap(({ id }) => events.get(id) ?? []);
  const lines = ownEvents.length + region.others.length;
  const received = Math.max(...ownEvents.map((event) => event['event.ingested']));
  return {
    detector: detector.kind,
    tenantId,
    group,
    groupKey,
    from: region.from,
    to: region.to,
    ownEvents,
    memberIds: region.others,
    severity: settings.severity,
    score: scoreOf(settings.severity, detector.confidence, lines, settings.threshold),
    title: detector.title(group),
    description: detector.explain(group, settings),
    technique: detector.technique,
    windowSeconds: settings.windowSeconds,
    historical: region.to < received - DAY_MS,
  };
}
